/**
 * Goal: every code and reason has plain words in every language, and no language was forgotten or copied.
 * Method: walk all words of all languages; words that take something are called with samples.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACTIVITIES } from '@chaperone/domain/activity/activity.ts';
import { LANGUAGES } from '@chaperone/domain/notice/notice.ts';
import { END_REASONS } from '@chaperone/domain/session/state.ts';
import { firstLanguage, WORDS } from './languages.ts';
import { bytesText, timeLeftText } from './measure.ts';
import { DIAL_CODES, dialFailureWords, PROBLEM_CODES, problemWords } from './words.ts';

/** Lists every text below a value as path and text; functions get `sample`. */
function textsOf(value: unknown, path = ''): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') {
    const call = value as (argument: unknown) => string;
    return [0, 1, 2].map((sample) => [`${path}(${sample})`, call(sample)] as const);
  }
  assert.ok(typeof value === 'object' && value !== null, path);
  return Object.entries(value).flatMap(([key, inner]) => textsOf(inner, `${path}.${key}`));
}

/** Words that are rightly the same in two languages. */
const MAY_BE_EQUAL =
  /^\.(?:ended\.ok|session\.mayNotDo|waiting\.facility|minutes.*|idle\.callFirst.*)$/;

test('every language says everything, and says it in its own words', () => {
  const english = new Map(textsOf(WORDS.en));
  for (const language of LANGUAGES) {
    const texts = textsOf(WORDS[language]);
    assert.equal(texts.length, english.size);
    for (const [path, text] of texts) {
      assert.notEqual(text.trim(), '', `${language}${path}`);
      assert.doesNotMatch(text, /undefined|\[object/, `${language}${path}`);
      if (language !== 'en' && !MAY_BE_EQUAL.test(path)) {
        assert.notEqual(text, english.get(path), `${language}${path} is still English`);
      }
    }
  }
});

test('no word of ours is asked of a sonographer', () => {
  const jargon =
    /\b(?:gateway|tunnel|TLS|token|credential|server|session|grant|agent|cart|HTTP|lease|timeout|DNS)\b/i;
  for (const language of LANGUAGES) {
    for (const [path, text] of textsOf(WORDS[language]))
      assert.doesNotMatch(text, jargon, `${language}${path}`);
  }
});

test('every reason, code and activity has words', () => {
  for (const language of LANGUAGES) {
    const words = WORDS[language];
    for (const reason of END_REASONS)
      assert.ok(words.ended.reasons[reason].title.length > 5, reason);
    for (const activity of ACTIVITIES) assert.ok(words.activities[activity].length > 5, activity);
    const failures = DIAL_CODES.map((code) => dialFailureWords(words, code).title);
    assert.equal(new Set(failures).size, DIAL_CODES.length, 'each failure is told apart');
    assert.equal(dialFailureWords(words, 'SOMETHING_NEW'), words.dialling.failures.other);
    assert.equal(dialFailureWords(words, 'other'), words.dialling.failures.other);
    const problems = PROBLEM_CODES.map((code) => problemWords(words, code));
    assert.equal(new Set(problems).size, PROBLEM_CODES.length);
    assert.match(problemWords(words, 'SOMETHING_NEW'), /SOMETHING_NEW/);
    assert.match(problemWords(words, 'constructor'), /constructor/);
  }
});

test('the first language is the one chosen here, else the browser’s, else English', () => {
  assert.equal(firstLanguage('de', ['es-MX', 'en']), 'de');
  assert.equal(firstLanguage(null, ['fr-FR', 'es-MX', 'en']), 'es');
  assert.equal(firstLanguage('xx', ['de-AT']), 'de');
  assert.equal(firstLanguage(null, ['fr']), 'en');
  assert.equal(firstLanguage(null, []), 'en');
});

test('times and sizes are written as people read them', () => {
  assert.equal(timeLeftText(WORDS.en, 3599.2), '60 min');
  assert.equal(timeLeftText(WORDS.en, 600), '10 min');
  assert.equal(timeLeftText(WORDS.en, 599), '9:59');
  assert.equal(timeLeftText(WORDS.de, 61), '1:01');
  assert.equal(timeLeftText(WORDS.en, 0.2), '0:01');
  assert.equal(timeLeftText(WORDS.en, -3), '0:00');
  assert.equal(bytesText('en', 0), '0 byte');
  assert.equal(bytesText('en', 7_400_000), '7.4 MB');
  assert.equal(bytesText('de', 7_400_000), '7,4 MB');
  assert.equal(bytesText('en', 61_200_000), '61 MB');
});

/**
 * Goal: every finding, every advice, every refusal and every field has its words in every language, and no fact is lost on the way.
 * Method: all codes that the agent can say, read out of the domain's own lists, against all languages.
 */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { IPV4_REFUSALS } from '@chaperone/domain/network/ipv4-rule.ts';
import { WIFI_SECURITY_REFUSALS } from '@chaperone/domain/network/wifi-rule.ts';
import { LANGUAGES } from '@chaperone/domain/notice/notice.ts';
import { FINDINGS, VALIDATION_STEPS } from '@chaperone/domain/validation/finding.ts';
import type { Finding } from '@chaperone/domain/validation/finding.ts';
import { ENGINEER_WORDS } from './engineer-languages.ts';
import { ENGINEER_REFUSALS, FIELD_REFUSALS, fieldWords, refusalWords } from './engineer-words.ts';
import { SPOKEN_FINDINGS, stepWords } from './finding-words.ts';

const SECURITY_CODES = Object.keys(WIFI_SECURITY_REFUSALS);
const ALL_FINDINGS = Object.keys(FINDINGS) as Finding[];

function textsOf(value: unknown, path: string): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') {
    const call = value as (argument: unknown) => string;
    return [0, 1, 60].map((sample) => [`${path}(${sample})`, call(sample)] as const);
  }
  assert.ok(typeof value === 'object' && value !== null, path);
  return Object.entries(value).flatMap(([key, inner]) => textsOf(inner, `${path}.${key}`));
}

/** Rightly the same: names of protocols, of products and of the same Latin word. */
const MAY_BE_EQUAL =
  /\.(?:securities\.|network\.securities|proxy\.title|network\.personal|network\.enterprise|licence\.features$)|\.day|\.moments|\.seconds|\.stepNames\./;

test('every language says everything in its own words', () => {
  const { fields: __, ...englishWords } = ENGINEER_WORDS.en;
  const english = new Map(textsOf(englishWords, ''));
  for (const language of LANGUAGES.filter((each) => each !== 'en')) {
    const { fields: _, ...words } = ENGINEER_WORDS[language];
    const texts = new Map(textsOf(words, ''));
    assert.deepEqual([...texts.keys()], [...english.keys()]);
    for (const [path, text] of texts) {
      assert.notEqual(text.trim(), '', `${language}${path}`);
      if (!MAY_BE_EQUAL.test(path)) {
        assert.notEqual(text, english.get(path), `${language}${path} is still English`);
      }
    }
  }
});

test('every code that can be said of a field or of an act has words in every language', () => {
  for (const language of LANGUAGES) {
    const words = ENGINEER_WORDS[language];
    for (const code of [...ENGINEER_REFUSALS, ...ALL_FINDINGS]) {
      assert.ok(refusalWords(words, code, null).length > 8, `${language} ${code}`);
      assert.doesNotMatch(refusalWords(words, code, null), new RegExp(code));
    }
    for (const code of [...FIELD_REFUSALS, ...IPV4_REFUSALS, ...SECURITY_CODES]) {
      const said = fieldWords(words, code, 'as the agent says it');
      const isOwn = said !== 'as the agent says it';
      assert.equal(
        isOwn,
        language !== 'en' || SECURITY_CODES.includes(code),
        `${language} ${code}`,
      );
    }
    assert.match(refusalWords(words, 'SOMETHING_NEW', null), /SOMETHING_NEW/);
    assert.equal(refusalWords(words, 'SOMETHING_NEW', 'Its words.'), 'Its words.');
    assert.match(refusalWords(words, 'constructor', null), /constructor/);
    assert.match(refusalWords(words, 'ENGINEER_LOCKED', 'Wait 30 s, then.'), /30/);
  }
});

test('what was seen and what to read aloud is said with its facts, in every language', () => {
  for (const language of ['de', 'es'] as const) {
    const { findings, passed, unknown } = SPOKEN_FINDINGS[language];
    for (const finding of ALL_FINDINGS) {
      const { said, advice } = findings[finding];
      const names = [...`${said} ${advice}`.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
      const seen = Object.fromEntries(names.map((name) => [name, `<${name}>`]));
      const step = FINDINGS[finding];
      const words = stepWords(
        language,
        {
          ...({
            step,
            result: 'failed',
            finding,
            seen,
            said: 'English',
            advice: 'English',
          } as const),
          tookMs: 1,
        },
        ENGINEER_WORDS[language].validation.steps,
      );
      assert.doesNotMatch(`${words.said} ${words.advice}`, /[{}]|English/, finding);
      assert.ok(!`${words.said} ${words.advice}`.includes(unknown), finding);
    }
    for (const step of VALIDATION_STEPS) {
      const nothing = stepWords(
        language,
        {
          ...({ step, result: 'passed', finding: null, seen: {}, said: 'In English.' } as const),
          ...{ advice: null, tookMs: 1 },
        },
        ENGINEER_WORDS[language].validation.steps,
      );
      if (passed[step].includes('{')) assert.equal(nothing.said, 'In English.');
    }
  }
});

test('what a step says in a way of its own is said in every language, and facts as people read them', async () => {
  const folder = new URL('../../../cart/src/validation/', import.meta.url);
  const names = await readdir(folder, { recursive: true });
  const sources = names.filter((name) => name.endsWith('.ts') && !name.includes('test'));
  const sentences = (
    await Promise.all(sources.map((name) => readFile(new URL(name, folder), 'utf8')))
  )
    .flatMap((source) => [...source.matchAll(/said:\s+['`]([^'`]+)['`]/g)])
    .map(([, said = '']) => said.replaceAll(/\$?\{\w+\}/g, '15'));
  sentences.push(
    'It was stopped before this.',
    'No name has to be found: 192.0.2.7 is an address.',
    'The wired interface eth0 has a link; its driver tells no speed.',
    'What is needed is on the link of eth0: no router is on the way.',
    'The gateway tells its time to enrolled carts only.',
    'The gateway does not tell its time.',
  );
  assert.ok(sentences.length >= 14, sentences.join('\n'));
  for (const language of ['de', 'es'] as const) {
    const say = (said: string, seen: Record<string, string | number> = {}) =>
      stepWords(
        language,
        {
          ...({ step: 'licence', result: 'left-out', finding: null, seen, said } as const),
          ...{ advice: null, tookMs: 1 },
        },
        ENGINEER_WORDS[language].validation.steps,
      ).said;
    for (const said of sentences) {
      assert.notEqual(say(said), said, `${language}: ${said}`);
      assert.doesNotMatch(say(said), /[{}]/);
    }
  }
  const seen = { roundTripMs: 3.7, upMbits: 1, downMbits: 2 };
  const tunnel = stepWords(
    'de',
    {
      ...({ step: 'tunnel', result: 'passed', finding: null, seen, said: 'In English.' } as const),
      ...{ advice: null, tookMs: 1 },
    },
    ENGINEER_WORDS.de.validation.steps,
  );
  assert.match(tunnel.said, /3,7 ms/);
});

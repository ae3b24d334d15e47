// Goal: a browser gets the language that it prefers, and any header at all gives one. Method: headers of browsers, and any.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LANGUAGES, languageOf, wordsOf } from './language.ts';

test('the best of ours is taken, English when there is none', () => {
  const rows = [
    [undefined, 'en'],
    ['', 'en'],
    ['de', 'de'],
    ['de-AT,de;q=0.9,en;q=0.8', 'de'],
    ['fr-FR,fr;q=0.9,es;q=0.7,en;q=0.5', 'es'],
    ['en;q=0.1, es;q=0.2', 'es'],
    ['de;q=0,es;q=0.1', 'es'],
    ['*', 'en'],
    ['xx,yy', 'en'],
    [`${'fr,'.repeat(1000)}de`, 'en'],
  ] as const;
  for (const [header, language] of rows) assert.equal(languageOf(header), language, header);
});

test('any header gives a language', () => {
  fc.assert(
    fc.property(fc.string(), (header) => assert.ok(LANGUAGES.includes(languageOf(header)))),
  );
});

test('no language lacks a word that another has', () => {
  const paths = (words: object, at = ''): readonly string[] =>
    Object.entries(words).flatMap(([key, value]: [string, unknown]) =>
      typeof value === 'object' && value !== null
        ? paths(value, `${at}${key}.`)
        : [`${at}${key} ${typeof value}`],
    );
  const english = paths(wordsOf('en')).toSorted();
  for (const language of LANGUAGES) {
    assert.deepEqual(paths(wordsOf(language)).toSorted(), english, language);
    const texts = JSON.stringify(wordsOf(language));
    assert.ok(!texts.includes('""'), `${language} has an empty word`);
  }
});

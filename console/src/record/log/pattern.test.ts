// Goal: what is found is there, at the place that is told, in whatever case; a pattern that is none is refused by name.
// Method: known lines, and random words against the language's own search.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ReadingFault } from '../worker/worker-call.ts';
import { PATTERN_LENGTH_MAX, patternOf } from './pattern.ts';

const sought = (text: string, isRegex = false, heedsCase = false) =>
  patternOf({ text, isRegex, heedsCase });

test('words are found in any case, or exactly', () => {
  assert.deepEqual(sought('err').spans('ERR: error'), [
    [0, 3],
    [5, 8],
  ]);
  assert.deepEqual(sought('err', false, true).spans('ERR: error'), [[5, 8]]);
  assert.deepEqual(sought('a.c').spans('abc a.c'), [[4, 7]], 'a word is no pattern');
  assert.deepEqual(sought('err').spans('İİ error'), [[3, 6]], 'places stay');
});

test('patterns are found, and an empty match is none', () => {
  assert.deepEqual(sought('e\\d+', true).spans('E12 e3'), [
    [0, 3],
    [4, 6],
  ]);
  assert.deepEqual(sought('x*', true).spans('abc'), []);
  assert.equal(sought('^b', true).has('ab'), false);
});

test('what is no pattern is refused', () => {
  for (const text of ['(', '[', '', 'x'.repeat(PATTERN_LENGTH_MAX + 1)])
    assert.throws(
      () => sought(text, true),
      (fault) => fault instanceof ReadingFault && fault.code === 'PATTERN_MALFORMED',
    );
});

test('a word is found wherever it was put', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string({ minLength: 1, maxLength: 50 }),
      fc.string(),
      (a, word, b) => {
        const line = a + word + b;
        const spans = sought(word, false, true).spans(line);
        assert.ok(spans.length > 0 && sought(word, false, true).has(line));
        for (const [from, to] of spans) assert.equal(line.slice(from, to), word);
      },
    ),
  );
});

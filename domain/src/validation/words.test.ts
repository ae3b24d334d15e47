/**
 * Goal: every finding has something to say, with its facts in it, and short enough to be read aloud.
 * Method: the table itself, each sentence filled with facts of the greatest length that is likely.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FINDINGS, VALIDATION_STEPS } from './finding.ts';
import { FINDING_WORDS, PASSED_WORDS, withFacts } from './words.ts';

const placesOf = (sentence: string): readonly string[] =>
  [...sentence.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');

test('every finding and every step has words', () => {
  assert.deepEqual(Object.keys(FINDING_WORDS).toSorted(), Object.keys(FINDINGS).toSorted());
  assert.deepEqual(Object.keys(PASSED_WORDS).toSorted(), VALIDATION_STEPS.toSorted());
});

test('every advice is one sentence that asks for one thing, and fits with long facts in it', () => {
  for (const [finding, { said, advice }] of Object.entries(FINDING_WORDS)) {
    for (const sentence of [said, advice]) {
      const facts = Object.fromEntries(placesOf(sentence).map((place) => [place, 'x'.repeat(60)]));
      assert.ok(withFacts(sentence, facts).length <= 500, `${finding}: ${sentence}`);
      assert.match(sentence, /^[A-Z].*\.$/, finding);
    }
    assert.match(advice, /^(Please|Nothing is asked of the hospital: )/, finding);
  }
});

test('a fact takes its place, one that was not seen is unknown', () => {
  assert.equal(
    withFacts('{name} leads to {addresses} in {tookMs} ms', {
      name: 'a.test',
      tookMs: 0,
      addresses: null,
    }),
    'a.test leads to unknown in 0 ms',
  );
});

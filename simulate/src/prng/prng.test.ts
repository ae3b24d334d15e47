// Goal: chance is the published generator, and a seed is all there is to it. Method: the reference vector of
// xoshiro128** (state 1, 2, 3, 4), and equal and different seeds side by side.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Prng, mix } from './prng.ts';

test('xoshiro128**: the reference vector of its authors', () => {
  const prng = new Prng(0);
  prng.load(1, 2, 3, 4);
  const words = Array.from({ length: 6 }, () => prng.next());
  assert.deepEqual(words, [11520, 0, 5927040, 70819200, 2031721883, 1637235492]);
});

test('equal seeds give equal words, and neighbours do not', () => {
  const words = (seed: number): number[] => {
    const prng = new Prng(seed);
    return Array.from({ length: 8 }, () => prng.next());
  };
  assert.deepEqual(words(7), words(7));
  const firsts = new Set(Array.from({ length: 20_000 }, (_, seed) => words(seed).join()));
  assert.equal(firsts.size, 20_000);
  assert.notDeepEqual(words(7), words(7 + 2 ** 32));
  assert.notEqual(mix(1, 2), mix(2, 1));
});

test('what is drawn below a bound covers it and stays below', () => {
  const prng = new Prng(3);
  const drawn = new Set(Array.from({ length: 2000 }, () => prng.below(10)));
  assert.deepEqual(
    [...drawn].toSorted((one, other) => one - other),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
});

/** Goal: the figures of a bench are what their names say. Method: small lists whose answers are known by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, medianRatio, percentile, spread } from './statistics.ts';

test('the median is the middle, whatever the order', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([7]), 7);
});

test('a percentile lies between its neighbours', () => {
  const hundred = Array.from({ length: 101 }, (_, at) => 100 - at);
  assert.equal(percentile(hundred, 0.95), 95);
  assert.equal(percentile([0, 10], 0.25), 2.5);
  assert.equal(percentile([3, 1, 2], 0), 1);
  assert.equal(percentile([3, 1, 2], 1), 3);
});

test('no values, or no such share, is an error and no figure', () => {
  assert.throws(() => median([]), RangeError);
  assert.throws(() => percentile([1], 1.01), RangeError);
  assert.throws(() => percentile([1], Number.NaN), RangeError);
});

test('a ratio is taken pair by pair', () => {
  // The machine became twice as slow for the last pair; the ratio does not see it.
  assert.equal(medianRatio([10, 10, 5], [20, 20, 10]), 0.5);
  assert.throws(() => medianRatio([1], []), RangeError);
});

test('a spread names its middle and its ends', () => {
  assert.equal(spread([3, 1, 2]), '2 (1 … 3)');
  assert.equal(spread([0.25], 2), '0.25 (0.25 … 0.25)');
});

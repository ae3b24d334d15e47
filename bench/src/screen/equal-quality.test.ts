/** Goal: bytes at another's quality lie on the line between the neighbours. Method: qualities by hand, in any order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesAt } from './equal-quality.ts';

const POINTS = [
  { decibels: 40, bytes: 10_000 },
  { decibels: 30, bytes: 1000 },
  { decibels: 50, bytes: 40_000 },
];

test('between two rows the logarithm is a straight line; a row itself is on it', () => {
  assert.equal(Math.round(bytesAt(POINTS, 35).bytes), 3162);
  assert.equal(Math.round(bytesAt(POINTS, 45).bytes), 20_000);
  for (const { decibels, bytes } of POINTS) {
    const equal = bytesAt(POINTS, decibels);
    assert.equal(Math.round(equal.bytes), bytes);
    assert.equal(equal.isBeyond, false);
  }
});

test('beyond the rows the nearest two go on, and that is said', () => {
  const [below, above] = [bytesAt(POINTS, 20), bytesAt(POINTS, 60)];
  assert.deepEqual([Math.round(below.bytes), below.isBeyond], [100, true]);
  assert.deepEqual([Math.round(above.bytes), above.isBeyond], [160_000, true]);
});

test('one quality alone says nothing of another', () => {
  assert.throws(() => bytesAt(POINTS.slice(0, 1), 30), RangeError);
  assert.throws(() => bytesAt([], 30), RangeError);
});

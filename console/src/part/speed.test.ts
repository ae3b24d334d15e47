/** Goal: rate and time left follow what moved lately, and nothing is said of what stands. Method: samples by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampled, secondsLeftOf, speedOf } from './speed.ts';
import type { Sample } from './speed.ts';

const run = (...bytes: readonly number[]): readonly Sample[] =>
  bytes.reduce<readonly Sample[]>(
    (samples, each, second) => sampled(samples, { atMs: second * 1000, bytes: each }),
    [],
  );

test('a steady movement has its rate, and the time that is left', () => {
  const speed = speedOf(run(0, 1000, 2000, 3000));
  assert.equal(speed, 1000);
  assert.equal(secondsLeftOf(4500, speed), 5);
});

test('one look says nothing; what stands has no end', () => {
  assert.equal(speedOf(run(500)), null);
  assert.equal(speedOf([]), null);
  assert.equal(speedOf(run(...Array.from({ length: 12 }, () => 700))), 0);
  assert.equal(secondsLeftOf(100, 0), null);
  assert.equal(secondsLeftOf(100, null), null);
});

test('only the last seconds count', () => {
  const fastThenSlow = [0, 100_000, 200_000, ...Array.from({ length: 12 }, (_, i) => 200_000 + i)];
  assert.equal(speedOf(run(...fastThenSlow)), 1);
});

test('what is counted back after a cut begins anew', () => {
  assert.equal(speedOf(run(0, 9000, 4000)), null);
  assert.equal(speedOf(run(0, 9000, 4000, 4100)), 100);
});

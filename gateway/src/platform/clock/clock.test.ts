/** Goal: the monotonic clock stands apart from the UTC clock. Method: the manual one is set, the real one is read twice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantOf, systemClock } from './clock.ts';
import { ManualClock } from '../testing/manual-clock.ts';

test('the real clocks go forward and label in whole milliseconds UTC', () => {
  const first = systemClock.monotonicMs();
  assert(systemClock.monotonicMs() >= first);
  assert(Number.isSafeInteger(systemClock.utcMs()) && systemClock.utcMs() > Date.UTC(2024, 0, 1));
});

test('setting the UTC clock leaves the monotonic one alone', () => {
  const clock = new ManualClock(1_000);
  clock.advance(5);
  clock.setUtc(0);
  assert.deepEqual(instantOf(clock), { monotonicMs: 5, utcMs: 0 });
  assert.throws(() => clock.advance(-1));
});

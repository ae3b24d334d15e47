// Goal: two seconds of silence withhold the picture, not less, and the next word gives it back. Method: a clock of the test's own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SILENCE_MS, SilenceWatch } from './silence-watch.ts';

function watched() {
  const told: boolean[] = [];
  const clock = { ms: 1000 };
  const watch = new SilenceWatch(
    (isSilent) => told.push(isSilent),
    () => clock.ms,
  );
  return { told, clock, watch };
}

test('silence is told once it has lasted, and once', () => {
  const { told, clock, watch } = watched();
  clock.ms += SILENCE_MS - 1;
  watch.look();
  assert.deepEqual(told, []);
  clock.ms += 1;
  watch.look();
  watch.look();
  assert.deepEqual(told, [true]);
});

test('a word ends it, and what is heard in time keeps it away', () => {
  const { told, clock, watch } = watched();
  for (let at = 0; at < 10; at += 1) {
    clock.ms += 500;
    watch.heard();
    watch.look();
  }
  assert.deepEqual(told, []);
  clock.ms += 60_000;
  watch.look();
  watch.heard();
  assert.deepEqual(told, [true, false]);
});

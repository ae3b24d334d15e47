// Goal: the time left is said when it can be said, follows the line, and is never negative or endless. Method: a clock by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Rate } from './rate.ts';

test('a steady line gives a steady time, after a moment; a line that becomes slow a longer one', () => {
  const rate = new Rate(0, 0);
  let bytes = 0;
  for (let ms = 250; ms < 1500; ms += 250) rate.note((bytes += 250_000), ms);
  assert.equal(rate.secondsLeft(10_000_000), null);
  for (let ms = 1500; ms <= 5000; ms += 250) rate.note((bytes += 250_000), ms);
  assert.equal(rate.secondsLeft(bytes + 30_000_000), 30);
  for (let ms = 5250; ms <= 30_000; ms += 250) rate.note((bytes += 25_000), ms);
  const slow = rate.secondsLeft(bytes + 30_000_000) ?? 0;
  assert.ok(slow > 250 && slow <= 300, String(slow));
});

test('whatever comes, it is null or a whole number of seconds of at most a day', () => {
  const notes = fc.array(fc.tuple(fc.nat({ max: 2 ** 40 }), fc.nat({ max: 60_000 })));
  fc.assert(
    fc.property(notes, fc.nat({ max: 2 ** 40 }), (steps, total) => {
      const rate = new Rate(0, 0);
      let nowMs = 0;
      for (const [bytes, ms] of steps) rate.note(bytes, (nowMs += ms));
      const left = rate.secondsLeft(total);
      assert.ok(left === null || (Number.isInteger(left) && left >= 0 && left <= 86_400));
    }),
  );
});

/**
 * Goal: the readings say what came and how long echoes took, forget what is old, and a grade is said only once it lasts.
 * Method: a clock of its own; then random sequences, in which readings stay within what was put in.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LATE_MS, LinkMeter, STEADY_MS, steadied } from './link-meter.ts';
import type { SaidGrade } from './link-meter.ts';

test('bytes and pictures a second over the last five seconds', () => {
  const meter = new LinkMeter();
  for (let at = 0; at < 5000; at += 100) {
    meter.came(1000, at);
    meter.picture(at);
  }
  const reading = meter.read(4999);
  assert.equal(reading.bytesPerSecond, 10_000);
  assert.equal(reading.picturesPerSecond, 10);
  assert.equal(meter.read(20_000).bytesPerSecond, 0);
});

test('an echo is timed; one that does not come makes the road poor', () => {
  const meter = new LinkMeter();
  assert.deepEqual([meter.read(0).grade, meter.read(0).roundTripMs], [null, null]);
  meter.asked('1', 0);
  meter.answered('1', 80);
  assert.deepEqual([meter.read(100).grade, meter.read(100).roundTripMs], ['good', 80]);
  meter.asked('2', 1000);
  assert.equal(meter.read(1000 + LATE_MS).grade, 'poor');
  assert.equal(meter.read(1000 + LATE_MS).late, 1);
  meter.answered('2', 1000 + LATE_MS);
  meter.answered('2', 9000);
  meter.answered('never asked', 9000);
  const { late, echoes } = meter.read(9000);
  assert.deepEqual([late, echoes], [1, 2]);
  meter.clear();
  assert.equal(meter.read(9000).grade, null);
});

test('another grade is said once it has lasted', () => {
  let now: SaidGrade = { said: null, next: null, sinceMs: 0 };
  now = steadied(now, 'good', 0);
  assert.equal(now.said, 'good');
  now = steadied(now, 'poor', 1000);
  now = steadied(now, 'good', 2000);
  now = steadied(now, 'poor', 3000);
  assert.equal(steadied(now, 'poor', 3000 + STEADY_MS - 1).said, 'good');
  assert.equal(steadied(now, 'poor', 3000 + STEADY_MS).said, 'poor');
  assert.equal(steadied(now, null, 90_000).said, 'good');
});

test('whatever happens, no more is read than came, and never more late echoes than echoes', () => {
  const event = fc.record({
    kind: fc.constantFrom('came', 'picture', 'asked', 'answered'),
    passMs: fc.nat(4000),
    name: fc.constantFrom('a', 'b', 'c'),
  });
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const meter = new LinkMeter();
      let nowMs = 0;
      let came = 0;
      for (const { kind, passMs, name } of events) {
        nowMs += passMs;
        if (kind === 'came') {
          came += 100;
          meter.came(100, nowMs);
        } else if (kind === 'picture') meter.picture(nowMs);
        else if (kind === 'asked') meter.asked(name, nowMs);
        else meter.answered(name, nowMs);
        const reading = meter.read(nowMs);
        assert.ok(reading.bytesPerSecond * 5 <= came && reading.late <= reading.echoes);
      }
    }),
  );
});

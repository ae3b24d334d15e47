/**
 * Goal: a distance is what Pythagoras says, whichever point comes first; a calibration gives the known length back, and nothing is
 * calibrated by what cannot be a length. Method: examples, then random points and lengths.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  KNOWN_MM_MAX,
  NOTHING,
  calibrated,
  distance,
  distanceText,
  inside,
  withPoint,
} from './measure.ts';

const coordinate = fc.double({ min: 0, max: 8192, noNaN: true });
const point = fc.record({ x: coordinate, y: coordinate });

test('a distance is the same in both directions', () => {
  assert.equal(distance({ x: 0, y: 0 }, { x: 3, y: 4 }), 5);
  fc.assert(
    fc.property(point, point, (one, other) =>
      assert.equal(distance(one, other), distance(other, one)),
    ),
  );
});

test('a calibration gives the known length back', () => {
  const lengths = fc.double({ min: 0.1, max: KNOWN_MM_MAX, noNaN: true });
  fc.assert(
    fc.property(fc.double({ min: 1, max: 8192, noNaN: true }), lengths, (pixels, knownMm) => {
      const mm = (calibrated(pixels, knownMm) ?? Number.NaN) * pixels;
      assert.ok(Math.abs(mm - knownMm) < 1e-6 * knownMm + 1e-9);
    }),
  );
});

test('nothing is calibrated by what cannot be a length', () => {
  for (const mm of [0, -1, Number.NaN, KNOWN_MM_MAX + 1]) assert.equal(calibrated(100, mm), null);
  assert.equal(calibrated(0, 10), null);
});

test('points come one after the other, and stay inside the picture', () => {
  const one = { x: 1, y: 2 };
  const two = { x: 3, y: 4 };
  const first = withPoint(NOTHING, one);
  assert.deepEqual(first, { from: one, to: null });
  const both = withPoint(first, two);
  assert.deepEqual(both, { from: one, to: two });
  assert.deepEqual(withPoint(both, one), { from: one, to: null });
  assert.deepEqual(inside({ x: -5, y: 900 }, { width: 640, height: 480 }), { x: 0, y: 480 });
});

test('it is told in pixels, and in millimetres once they are known', () => {
  assert.equal(distanceText(12.345, null), '12.3 px');
  assert.equal(distanceText(214, null), '214 px');
  assert.equal(distanceText(214, 0.15), '214 px · 32.1 mm');
});

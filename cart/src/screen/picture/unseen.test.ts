/**
 * Goal: a picture counts as drawn when each of its pixels was, and not before.
 * Method: rectangles anywhere, against a set of pixels, as a property.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Unseen } from './unseen.ts';

test('a picture is drawn when its last pixel is, however the rectangles lie', () => {
  const rectangle = fc.record({
    x: fc.nat(39),
    y: fc.nat(29),
    width: fc.nat(40),
    height: fc.nat(30),
  });
  fc.assert(
    fc.property(fc.array(rectangle, { maxLength: 60 }), (rectangles) => {
      const unseen = new Unseen({ width: 40, height: 30 });
      const drawn = new Set<number>();
      for (const { x, y, width, height } of rectangles) {
        const area = { x, y, width: Math.min(width, 40 - x), height: Math.min(height, 30 - y) };
        unseen.draw(area);
        for (let row = y; row < y + area.height; row += 1) {
          for (let column = x; column < x + area.width; column += 1) drawn.add(row * 40 + column);
        }
        assert.equal(unseen.isEmpty, drawn.size === 40 * 30);
      }
      unseen.draw({ x: 0, y: 0, width: 40, height: 30 });
      assert.ok(unseen.isEmpty);
    }),
  );
});

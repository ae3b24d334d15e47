// Goal: a picture can be made larger and moved without losing it, and at its own size one pixel is one pixel.
// Method: random moves; what lies under the pointer is measured before and after.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  FITTED,
  ZOOM_MAX,
  ZOOM_MIN,
  fittedZoom,
  panned,
  placedAt,
  zoomOf,
  zoomed,
} from './stage-view.ts';

const stage = { width: 1000, height: 600 };
const picture = { width: 600, height: 430 };

test('fitted, it fills the stage one way and stands in the middle', () => {
  assert.equal(fittedZoom(picture, stage), 600 / 430);
  const place = placedAt(FITTED, picture, stage);
  assert.deepEqual([place.height, place.y], [600, 0]);
  assert.ok(Math.abs(place.x * 2 + place.width - 1000) <= 1);
});

test('at its own size each pixel is one of the stage', () => {
  const place = placedAt({ zoom: 1, panX: 0, panY: 0 }, picture, stage);
  assert.deepEqual([place.width, place.height, place.x, place.y], [600, 430, 200, 85]);
});

test('what lies under the pointer stays there', () => {
  const point = fc.record({
    x: fc.integer({ min: -400, max: 400 }),
    y: fc.integer({ min: -250, max: 250 }),
  });
  fc.assert(
    fc.property(point, fc.double({ min: 0.3, max: 3, noNaN: true }), (at, by) => {
      const before = { zoom: 1.5, panX: 20, panY: -10 };
      const after = zoomed(before, by, picture, stage, at);
      const under = (view: typeof before): readonly number[] => [
        (at.x - view.panX) / zoomOf(view, picture, stage),
        (at.y - view.panY) / zoomOf(view, picture, stage),
      ];
      const then = under(after as typeof before);
      for (const [index, value] of under(before).entries())
        assert.ok(Math.abs(value - (then[index] ?? 0)) < 1e-6);
    }),
  );
});

test('however it is moved, some of it is seen', () => {
  const move = fc.record({
    x: fc.integer(),
    y: fc.integer(),
    by: fc.double({ min: 0.01, max: 100, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(move, { maxLength: 20 }), (moves) => {
      let view = FITTED;
      for (const { x, y, by } of moves)
        view = panned(zoomed(view, by, picture, stage), x, y, picture, stage);
      const zoom = zoomOf(view, picture, stage);
      assert.ok(zoom >= ZOOM_MIN && zoom <= ZOOM_MAX);
      if (moves.length === 0) return;
      const place = placedAt(view, picture, stage);
      assert.ok(place.x < stage.width && place.x + place.width > 0);
      assert.ok(place.y < stage.height && place.y + place.height > 0);
    }),
  );
});

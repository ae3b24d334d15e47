/**
 * Goal: the rectangle told to the agent covers every pixel of the window, whatever the display's scale.
 * Method: a property over window places and scales.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { presence as schema } from '@chaperone/protocol/panel-api/schema.ts';
import { presenceOf } from './presence.ts';

const side = fc.integer({ min: 0, max: 8000 });
const place = fc.integer({ min: -8000, max: 8000 });

test('the rectangle is whole pixels, acceptable to the agent, and covers the window', () => {
  fc.assert(
    fc.property(
      place,
      place,
      side,
      side,
      fc.constantFrom(0.75, 1, 1.25, 1.5, 1.75, 2),
      fc.boolean(),
      (x, y, w, h, ratio, focused) => {
        const told = presenceOf({
          screenX: x,
          screenY: y,
          outerWidth: w,
          outerHeight: h,
          innerWidth: w,
          devicePixelRatio: ratio,
          document: { hasFocus: () => focused },
        });
        assert.deepEqual(schema.parse(told), told);
        assert.ok(told.x <= x * ratio && told.x + told.width >= (x + w) * ratio);
        assert.ok(told.y <= y * ratio && told.y + told.height >= (y + h) * ratio);
        assert.ok(told.width < w * ratio + 2 && told.height < h * ratio + 2);
        assert.equal(told.focused, focused);
      },
    ),
  );
});

test('a zoomed page still covers its window', () => {
  fc.assert(
    fc.property(
      place,
      place,
      fc.integer({ min: 300, max: 4000 }),
      fc.integer({ min: 300, max: 4000 }),
      fc.constantFrom(1, 1.25, 1.5, 2),
      fc.constantFrom(0.25, 0.5, 0.75, 0.9, 1, 1.1, 1.5, 2, 5),
      (x, y, w, h, scale, zoom) => {
        const told = presenceOf({
          screenX: x,
          screenY: y,
          outerWidth: w,
          outerHeight: h,
          innerWidth: Math.floor(w / zoom),
          devicePixelRatio: scale * zoom,
          document: { hasFocus: () => false },
        });
        const slack = 1e-6;
        assert.deepEqual(schema.parse(told), told);
        assert.ok(told.x <= x * scale + slack && told.y <= y * scale + slack);
        assert.ok(told.x + told.width >= (x + w) * scale - slack);
        assert.ok(told.y + told.height >= (y + h) * scale - slack);
      },
    ),
  );
});

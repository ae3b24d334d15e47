// Goal: however many rows there are, the bar and the row at the top say the same, and every row can be reached.
// Method: random lists of up to a billion rows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  SCROLL_PX_MAX,
  clampTop,
  contentPx,
  scrollAt,
  topAt,
  topByKey,
  topMax,
} from './row-scroll.ts';

const lists = fc.record({
  rows: fc.nat({ max: 1_000_000_000 }),
  rowPx: fc.integer({ min: 10, max: 60 }),
  viewPx: fc.integer({ min: 0, max: 2_000 }),
});

test('the bar ends where the rows end, and never beyond what a browser can scroll', () => {
  fc.assert(
    fc.property(lists, (list) => {
      assert.ok(contentPx(list) <= Math.max(SCROLL_PX_MAX, list.viewPx));
      assert.equal(topAt(list, 0), 0);
      assert.equal(topAt(list, scrollAt(list, topMax(list))), topMax(list));
    }),
  );
});

test('in a list that fits, each row has its place on the bar', () => {
  fc.assert(
    fc.property(lists, fc.double({ min: 0, max: 1, noNaN: true }), (list, part) => {
      const small = { ...list, rows: list.rows % 100_000 };
      const top = clampTop(small, part * topMax(small));
      assert.equal(topAt(small, scrollAt(small, top)), top);
    }),
  );
});

test('keys move by one row in however long a list, and stay inside', () => {
  const list = { rows: 1_000_000_000, rowPx: 20, viewPx: 400 };
  assert.equal(topByKey(list, 500, 'ArrowDown'), 501);
  assert.equal(topByKey(list, 0, 'ArrowUp'), 0);
  assert.equal(topByKey(list, 0, 'PageDown'), 19);
  assert.equal(topByKey(list, 0, 'End'), 1_000_000_000 - 20);
  assert.equal(topByKey(list, 7, 'x'), null);
  assert.equal(topByKey(list, 7, 'constructor'), null);
});

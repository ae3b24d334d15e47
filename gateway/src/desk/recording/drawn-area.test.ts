/**
 * Goal: an area counts as drawn exactly when each of its pixels was, also after pixels were moved; rectangles that cost their sender
 * nothing do not keep the gateway from everything else.
 * Method: a property against a model that keeps a set of pixels; ten thousand rectangles of the largest frame buffer, and of one that
 * is counted, in little time and memory.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DrawnArea } from './drawn-area.ts';

const SIZE = { width: 6, height: 5 };

const area = fc
  .record({ x: fc.nat(5), y: fc.nat(4), right: fc.nat(6), bottom: fc.nat(5) })
  .map(({ x, y, right, bottom }) => ({
    x,
    y,
    width: Math.max(0, right - x),
    height: Math.max(0, bottom - y),
  }));
const step = fc.record({
  is: fc.constantFrom('draw', 'draw', 'forget', 'copy'),
  to: area,
  fromX: fc.nat(5),
  fromY: fc.nat(4),
});

function pixelsOf({ x, y, width, height }: Parameters<DrawnArea['draw']>[0]): number[] {
  const pixels: number[] = [];
  for (let row = y; row < y + height; row += 1)
    for (let column = x; column < x + width; column += 1) pixels.push(row * SIZE.width + column);
  return pixels;
}

test('it is whole exactly when every pixel is', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const drawn = new DrawnArea(SIZE);
      const model = new Set<number>();
      for (const { is, to, fromX, fromY } of steps) {
        const from = { ...to, x: fromX, y: fromY };
        const isInside = fromX + to.width <= SIZE.width && fromY + to.height <= SIZE.height;
        if (is === 'copy' && !isInside) continue;
        const isNew =
          is === 'draw' || (is === 'copy' && pixelsOf(from).every((each) => model.has(each)));
        for (const each of pixelsOf(to)) {
          if (isNew) model.add(each);
          else model.delete(each);
        }
        if (is === 'draw') drawn.draw(to);
        else if (is === 'forget') drawn.forget(to);
        else drawn.copy(to, fromX, fromY);
        assert.equal(drawn.isWhole, model.size === SIZE.width * SIZE.height);
      }
    }),
    { numRuns: 300 },
  );
});

test('what covers the largest frame buffer, again and again, costs little', () => {
  const side = 16_384;
  const whole = { x: 0, y: 0, width: side, height: side };
  const begun = performance.now();
  let drawn = new DrawnArea({ width: side, height: side });
  for (let count = 0; count < 10_000; count += 1) {
    drawn.draw(whole);
    drawn.forget(whole);
    drawn = drawn.resized({ width: side, height: side });
  }
  assert.equal(drawn.isWhole, false, 'nothing is counted in what no display shows');
  assert(performance.now() - begun < 5000, 'and nothing is gone through');
});

test('what is counted has an end for each key, whatever comes', () => {
  const size = { width: 4096, height: 2048 };
  const left = { x: 0, y: 0, width: 2048, height: 2048 };
  const all = { x: 0, y: 0, ...size };
  const begun = performance.now();
  let drawn = new DrawnArea(size);
  drawn.draw(all);
  assert.equal(drawn.isWhole, true);
  for (let count = 0; count < 10_000; count += 1) {
    drawn.forget(left);
    drawn.copy(all, 0, 0);
    drawn = drawn.resized(size);
  }
  drawn.draw(all);
  assert.equal(drawn.isWhole, false, 'the key is given up');
  assert(performance.now() - begun < 20_000, 'after a part of what was sent');
});

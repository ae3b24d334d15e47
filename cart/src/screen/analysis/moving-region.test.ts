/**
 * Goal: a film is found where it is, kept through a freeze, and nothing else is taken for one.
 * Method: grids of changing tiles by example, and arbitrary changes as a property.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TILE_SIDE } from '../picture/picture.ts';
import { MovingRegion, STILL_AFTER_MS } from './moving-region.ts';

const GRID = { columns: 40, rows: 30, width: 640, height: 480 };
const FRAME_MS = 40;
const ALWAYS = (): boolean => true;
const NEVER = (): boolean => false;

/** The tiles of a box, in tiles. */
function box(left: number, top: number, columns: number, rows: number): number[] {
  return Array.from(
    { length: columns * rows },
    (_, at) => (top + Math.floor(at / columns)) * GRID.columns + left + (at % columns),
  );
}

function play(region: MovingRegion, tiles: number[], frames: number, fromMs: number): number {
  for (let frame = 0; frame < frames; frame += 1) {
    region.change(tiles, fromMs + frame * FRAME_MS, ALWAYS);
  }
  return fromMs + (frames - 1) * FRAME_MS;
}

test('a film is found with a margin of two tiles after some frames', () => {
  const region = new MovingRegion(GRID);
  play(region, box(10, 8, 16, 12), 2, 0);
  assert.equal(region.region, null, 'two changes are none');
  play(region, box(10, 8, 16, 12), 3, 80);
  assert.ok(region.isMoving);
  assert.deepEqual(region.region, { x: 128, y: 96, width: 320, height: 256 });
});

test('a film stands still after a while, and goes on in its place with one change', () => {
  const region = new MovingRegion(GRID);
  const film = box(10, 8, 16, 12);
  const lastMs = play(region, film, 6, 0);
  const found = region.region;
  region.settle(lastMs + STILL_AFTER_MS - 1);
  assert.ok(region.isMoving);
  assert.equal(region.stillAtMs, lastMs + STILL_AFTER_MS);
  region.settle(lastMs + STILL_AFTER_MS);
  assert.ok(!region.isMoving);
  region.change(box(12, 10, 6, 3), lastMs + 5000, ALWAYS);
  assert.ok(!region.isMoving, 'a menu over it is no film');
  region.change(film, lastMs + 9000, NEVER);
  assert.ok(!region.isMoving, 'nor is a large dialog');
  region.change(film, lastMs + 12_000, ALWAYS);
  assert.ok(region.isMoving);
  assert.equal(region.region, found);
});

test('what changes seldom, is small or drawn is no film', () => {
  const cases: [string, number[], number, () => boolean][] = [
    ['seldom', box(10, 8, 16, 12), 2000, ALWAYS],
    ['a clock', box(30, 0, 8, 2), FRAME_MS, ALWAYS],
    ['a bar', box(0, 10, 40, 3), FRAME_MS, ALWAYS],
    ['a scrolling list', box(10, 8, 16, 12), FRAME_MS, NEVER],
  ];
  for (const [name, tiles, everyMs, isPhotographic] of cases) {
    const region = new MovingRegion(GRID);
    for (let at = 0; at < 30; at += 1) region.change(tiles, at * everyMs, isPhotographic);
    assert.equal(region.region, null, name);
  }
});

test('a film that grows is followed, and one elsewhere begins anew', () => {
  const region = new MovingRegion(GRID);
  const lastMs = play(region, box(10, 8, 16, 12), 6, 0);
  play(region, box(6, 4, 24, 20), 6, lastMs + FRAME_MS);
  assert.deepEqual(region.region, { x: 64, y: 32, width: 448, height: 384 });
  play(region, box(26, 18, 10, 8), 6, lastMs + 60_000);
  assert.deepEqual(region.region, { x: 384, y: 256, width: 224, height: 192 });
});

test('whatever changes: the region is whole tiles inside the picture, and is still when nothing changes', () => {
  const grid = fc.record({
    width: fc.integer({ min: 1, max: 900 }),
    height: fc.integer({ min: 1, max: 900 }),
  });
  const change = fc.record({
    left: fc.nat({ max: 60 }),
    top: fc.nat({ max: 60 }),
    columns: fc.integer({ min: 1, max: 60 }),
    rows: fc.integer({ min: 1, max: 60 }),
    afterMs: fc.nat({ max: 600 }),
    isPhotographic: fc.boolean(),
    times: fc.integer({ min: 1, max: 6 }),
  });
  let found = 0;
  fc.assert(
    fc.property(grid, fc.array(change, { maxLength: 20 }), ({ width, height }, changes) => {
      const columns = Math.ceil(width / TILE_SIDE);
      const rows = Math.ceil(height / TILE_SIDE);
      const moving = new MovingRegion({ width, height, columns, rows });
      let nowMs = 0;
      for (const each of changes) {
        const tiles: number[] = [];
        for (let row = each.top; row < Math.min(rows, each.top + each.rows); row += 1) {
          for (
            let column = each.left;
            column < Math.min(columns, each.left + each.columns);
            column += 1
          ) {
            tiles.push(row * columns + column);
          }
        }
        for (let time = 0; time < each.times; time += 1) {
          nowMs += time === 0 ? each.afterMs : FRAME_MS;
          moving.change(tiles, nowMs, () => each.isPhotographic);
        }
        const { region } = moving;
        if (region === null) {
          assert.ok(!moving.isMoving);
          continue;
        }
        found += 1;
        for (const side of [region.x, region.y, region.width, region.height]) {
          assert.equal(side % TILE_SIDE, 0);
        }
        assert.ok(region.width > 0 && region.height > 0 && region.x >= 0 && region.y >= 0);
        assert.ok(region.x + region.width <= width && region.y + region.height <= height);
      }
      moving.settle(nowMs + STILL_AFTER_MS);
      assert.ok(!moving.isMoving);
    }),
    { numRuns: 200 },
  );
  assert.ok(found > 0);
});

/**
 * Goal: whatever changes, however much the road takes, and whatever of it is not sent after all, the viewer has every pixel in
 * the end, and the plan says so then and not before; what goes without loss is no more than what has changed, about.
 * Method: changes of pixels through `show`, areas copied into a viewer's picture as the plan says, frames of film that are
 * about right; in simulated time, as a property.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Picture } from '../picture/picture.ts';
import { show } from '../picture/show.ts';
import { TileBoxes } from '../picture/tile-boxes.ts';
import { TileSet } from '../picture/tile-set.ts';
import { UpdatePlan, type Limits, type Update } from './update-plan.ts';

const SIZE = { width: 203, height: 150 };
const FRAME_MS = 40;

/** A source, what is shown of it, the plan, and a viewer that copies. */
class Scene {
  readonly source = new Picture(SIZE);
  readonly shown = new Picture(SIZE);
  readonly viewer = new Picture(SIZE);
  readonly plan = new UpdatePlan(this.shown);
  readonly #drawn = new TileSet(this.shown);
  readonly #boxes = new TileBoxes(this.shown);
  nowMs = 0;

  constructor() {
    this.viewer.fill(0x12_3456);
    this.plan.repeat(this.shown.area);
  }

  /** Draws a rectangle of noise, or of one colour. */
  draw(area: { x: number; y: number; width: number; height: number }, seed: number): void {
    const { width } = this.source;
    for (let y = area.y; y < area.y + area.height; y += 1) {
      for (let x = area.x; x < area.x + area.width; x += 1) {
        const noise = Math.imul(seed + x * 31 + y * 977, 0x9e37_79b1) >>> 8;
        this.source.pixels[y * width + x] = seed % 3 === 0 ? seed & 0xff_ffff : noise;
      }
    }
    this.#drawn.addArea(area);
    const changed = show(this.source, this.shown, this.#drawn, null, this.#boxes);
    if (changed.length > 0) this.plan.change(changed, this.nowMs, this.#boxes);
  }

  /** Takes an update to the viewer; so many of its areas are not sent after all. */
  take({ still, film }: Update, dropped: number): void {
    const sent = still.length - Math.min(dropped, still.length);
    for (const area of still.slice(0, sent)) this.#copy(area, 0);
    for (const area of still.slice(sent)) this.plan.repeat(area);
    if (film !== null) this.#copy(film, 1);
  }

  get wrong(): number {
    return this.viewer.pixels.reduce(
      (sum, pixel, at) => sum + (pixel === this.shown.pixels[at] ? 0 : 1),
      0,
    );
  }

  /** @param error by which each pixel is beside the truth */
  #copy(area: Update['still'][number], error: number): void {
    const pixels = this.shown.crop(area).map((pixel) => pixel ^ error);
    this.viewer.draw(area, Buffer.from(pixels.buffer));
  }
}

const step = fc.record({
  area: fc
    .tuple(
      fc.nat(202),
      fc.nat(149),
      fc.integer({ min: 1, max: 203 }),
      fc.integer({ min: 1, max: 150 }),
    )
    .map(([x, y, width, height]) => ({
      x,
      y,
      width: Math.min(width, SIZE.width - x),
      height: Math.min(height, SIZE.height - y),
    })),
  seed: fc.nat(1_000_000),
  isFilm: fc.boolean(),
  dropped: fc.nat(2),
  tilesMax: fc.integer({ min: 1, max: 200 }),
  isTaken: fc.boolean(),
});

const limits = (tilesMax: number): Limits => ({
  filmWidthMax: Infinity,
  framePaceMs: FRAME_MS,
  tilesMax,
});

test('in the end the viewer has every pixel, and the plan says so then and not before', () => {
  let films = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const scene = new Scene();
      for (const { area, seed, isFilm, dropped, tilesMax, isTaken } of steps) {
        scene.nowMs += FRAME_MS;
        scene.draw(
          isFilm ? { x: 16, y: 16, width: 150, height: 110 } : area,
          isFilm ? seed * 3 + 1 : seed,
        );
        const update = isTaken ? scene.plan.next(scene.nowMs, limits(tilesMax)) : null;
        if (update !== null) scene.take(update, dropped);
        films += update?.film == null ? 0 : 1;
        assert.equal(scene.plan.isWhole && scene.wrong > 0, false, 'called whole, and is not');
      }
      for (let rest = 0; rest < 2_000 && !scene.plan.isWhole; rest += 1) {
        scene.nowMs += FRAME_MS;
        const update = scene.plan.next(scene.nowMs, limits(50));
        if (update !== null) scene.take(update, 0);
      }
      assert.ok(scene.plan.isWhole);
      assert.equal(scene.wrong, 0);
    }),
    { numRuns: 60 },
  );
  assert.ok(films > 0, 'some of it was film');
});

test('a letter that is typed costs its own pixels, not its tiles', () => {
  const scene = new Scene();
  for (let next = scene.plan.next(0, limits(4096)); next !== null;) {
    scene.take(next, 0);
    next = scene.plan.next(0, limits(4096));
  }
  scene.draw({ x: 30, y: 40, width: 9, height: 12 }, 3);
  assert.deepEqual(scene.plan.next(FRAME_MS, limits(4096))?.still, [
    { x: 30, y: 40, width: 9, height: 12 },
  ]);
});

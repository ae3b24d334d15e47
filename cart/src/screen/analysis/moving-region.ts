/**
 * Finds the one region of a screen that moves like a film: tiles that change often, and look photographic.
 *
 * It knows no pixels and no clock; both come in. A region that has been still for a while is not moving any more but is
 * kept, so that the film goes on in the same place when it is unfrozen: that costs its encoder no new beginning.
 * A region grows at once and never shrinks: another begins when something moves that is not inside of it.
 */
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import { TILE_SIDE } from '../picture/picture.ts';

/** Time in which the memory of a change fades to a third. */
const FADE_MS = 700;
/** Changes remembered from which on a tile changes often: three in quick succession. */
const OFTEN = 2.2;
/** Tiles that must change often together, so that a clock or a cursor is no film. */
const OFTEN_TILES_MIN = 48;
/** Tiles along the sides of the smallest region. */
const COLUMNS_MIN = 8;
const ROWS_MIN = 6;
/** Share of the tiles looked at that must look photographic; black and captions around the picture are none. */
const PHOTOGRAPHIC_SHARE = 0.15;
/** Tiles looked at to tell. */
const SAMPLES = 64;
/** Columns and rows at the rim with fewer often-changing tiles than this share of the fullest are left out. */
const RIM_SHARE = 0.2;
const RIM_TILES_MIN = 5;
/** Tiles added on each side, so that a film that moves a little stays inside. */
const MARGIN_TILES = 2;
/** Share of a still region that must change at once for it to move again. */
const WAKE_SHARE = 0.3;
/** Time without a change after which a region stands still. */
export const STILL_AFTER_MS = 250;

export interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly width: number;
  readonly height: number;
}

export class MovingRegion {
  readonly #grid: Grid;
  readonly #heat: Float32Array;
  #heatMs = 0;
  #region: Rectangle | null = null;
  #isMoving = false;
  #movedMs = 0;

  constructor(grid: Grid) {
    this.#grid = grid;
    this.#heat = new Float32Array(grid.columns * grid.rows);
  }

  /** The region last found, moving or not: whole tiles inside the picture. */
  get region(): Rectangle | null {
    return this.#region;
  }

  get isMoving(): boolean {
    return this.#isMoving;
  }

  /** When the region stands still if nothing changes in it any more. */
  get stillAtMs(): number {
    return this.#isMoving ? this.#movedMs + STILL_AFTER_MS : Infinity;
  }

  /** Notes that time has passed: a region without a change for a while stands still. */
  settle(nowMs: number): void {
    if (this.#isMoving && nowMs - this.#movedMs >= STILL_AFTER_MS) this.#isMoving = false;
  }

  /**
   * Notes which tiles changed together.
   *
   * @param nowMs monotonic
   * @param isPhotographic asked of some of the changed tiles
   */
  change(
    changed: readonly number[],
    nowMs: number,
    isPhotographic: (tile: number) => boolean,
  ): void {
    this.settle(nowMs);
    const often = this.#warm(changed, nowMs);
    if (often.length >= OFTEN_TILES_MIN && looksPhotographic(often, isPhotographic)) {
      this.#follow(often);
    } else if (this.#region !== null && !this.#isMoving) {
      this.#wake(changed, this.#region, isPhotographic);
    }
    const region = this.#region;
    if (region === null || !this.#isMoving) return;
    if (changed.some((tile) => isTileInside(this.#grid, tile, region))) this.#movedMs = nowMs;
  }

  /** Returns those of the tiles that change often. */
  #warm(changed: readonly number[], nowMs: number): number[] {
    const heat = this.#heat;
    const fade = Math.exp(-Math.max(0, nowMs - this.#heatMs) / FADE_MS);
    this.#heatMs = nowMs;
    for (let tile = 0; tile < heat.length; tile += 1) heat[tile] = (heat[tile] ?? 0) * fade;
    const often: number[] = [];
    for (const tile of changed) {
      const warm = (heat[tile] ?? 0) + 1;
      heat[tile] = warm;
      if (warm > OFTEN) often.push(tile);
    }
    return often;
  }

  /** Moves where tiles change often, in the old region if that holds them all. */
  #follow(often: readonly number[]): void {
    const box = boxOf(this.#grid, often);
    if (box === null) return;
    const kept = this.#region;
    if (kept !== null && contains(kept, box)) {
      this.#isMoving = true;
      return;
    }
    const joined = kept !== null && this.#isMoving ? union(kept, box) : box;
    const region = withMargin(this.#grid, joined);
    if (region === null) return;
    this.#region = region;
    this.#isMoving = true;
  }

  /** A film that goes on changes much of its region at once; a dialog over it does so, too, but is drawn. */
  #wake(
    changed: readonly number[],
    region: Rectangle,
    isPhotographic: (tile: number) => boolean,
  ): void {
    const inside = changed.filter((tile) => isTileInside(this.#grid, tile, region));
    const tiles = (region.width / TILE_SIDE) * (region.height / TILE_SIDE);
    if (inside.length > tiles * WAKE_SHARE && looksPhotographic(inside, isPhotographic)) {
      this.#isMoving = true;
    }
  }
}

/** Tells whether a tile lies inside a region of whole tiles. */
export function isTileInside(grid: Grid, tile: number, region: Rectangle): boolean {
  const x = (tile % grid.columns) * TILE_SIDE;
  const y = Math.floor(tile / grid.columns) * TILE_SIDE;
  return (
    x >= region.x && y >= region.y && x < region.x + region.width && y < region.y + region.height
  );
}

function looksPhotographic(
  tiles: readonly number[],
  isPhotographic: (tile: number) => boolean,
): boolean {
  const step = Math.max(1, Math.floor(tiles.length / SAMPLES));
  let looked = 0;
  let photographic = 0;
  for (let at = 0; at < tiles.length; at += step) {
    looked += 1;
    if (isPhotographic(tiles[at] ?? 0)) photographic += 1;
  }
  return photographic > looked * PHOTOGRAPHIC_SHARE;
}

/** The box around the tiles, without thinly filled columns and rows at its rim; null if it is too small. */
function boxOf(grid: Grid, tiles: readonly number[]): Rectangle | null {
  const inColumns = new Uint16Array(grid.columns);
  const inRows = new Uint16Array(grid.rows);
  for (const tile of tiles) {
    const column = tile % grid.columns;
    const row = Math.floor(tile / grid.columns);
    inColumns[column] = (inColumns[column] ?? 0) + 1;
    inRows[row] = (inRows[row] ?? 0) + 1;
  }
  const [left, right] = filled(inColumns);
  const [top, bottom] = filled(inRows);
  if (right - left < COLUMNS_MIN || bottom - top < ROWS_MIN) return null;
  return inPixels(left, top, right, bottom);
}

function filled(counts: Uint16Array): [first: number, end: number] {
  const least = Math.max(RIM_TILES_MIN, RIM_SHARE * Math.max(...counts));
  const isFull = (count: number): boolean => count >= least;
  const first = counts.findIndex(isFull);
  return first === -1 ? [0, 0] : [first, counts.findLastIndex(isFull) + 1];
}

/** Widens a box; tiles that the picture's edge cuts stay out, for an encoder wants whole ones. */
function withMargin(grid: Grid, box: Rectangle): Rectangle | null {
  const wholeColumns = Math.floor(grid.width / TILE_SIDE);
  const wholeRows = Math.floor(grid.height / TILE_SIDE);
  const left = Math.max(0, box.x / TILE_SIDE - MARGIN_TILES);
  const top = Math.max(0, box.y / TILE_SIDE - MARGIN_TILES);
  const right = Math.min(wholeColumns, (box.x + box.width) / TILE_SIDE + MARGIN_TILES);
  const bottom = Math.min(wholeRows, (box.y + box.height) / TILE_SIDE + MARGIN_TILES);
  return right > left && bottom > top ? inPixels(left, top, right, bottom) : null;
}

function inPixels(left: number, top: number, right: number, bottom: number): Rectangle {
  return {
    x: left * TILE_SIDE,
    y: top * TILE_SIDE,
    width: (right - left) * TILE_SIDE,
    height: (bottom - top) * TILE_SIDE,
  };
}

function contains(outer: Rectangle, inner: Rectangle): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

function union(a: Rectangle, b: Rectangle): Rectangle {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  const right = Math.max(a.x + a.width, b.x + b.width);
  const bottom = Math.max(a.y + a.height, b.y + b.height);
  return { x, y, width: right - x, height: bottom - y };
}

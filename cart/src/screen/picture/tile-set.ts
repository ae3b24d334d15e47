/** Which tiles of a picture something holds for. */
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import { TILE_SIDE, type Picture } from './picture.ts';

type Grid = Pick<Picture, 'columns' | 'rows' | 'width' | 'height'>;

export class TileSet {
  readonly #grid: Grid;
  readonly #marks: Uint8Array;
  #count = 0;

  constructor(grid: Grid) {
    this.#grid = grid;
    this.#marks = new Uint8Array(grid.columns * grid.rows);
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  get count(): number {
    return this.#count;
  }

  has(tile: number): boolean {
    return this.#marks[tile] === 1;
  }

  add(tile: number): void {
    if (this.#marks[tile] === 1) return;
    this.#marks[tile] = 1;
    this.#count += 1;
  }

  delete(tile: number): void {
    if (this.#marks[tile] !== 1) return;
    this.#marks[tile] = 0;
    this.#count -= 1;
  }

  addAll(): void {
    this.#marks.fill(1);
    this.#count = this.#marks.length;
  }

  clear(): void {
    this.#marks.fill(0);
    this.#count = 0;
  }

  /** Adds every tile that an area touches. */
  addArea(area: Rectangle): void {
    forEachTile(this.#grid, area, (tile) => this.add(tile));
  }

  *[Symbol.iterator](): Generator<number> {
    if (this.#count === 0) return;
    for (let tile = this.#marks.indexOf(1); tile !== -1; tile = this.#marks.indexOf(1, tile + 1)) {
      yield tile;
    }
  }

  /** Whether any tile that an area touches is among them. */
  touches(area: Rectangle): boolean {
    if (this.#count === 0) return false;
    let isTouched = false;
    forEachTile(this.#grid, area, (tile) => {
      isTouched ||= this.#marks[tile] === 1;
    });
    return isTouched;
  }

  /**
   * Takes tiles out as few rectangles that hold nothing else, from the top down.
   *
   * @param isWanted tiles for which it is false stay
   * @param tilesMax how many tiles to take, about; the rest stay
   * @param rectangleTilesMax how many tiles one rectangle has
   */
  takeRectangles(
    isWanted: (tile: number) => boolean,
    tilesMax = Infinity,
    rectangleTilesMax = 400,
  ): Rectangle[] {
    const { columns, rows } = this.#grid;
    const rectangles: Rectangle[] = [];
    const isFree = (tile: number): boolean => this.#marks[tile] === 1 && isWanted(tile);
    let taken = 0;
    for (let tile = this.#marks.indexOf(1); tile !== -1; tile = this.#marks.indexOf(1, tile + 1)) {
      if (taken >= tilesMax) break;
      if (!isWanted(tile)) continue;
      const left = tile % columns;
      const top = Math.floor(tile / columns);
      let right = left + 1;
      while (right < columns && right - left < rectangleTilesMax && isFree(top * columns + right)) {
        right += 1;
      }
      let bottom = top + 1;
      while (bottom < rows && (right - left) * (bottom - top + 1) <= rectangleTilesMax) {
        if (!isRowFree(bottom * columns + left, right - left, isFree)) break;
        bottom += 1;
      }
      for (let row = top; row < bottom; row += 1) {
        for (let column = left; column < right; column += 1) this.delete(row * columns + column);
      }
      taken += (right - left) * (bottom - top);
      const x = left * TILE_SIDE;
      const y = top * TILE_SIDE;
      rectangles.push({
        x,
        y,
        width: Math.min(right * TILE_SIDE, this.#grid.width) - x,
        height: Math.min(bottom * TILE_SIDE, this.#grid.height) - y,
      });
    }
    return rectangles;
  }
}

function isRowFree(from: number, count: number, isFree: (tile: number) => boolean): boolean {
  for (let tile = from; tile < from + count; tile += 1) if (!isFree(tile)) return false;
  return true;
}

/** Calls for each tile that an area touches. */
export function forEachTile(grid: Grid, area: Rectangle, take: (tile: number) => void): void {
  const right = Math.min(grid.width, area.x + area.width);
  const bottom = Math.min(grid.height, area.y + area.height);
  if (right <= area.x || bottom <= area.y) return;
  const lastColumn = Math.floor((right - 1) / TILE_SIDE);
  const lastRow = Math.floor((bottom - 1) / TILE_SIDE);
  for (let row = Math.floor(area.y / TILE_SIDE); row <= lastRow; row += 1) {
    for (let column = Math.floor(area.x / TILE_SIDE); column <= lastColumn; column += 1) {
      take(row * grid.columns + column);
    }
  }
}

/**
 * Where in each tile of a picture pixels have changed: a box a tile, in pixels from the tile's own corner.
 *
 * A box is four bytes in one number, 0 for none: first column, first row, and the column and row behind the last.
 */
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import { TILE_SIDE, type Picture } from './picture.ts';
import { forEachTile } from './tile-set.ts';

type Grid = Pick<Picture, 'columns' | 'rows' | 'width' | 'height'>;

/** All of a tile. */
export const WHOLE_TILE = boxOf(0, 0, TILE_SIDE, TILE_SIDE);

/** Packs a box. */
export function boxOf(left: number, top: number, right: number, bottom: number): number {
  return left | (top << 8) | (right << 16) | (bottom << 24);
}

export class TileBoxes {
  readonly #grid: Grid;
  readonly #boxes: Int32Array;

  constructor(grid: Grid) {
    this.#grid = grid;
    this.#boxes = new Int32Array(grid.columns * grid.rows);
  }

  of(tile: number): number {
    return this.#boxes[tile] ?? 0;
  }

  set(tile: number, box: number): void {
    this.#boxes[tile] = box;
  }

  /** Widens a tile's box so that it holds another. */
  join(tile: number, box: number): void {
    const before = this.of(tile);
    if (before === 0 || box === 0) {
      this.#boxes[tile] = before | box;
      return;
    }
    this.#boxes[tile] = boxOf(
      Math.min(before & 255, box & 255),
      Math.min((before >> 8) & 255, (box >> 8) & 255),
      Math.max((before >> 16) & 255, (box >> 16) & 255),
      Math.max(before >> 24, box >> 24),
    );
  }

  /** Widens the boxes of all tiles that an area touches so that they hold it. */
  joinArea(area: Rectangle): void {
    const [right, bottom] = [area.x + area.width, area.y + area.height];
    forEachTile(this.#grid, area, (tile) => {
      const x = (tile % this.#grid.columns) * TILE_SIDE;
      const y = Math.floor(tile / this.#grid.columns) * TILE_SIDE;
      const box = boxOf(
        Math.max(0, area.x - x),
        Math.max(0, area.y - y),
        Math.min(TILE_SIDE, right - x),
        Math.min(TILE_SIDE, bottom - y),
      );
      this.join(tile, box);
    });
  }

  /** Forgets the boxes of all tiles that an area touches. */
  clearArea(area: Rectangle): void {
    forEachTile(this.#grid, area, (tile) => this.set(tile, 0));
  }

  /** Narrows an area of whole tiles to what their boxes hold. @param isWhole tiles whose box does not count */
  trim(area: Rectangle, isWhole: (tile: number) => boolean): Rectangle {
    let [left, top, right, bottom] = [Infinity, Infinity, 0, 0];
    forEachTile(this.#grid, area, (tile) => {
      const box = isWhole(tile) ? WHOLE_TILE : this.of(tile);
      if (box === 0) return;
      const x = (tile % this.#grid.columns) * TILE_SIDE;
      const y = Math.floor(tile / this.#grid.columns) * TILE_SIDE;
      left = Math.min(left, x + (box & 255));
      top = Math.min(top, y + ((box >> 8) & 255));
      right = Math.max(right, x + ((box >> 16) & 255));
      bottom = Math.max(bottom, y + (box >> 24));
    });
    if (right === 0) return area;
    const width = Math.min(right, this.#grid.width) - left;
    return { x: left, y: top, width, height: Math.min(bottom, this.#grid.height) - top };
  }
}

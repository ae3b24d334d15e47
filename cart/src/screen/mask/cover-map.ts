/** Which pixels of a picture are covered, by tile and within the tiles that are covered in part. */
import type { MaskArea, ScreenSize } from '@chaperone/domain/mask/mask-area.ts';
import { TILE_SIDE, type Picture } from '../picture/picture.ts';

type Grid = Pick<Picture, 'columns' | 'rows' | 'width' | 'height' | 'tileArea' | 'tiles'>;

export type TileCover = 'none' | 'part' | 'whole';

export class CoverMap {
  readonly #marks: Uint8Array;
  readonly #counts: Uint16Array;
  readonly #grid: Grid;

  /** @param areas may overlap, and may reach over the edge */
  constructor(grid: Grid, areas: readonly MaskArea[]) {
    this.#grid = grid;
    this.#marks = new Uint8Array(grid.width * grid.height);
    this.#counts = new Uint16Array(grid.tiles);
    for (const area of areas) this.#mark(area);
    this.#count();
  }

  ofTile(tile: number): TileCover {
    const count = this.#counts[tile] ?? 0;
    if (count === 0) return 'none';
    const { width, height } = this.#grid.tileArea(tile);
    return count === width * height ? 'whole' : 'part';
  }

  /** @param at index of a pixel, row by row */
  has(at: number): boolean {
    return this.#marks[at] === 1;
  }

  /** Names the tiles in which another map of the same picture covers something else. */
  differingTiles(other: CoverMap): number[] {
    const { width } = this.#grid;
    const differing: number[] = [];
    for (let tile = 0; tile < this.#grid.tiles; tile += 1) {
      const own = this.ofTile(tile);
      const its = other.ofTile(tile);
      if (own === its && own !== 'part') continue;
      const { x, y, width: columns, height } = this.#grid.tileArea(tile);
      const isSame =
        own === its &&
        Array.from({ length: height }, (_, row) => (y + row) * width + x).every((start) =>
          Buffer.from(this.#marks.buffer, start, columns).equals(
            Buffer.from(other.#marks.buffer, start, columns),
          ),
        );
      if (!isSame) differing.push(tile);
    }
    return differing;
  }

  #mark({ x, y, width, height }: MaskArea): void {
    const { width: stride, height: rows } = this.#grid;
    const left = Math.max(0, x);
    const right = Math.min(stride, x + width);
    if (right <= left) return;
    for (let row = Math.max(0, y); row < Math.min(rows, y + height); row += 1) {
      this.#marks.fill(1, row * stride + left, row * stride + right);
    }
  }

  #count(): void {
    const { width, height, columns } = this.#grid;
    for (let row = 0; row < height; row += 1) {
      const tiles = Math.floor(row / TILE_SIDE) * columns;
      for (let column = 0; column < width; column += 1) {
        if (this.#marks[row * width + column] !== 1) continue;
        const tile = tiles + Math.floor(column / TILE_SIDE);
        this.#counts[tile] = (this.#counts[tile] ?? 0) + 1;
      }
    }
  }
}

/** Covers all of a picture. */
export function coverAll(grid: Grid): CoverMap {
  const { width, height }: ScreenSize = grid;
  return new CoverMap(grid, [{ x: 0, y: 0, width, height }]);
}

/**
 * The one way from what the source drew to what may be shown: everything that leaves the cart is read from the shown
 * picture, and nothing else writes it.
 *
 * Here masks are put on: pixels that they cover are never copied, so that no analysis, encoder or refinement ever holds
 * them. Which they are is `../mask`'s word (decision 0050).
 */
import type { CoverMap } from '../mask/cover-map.ts';
import type { Picture } from './picture.ts';
import { boxOf, WHOLE_TILE, type TileBoxes } from './tile-boxes.ts';
import type { TileSet } from './tile-set.ts';

/** What is shown in place of what is covered, 0xRRGGBB. */
export const MASK_COLOUR = 0x3a_4250;

/**
 * Brings the shown picture up to the source's, in the tiles that the source drew on.
 *
 * @param drawn tiles that the source drew on since the last time; emptied
 * @param cover what is not shown; null: nothing is covered
 * @param boxes told where in each of the changed tiles
 * @returns the tiles in which a pixel has changed
 */
export function show(
  source: Picture,
  shown: Picture,
  drawn: TileSet,
  cover: CoverMap | null = null,
  boxes: TileBoxes | null = null,
): number[] {
  const changed: number[] = [];
  for (const tile of drawn) {
    const covered = cover?.ofTile(tile) ?? 'none';
    const box =
      covered === 'none'
        ? copyTile(source, shown, tile)
        : coverTile(covered === 'part' ? source : null, shown, tile, cover);
    if (box === 0) continue;
    boxes?.set(tile, box);
    changed.push(tile);
  }
  drawn.clear();
  return changed;
}

/**
 * Covers what is to be covered, without looking at the source: what it draws may be half an update.
 * @param boxes told where in each of the changed tiles
 * @returns the tiles in which a pixel has changed
 */
export function hide(
  shown: Picture,
  cover: CoverMap,
  tiles: Iterable<number>,
  boxes: TileBoxes | null = null,
): number[] {
  const changed: number[] = [];
  for (const tile of tiles) {
    const covered = cover.ofTile(tile);
    if (covered === 'none') continue;
    const box = coverTile(covered === 'part' ? shown : null, shown, tile, cover);
    if (box === 0) continue;
    boxes?.set(tile, box);
    changed.push(tile);
  }
  return changed;
}

/** The fourth byte of a source's pixel means nothing. */
const COLOUR = 0xff_ffff;

/**
 * Copies a tile of which nothing is covered. Every pixel of a film passes here: what is the same is only read.
 * @returns where that changed anything, 0 for nowhere
 */
function copyTile(source: Picture, shown: Picture, tile: number): number {
  const { x, y, width, height } = shown.tileArea(tile);
  const from = source.pixels;
  const to = shown.pixels;
  let [left, top, right, bottom] = [width, -1, 0, 0];
  for (let row = 0; row < height; row += 1) {
    const start = (y + row) * shown.width + x;
    const end = start + width;
    let first = start;
    while (first < end && ((from[first] ?? 0) & COLOUR) === to[first]) first += 1;
    if (first === end) continue;
    let last = end - 1;
    while (((from[last] ?? 0) & COLOUR) === to[last]) last -= 1;
    for (let at = first; at <= last; at += 1) to[at] = (from[at] ?? 0) & COLOUR;
    if (first - start < left) left = first - start;
    if (last + 1 - start > right) right = last + 1 - start;
    if (top === -1) top = row;
    bottom = row + 1;
  }
  return bottom === 0 ? 0 : boxOf(left, top, right, bottom);
}

/**
 * Covers a tile, and copies what of it is not covered.
 * @param source null: all of the tile is covered
 * @returns where that may have changed something, 0 for nowhere
 */
function coverTile(
  source: Picture | null,
  shown: Picture,
  tile: number,
  cover: CoverMap | null,
): number {
  const { x, y, width, height } = shown.tileArea(tile);
  const from = source?.pixels;
  const to = shown.pixels;
  let difference = 0;
  for (let row = y; row < y + height; row += 1) {
    const start = row * shown.width + x;
    for (let at = start; at < start + width; at += 1) {
      const isCovered = from === undefined || cover?.has(at) === true;
      const pixel = isCovered ? MASK_COLOUR : (from[at] ?? 0) & COLOUR;
      difference |= pixel ^ (to[at] ?? 0);
      to[at] = pixel;
    }
  }
  return difference === 0 ? 0 : WHOLE_TILE;
}

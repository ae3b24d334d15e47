/**
 * The one way from what the source drew to what may be shown: everything that leaves the cart is read from the shown
 * picture, and nothing else writes it.
 *
 * Here masks are put on: pixels that they cover are never copied, so that no analysis, encoder or refinement ever holds
 * them. Which they are is `../mask`'s word (decision 0050).
 */
import type { CoverMap } from '../mask/cover-map.ts';
import type { Picture } from './picture.ts';
import type { TileSet } from './tile-set.ts';

/** What is shown in place of what is covered, 0xRRGGBB. */
export const MASK_COLOUR = 0x3a_4250;

/**
 * Brings the shown picture up to the source's, in the tiles that the source drew on.
 *
 * @param drawn tiles that the source drew on since the last time; emptied
 * @param cover what is not shown; null: nothing is covered
 * @returns the tiles in which a pixel has changed
 */
export function show(
  source: Picture,
  shown: Picture,
  drawn: TileSet,
  cover: CoverMap | null = null,
): number[] {
  const changed: number[] = [];
  for (const tile of drawn) {
    const covered = cover?.ofTile(tile) ?? 'none';
    const from = covered === 'whole' ? null : source;
    if (copyTile(from, shown, tile, covered === 'part' ? cover : null)) changed.push(tile);
  }
  drawn.clear();
  return changed;
}

/**
 * Covers what is to be covered, without looking at the source: what it draws may be half an update.
 * @returns the tiles in which a pixel has changed
 */
export function hide(shown: Picture, cover: CoverMap, tiles: Iterable<number>): number[] {
  const changed: number[] = [];
  for (const tile of tiles) {
    const covered = cover.ofTile(tile);
    if (covered === 'none') continue;
    const from = covered === 'whole' ? null : shown;
    if (copyTile(from, shown, tile, covered === 'part' ? cover : null)) changed.push(tile);
  }
  return changed;
}

/**
 * Copies a tile and tells whether that changed anything. The fourth byte of a source's pixel means nothing.
 * @param source null: all of the tile is covered
 * @param cover of a tile that is covered in part
 */
function copyTile(
  source: Picture | null,
  shown: Picture,
  tile: number,
  cover: CoverMap | null,
): boolean {
  const { x, y, width, height } = shown.tileArea(tile);
  const from = source?.pixels;
  const to = shown.pixels;
  let difference = 0;
  for (let row = y; row < y + height; row += 1) {
    const start = row * shown.width + x;
    for (let at = start; at < start + width; at += 1) {
      const isCovered = from === undefined || cover?.has(at) === true;
      const pixel = isCovered ? MASK_COLOUR : (from[at] ?? 0) & 0xff_ffff;
      difference |= pixel ^ (to[at] ?? 0);
      to[at] = pixel;
    }
  }
  return difference !== 0;
}

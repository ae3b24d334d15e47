/**
 * Tiles: the tree's hashes and the log's entries in pieces that never change.
 *
 * | path | content |
 * |---|---|
 * | `tile/<L>/<N>[.p/<W>]` | 256 hashes (W of a partial one) of the tree's level 8 × L, from the one at 256 × N on, 32 bytes each |
 * | `tile/entries/<N>[.p/<W>]` | 256 entries (or W), each its length in two bytes, big-endian, and its bytes |
 *
 * N is written in groups of three digits, each but the last after an `x`: 1234067 is `x001/x234/067`.
 *
 * @see https://c2sp.org/tlog-tiles
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { TREE_SIZE_MAX } from './frontier.ts';

/** Hashes or entries of a full tile. */
export const TILE_WIDTH = 256;
/** Levels of the tree that one level of tiles spans. */
export const TILE_HEIGHT = 8;
/** The highest level of tiles that the largest tree has. */
const LEVEL_MAX = 5;
const PATH = /^tile\/(\d|entries)\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;
const ENTRY_BYTES_MAX = 65_535;

/** The path is none of a tile, or one that no tree has. */
export class TileUnknown extends DomainError {
  readonly code = 'TILE_UNKNOWN';
}

export interface Tile {
  readonly level: number | 'entries';
  readonly index: number;
  /** 256 for a full tile. */
  readonly width: number;
}

/** Writes the path of a tile, without the log's prefix. */
export function tilePath({ level, index, width }: Tile): string {
  let rest = index;
  let path = String(rest % 1000).padStart(3, '0');
  while (rest >= 1000) {
    rest = Math.floor(rest / 1000);
    path = `x${String(rest % 1000).padStart(3, '0')}/${path}`;
  }
  const part = width === TILE_WIDTH ? '' : `.p/${width}`;
  return `tile/${level}/${path}${part}`;
}

/** Reads the path of a tile; each tile has one path only. @throws TileUnknown */
export function parseTilePath(path: string): Tile {
  const [, level = '', groups = '', width] = PATH.exec(path.slice(0, 64)) ?? [];
  const tile: Tile = {
    level: level === 'entries' ? level : Number(level),
    index: Number(groups.replaceAll(/[x/]/g, '')),
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
  const isOne =
    level !== '' &&
    (tile.level === 'entries' || tile.level <= LEVEL_MAX) &&
    tile.width <= TILE_WIDTH &&
    tile.index <= TREE_SIZE_MAX / TILE_WIDTH &&
    path === tilePath(tile);
  if (!isOne) throw new TileUnknown('There is no such tile.');
  return tile;
}

/** The tiles of one level that a tree of this size has, the last one perhaps partial. */
export function tilesOf(level: number | 'entries', size: number): readonly Tile[] {
  const tiles: Tile[] = [];
  const hashes = hashesAt(level, size);
  for (let index = 0; index * TILE_WIDTH < hashes; index += 1) {
    tiles.push({ level, index, width: Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH) });
  }
  return tiles;
}

/** How many hashes of a level of tiles are complete in a tree of this size. */
export function hashesAt(level: number | 'entries', size: number): number {
  return level === 'entries' ? size : Math.floor(size / TILE_WIDTH ** level);
}

/** Tells whether a tree of this size has the tile. */
export function isInTree({ level, index, width }: Tile, size: number): boolean {
  return index * TILE_WIDTH + width <= hashesAt(level, size);
}

/** Writes entries as a bundle. @throws RangeError for an entry of more than 65,535 bytes */
export function writeEntryBundle(lines: readonly string[]): Uint8Array {
  const encoded = lines.map((line) => new TextEncoder().encode(line));
  const bundle = new Uint8Array(encoded.reduce((sum, { length }) => sum + 2 + length, 0));
  const view = new DataView(bundle.buffer);
  let at = 0;
  for (const bytes of encoded) {
    if (bytes.length > ENTRY_BYTES_MAX) throw new RangeError('an entry is too long for a bundle');
    view.setUint16(at, bytes.length);
    bundle.set(bytes, at + 2);
    at += 2 + bytes.length;
  }
  return bundle;
}

/** Reads a bundle of entries. @throws TileUnknown when it is cut */
export function readEntryBundle(bundle: Uint8Array): readonly Uint8Array[] {
  const entries: Uint8Array[] = [];
  const view = new DataView(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  for (let at = 0; at < bundle.length;) {
    const end = at + 2 <= bundle.length ? at + 2 + view.getUint16(at) : Infinity;
    if (end > bundle.length) throw new TileUnknown('The bundle of entries is cut.');
    entries.push(bundle.slice(at + 2, end));
    at = end;
  }
  return entries;
}

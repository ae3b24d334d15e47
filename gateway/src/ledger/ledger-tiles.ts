/** Reads tiles out of the tree's hashes and the entries (C2SP tlog-tiles); what is read never changes. Decision 0038. */
import { encodeBase64 } from '@chaperone/protocol/tree/base64.ts';
import {
  TILE_HEIGHT,
  TILE_WIDTH,
  TileUnknown,
  isInTree,
  parseTilePath,
  writeEntryBundle,
} from '@chaperone/protocol/tree/tile.ts';
import { LedgerBroken } from './contract.ts';
import type { LedgerTile } from './contract.ts';
import type { LedgerStore } from './ledger-store.ts';

/**
 * Reads a tile.
 *
 * @param path such as `tile/0/x001/234`
 * @param size of the tree that is under a signed checkpoint
 * @param mayReadEntries false: a bundle of entries is not there
 * @throws TileUnknown, LedgerBroken
 */
export async function readTile(
  store: LedgerStore,
  path: string,
  size: number,
  mayReadEntries: boolean,
): Promise<LedgerTile> {
  const tile = parseTilePath(path);
  const isThere = isInTree(tile, size) && (mayReadEntries || tile.level !== 'entries');
  if (!isThere) throw new TileUnknown('There is no such tile.');
  const isFull = tile.width === TILE_WIDTH;
  const from = tile.index * TILE_WIDTH;
  if (tile.level === 'entries') {
    const lines = await store.page(from, tile.width);
    if (lines.length !== tile.width) throw new LedgerBroken(`Entries from ${from} are missing.`);
    return { isFull, bytes: writeEntryBundle(lines.map(({ line }) => line)) };
  }
  const hashes = await store.nodes(tile.level * TILE_HEIGHT, from, tile.width);
  if (hashes.length !== tile.width) throw new LedgerBroken(`Hashes of ${path} are missing.`);
  const bytes = new Uint8Array(Buffer.concat(hashes));
  if (bytes.length !== 32 * tile.width)
    throw new LedgerBroken(`A hash of ${path} is ${encodeBase64(bytes).length} characters long.`);
  return { isFull, bytes };
}

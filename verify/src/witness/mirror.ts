/**
 * A copy of the ledger's tree of hashes in a directory, as C2SP tlog-tiles lays it out. Nothing takes its name there that does not give the
 * root of a checkpoint which the witness vouched for.
 */
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { Checkpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import { EMPTY_FRONTIER, appendLeaf, rootOf } from '@chaperone/protocol/tree/frontier.ts';
import { HASH_BYTES, nodeHash, sameHash } from '@chaperone/protocol/tree/merkle-hash.ts';
import { TILE_WIDTH, hashesAt, tilePath, tilesOf } from '@chaperone/protocol/tree/tile.ts';
import type { Tile } from '@chaperone/protocol/tree/tile.ts';
import { writeDurably } from './witness-disk.ts';

/** The tiles are not those of the checkpoint. Nothing was written. */
export class TilesDoNotFit extends DomainError {
  readonly code = 'TILES_DO_NOT_FIT';
}

/**
 * Brings a copy up to a checkpoint.
 *
 * @param read gives a tile by its path, `tile/…`
 * @param note the cosigned checkpoint, written last
 * @throws TilesDoNotFit, and what `read` throws
 */
export async function mirrorTiles(
  directory: string,
  checkpoint: Checkpoint,
  note: string,
  read: (path: string) => Promise<Uint8Array>,
): Promise<{ readonly fetched: number }> {
  const fetched = new Map<string, Uint8Array>();
  let below: readonly Uint8Array[] = [];
  for (let level = 0; hashesAt(level, checkpoint.size) > 0; level += 1) {
    const hashes: Uint8Array[] = [];
    for (const tile of tilesOf(level, checkpoint.size)) {
      hashes.push(...(await hashesOf(directory, tile, read, fetched)));
    }
    if (level === 0) judgeLeaves(hashes, checkpoint);
    else judgeLevel(hashes, below);
    below = hashes;
  }
  for (const [name, bytes] of fetched) {
    const file = path.join(directory, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeDurably(file, bytes);
  }
  await mkdir(directory, { recursive: true });
  await writeDurably(path.join(directory, 'checkpoint'), note);
  return { fetched: fetched.size };
}

async function hashesOf(
  directory: string,
  tile: Tile,
  read: (path: string) => Promise<Uint8Array>,
  fetched: Map<string, Uint8Array>,
): Promise<Uint8Array[]> {
  const name = tilePath(tile);
  const here = await readFile(path.join(directory, name)).catch(() => null);
  const isHere = here?.length === tile.width * HASH_BYTES;
  const bytes = isHere ? here : await read(name);
  if (bytes.length !== tile.width * HASH_BYTES) throw new TilesDoNotFit(`${name} is cut.`);
  if (!isHere) fetched.set(name, bytes);
  return Array.from({ length: tile.width }, (_, at) =>
    Uint8Array.from(bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)),
  );
}

function judgeLeaves(leaves: readonly Uint8Array[], { root }: Checkpoint): void {
  const frontier = leaves.reduce(appendLeaf, EMPTY_FRONTIER);
  if (!sameHash(rootOf(frontier), root))
    throw new TilesDoNotFit('The tiles do not give the root of the checkpoint.');
}

/** Each hash of a higher level is the root of a full tile below it. */
function judgeLevel(hashes: readonly Uint8Array[], below: readonly Uint8Array[]): void {
  for (const [at, hash] of hashes.entries()) {
    let row = below.slice(at * TILE_WIDTH, (at + 1) * TILE_WIDTH);
    while (row.length > 1)
      row = Array.from({ length: row.length / 2 }, (_, pair) =>
        nodeHash(row[2 * pair] ?? hash, row[2 * pair + 1] ?? hash),
      );
    if (row[0] === undefined || !sameHash(row[0], hash))
      throw new TilesDoNotFit('A hash of a higher tile is not that of the tile below it.');
  }
}

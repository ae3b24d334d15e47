/** Reads bounded pieces of a machine's files. What cannot be read is null: to this package it is unknown, not a fault. */
import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import path from 'node:path';

/** Names in a folder that are looked at: far more than any of those read here holds. */
const NAMES_MAX = 10_000;

/** Gives the first bytes of a regular file. */
export async function readHead(file: string, bytesMax: number): Promise<Buffer | null> {
  return await readPiece(file, bytesMax, () => 0);
}

/** Gives the last bytes of a regular file. */
export async function readTail(file: string, bytesMax: number): Promise<Buffer | null> {
  return await readPiece(file, bytesMax, (size) => Math.max(0, size - bytesMax));
}

/** Lists the names in a folder; none when it cannot be read. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).slice(0, NAMES_MAX);
  } catch {
    return [];
  }
}

/** The place of a machine's file below its root. */
export function inMachine(root: string, file: string): string {
  return path.join(root, file);
}

async function readPiece(
  file: string,
  bytesMax: number,
  startOf: (size: number) => number,
): Promise<Buffer | null> {
  try {
    // Without waiting for a writer, should a pipe be in the file's place.
    await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await handle.stat();
    if (!found.isFile()) return null;
    const start = startOf(found.size);
    const piece = Buffer.alloc(Math.min(bytesMax, found.size - start));
    const { bytesRead } = await handle.read(piece, 0, piece.length, start);
    return piece.subarray(0, bytesRead);
  } catch {
    return null;
  }
}

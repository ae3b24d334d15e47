/**
 * The wrapped secrets of all cases in one generation: one file of entries of one length, so that a change of the wrapping
 * key with thousands of open cases writes one file. A new case is added at its end; an erased entry becomes zeros.
 *
 * | offset | bytes | field |
 * |---|---|---|
 * | 0 | 31 | the case's id |
 * | 31 | 60 | its secret: nonce 12, cipher text 32, tag 16 (AES-256-GCM under the generation's key) |
 */
import { open, readFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { isId, parseId } from '@chaperone/domain/id/id.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import { readDiskFault, writeDurably } from '../../platform/durable-file/durable-file.ts';
import { WRAPPED_BYTES } from './wrapped-secret.ts';

const ID_BYTES = 31;
export const ENTRY_BYTES = ID_BYTES + WRAPPED_BYTES;

export interface SecretEntry {
  readonly caseId: CaseId;
  readonly wrapped: Buffer;
}

export interface ReadEntries {
  readonly entries: readonly SecretEntry[];
  /** Entries whose case cannot be told any more. */
  readonly damaged: number;
  /** Bytes at the end that are no whole entry: an addition that was cut off, and never acknowledged. */
  readonly tailBytes: number;
}

/** Reads entries; takes whatever the bytes are. */
export function parseEntries(content: Buffer): ReadEntries {
  const entries: SecretEntry[] = [];
  let damaged = 0;
  const count = Math.floor(content.length / ENTRY_BYTES);
  for (let at = 0; at < count; at += 1) {
    const entry = content.subarray(at * ENTRY_BYTES, (at + 1) * ENTRY_BYTES);
    if (entry.every((byte) => byte === 0)) continue;
    const id = entry.toString('latin1', 0, ID_BYTES);
    if (isId('case', id))
      entries.push({ caseId: parseId('case', id), wrapped: Buffer.from(entry.subarray(ID_BYTES)) });
    else damaged += 1;
  }
  return { entries, damaged, tailBytes: content.length - count * ENTRY_BYTES };
}

/** Encodes entries one behind the other. */
export function formatEntries(entries: readonly SecretEntry[]): Buffer {
  return Buffer.concat(
    entries.flatMap(({ caseId, wrapped }) => [Buffer.from(caseId, 'latin1'), wrapped]),
  );
}

/** Writes a new file, whole. @throws DiskFull */
export async function writeEntries(file: string, entries: readonly SecretEntry[]): Promise<void> {
  await writeDurably(file, formatEntries(entries), { never: 'replace' });
}

/** Adds an entry, durably; the file has to be there. @throws DiskFull, and as the system says when it is not there */
export async function addEntry(file: string, entry: SecretEntry): Promise<void> {
  await onFile(file, async (handle) => {
    const { size } = await handle.stat();
    const place = size - (size % ENTRY_BYTES);
    try {
      await handle.write(formatEntries([entry]), 0, ENTRY_BYTES, place);
      await handle.sync();
    } catch (fault) {
      await handle.truncate(place).catch(() => undefined);
      throw readDiskFault(fault);
    }
  });
}

/** Overwrites the entries of a case with zeros, durably. @returns how many there were */
export async function eraseEntries(file: string, caseId: CaseId): Promise<number> {
  const id = Buffer.from(caseId, 'latin1');
  let erased = 0;
  await onFile(file, async (handle) => {
    const content = await handle.readFile();
    for (let at = 0; at + ENTRY_BYTES <= content.length; at += ENTRY_BYTES) {
      if (!content.subarray(at, at + ID_BYTES).equals(id)) continue;
      await handle.write(Buffer.alloc(ENTRY_BYTES), 0, ENTRY_BYTES, at);
      erased += 1;
    }
    if (erased > 0) await handle.sync();
  });
  return erased;
}

/** Counts a case's entries in a file, also in one that is damaged elsewhere. */
export async function countEntries(file: string, caseId: CaseId): Promise<number> {
  const { entries } = parseEntries(await readFile(file));
  return entries.filter((entry) => entry.caseId === caseId).length;
}

async function onFile(file: string, act: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await act(handle);
  } finally {
    await handle.close();
  }
}

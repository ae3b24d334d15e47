/**
 * A whole record, read from any offset in constant memory.
 *
 * The last chunk is unsealed first: it alone says that nothing was cut off. Memory holds two blocks of the content at
 * a time, however slowly it is taken.
 */
import {
  AgeHeaderMalformed,
  CHUNK_BYTES,
  SEALED_CHUNK_BYTES,
  START_BYTES_MAX,
  forget,
  openFile,
  sealedSizeOf,
  unsealChunk,
} from '../age/age.ts';
import type { AgePayload } from '../age/age.ts';
import { RecordDamaged } from '../contract.ts';
import type { ByteRange } from '../contract.ts';
import { inUse } from '../keyring/keyring.ts';
import type { CaseKeys } from '../keyring/keyring.ts';
import type { RecordPlace, RecordStore, StoredObject } from '../record-store/record-store.ts';

export interface SealedRecord {
  readonly store: RecordStore;
  readonly place: RecordPlace;
  readonly keys: CaseKeys;
  /** The content's length as it is remembered; an object of another length is damaged. */
  readonly bytes: number;
}

interface OpenedRecord {
  readonly object: StoredObject;
  readonly payload: AgePayload;
}

/** Checks a record's start and end without giving any content. @throws RecordDamaged, RecordUnknown, VaultUnavailable */
export async function checkSealedFile(sealed: SealedRecord): Promise<void> {
  const { object, payload } = await openSealed(sealed);
  forget(payload);
  await object.close();
}

/**
 * Reads a part of a record. While one block is unsealed and taken, the next one is on its way.
 *
 * @throws RecordDamaged, RecordUnknown, VaultUnavailable, CaseKeyMissing when the case is destroyed meanwhile
 */
export async function* readSealedFile(
  sealed: SealedRecord,
  range: ByteRange,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (range.length === 0) return;
  const { object, payload } = await openSealed(sealed);
  const chunksAtOnce = Math.max(1, Math.floor(sealed.store.readBytesAtOnce / CHUNK_BYTES));
  const { chunks } = sealedSizeOf(sealed.bytes);
  const end = range.offset + range.length;
  const lastChunk = Math.ceil(end / CHUNK_BYTES);
  const fetch = async (from: number): Promise<Buffer> =>
    await readChunks(object, payload, from, Math.min(chunksAtOnce, lastChunk - from));
  let chunk = Math.floor(range.offset / CHUNK_BYTES);
  let next = fetch(chunk);
  try {
    while (chunk < lastChunk) {
      const block = await next;
      const count = Math.min(chunksAtOnce, lastChunk - chunk);
      if (chunk + count < lastChunk) next = fetch(chunk + count);
      // Whoever awaits it is told; until then it is nobody's fault.
      next.catch(() => undefined);
      // Between two reads the case may have been destroyed.
      inUse(sealed.keys);
      for (let at = 0; at < count; at += 1, chunk += 1) {
        const part = block.subarray(at * SEALED_CHUNK_BYTES, (at + 1) * SEALED_CHUNK_BYTES);
        const plain = unsealChunk(payload, chunk, chunk === chunks - 1, part) ?? damaged();
        const begin = chunk * CHUNK_BYTES;
        yield plain.subarray(Math.max(0, range.offset - begin), Math.min(CHUNK_BYTES, end - begin));
      }
    }
  } finally {
    await next.catch(() => undefined);
    forget(payload);
    await object.close();
  }
}

async function openSealed({ store, place, keys, bytes }: SealedRecord): Promise<OpenedRecord> {
  const object = await store.open(place);
  try {
    const start = await object.read(0, START_BYTES_MAX);
    const payload = openFile(start, inUse(keys)) ?? damaged();
    const { chunks, sealedBytes } = sealedSizeOf(bytes);
    if (object.sealedBytes !== payload.startBytes + sealedBytes) damaged();
    const last = await readChunks(object, payload, chunks - 1, 1);
    (unsealChunk(payload, chunks - 1, true, last) ?? damaged()).fill(0);
    return { object, payload };
  } catch (fault) {
    await object.close();
    if (fault instanceof AgeHeaderMalformed) damaged(fault);
    throw fault;
  }
}

async function readChunks(
  object: StoredObject,
  payload: AgePayload,
  chunk: number,
  count: number,
): Promise<Buffer> {
  const place = payload.startBytes + chunk * SEALED_CHUNK_BYTES;
  return await object.read(place, count * SEALED_CHUNK_BYTES);
}

function damaged(cause?: unknown): never {
  throw new RecordDamaged('A stored record is damaged.', { cause });
}

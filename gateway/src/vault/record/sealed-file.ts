/**
 * A whole record's file, read from any offset in constant memory.
 *
 * The last chunk is unsealed first: it alone says that nothing was cut off. Memory holds one megabyte of the
 * content at a time, however slowly it is taken.
 */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
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
import { RecordDamaged, RecordUnknown, VaultUnavailable } from '../contract.ts';
import type { ByteRange } from '../contract.ts';
import { inUse } from '../keyring/keyring.ts';
import type { CaseKeys } from '../keyring/keyring.ts';
import { onDisk } from './on-disk.ts';

/** Chunks read at once: 1 MiB. */
const CHUNKS_AT_ONCE = 16;

/** Checks a file's start and end without giving any content. @throws RecordDamaged, RecordUnknown */
export async function checkSealedFile(file: string, keys: CaseKeys, bytes: number): Promise<void> {
  const { handle, payload } = await openSealed(file, keys, bytes);
  forget(payload);
  await handle.close();
}

/**
 * Reads a part of a record.
 *
 * @param bytes the content's length as it is remembered; a file of another length is damaged
 * @throws RecordDamaged, RecordUnknown, CaseKeyMissing when the case is destroyed meanwhile
 */
export async function* readSealedFile(
  file: string,
  keys: CaseKeys,
  bytes: number,
  range: ByteRange,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (range.length === 0) return;
  const { handle, payload } = await openSealed(file, keys, bytes);
  try {
    const { chunks } = sealedSizeOf(bytes);
    const end = range.offset + range.length;
    const lastChunk = Math.ceil(end / CHUNK_BYTES);
    const block = Buffer.allocUnsafe(CHUNKS_AT_ONCE * SEALED_CHUNK_BYTES);
    for (let chunk = Math.floor(range.offset / CHUNK_BYTES); chunk < lastChunk;) {
      const count = Math.min(CHUNKS_AT_ONCE, lastChunk - chunk);
      const sealed = await readBlock(handle, block, payload, chunk, count);
      // Between two reads the case may have been destroyed.
      inUse(keys);
      for (let at = 0; at < count; at += 1, chunk += 1) {
        const part = sealed.subarray(at * SEALED_CHUNK_BYTES, (at + 1) * SEALED_CHUNK_BYTES);
        const plain = unsealChunk(payload, chunk, chunk === chunks - 1, part) ?? damaged();
        const begin = chunk * CHUNK_BYTES;
        yield plain.subarray(Math.max(0, range.offset - begin), Math.min(CHUNK_BYTES, end - begin));
      }
    }
  } finally {
    forget(payload);
    await handle.close();
  }
}

async function openSealed(
  file: string,
  keys: CaseKeys,
  bytes: number,
): Promise<{ readonly handle: FileHandle; readonly payload: AgePayload }> {
  const handle = await openExisting(file);
  try {
    const start = Buffer.alloc(START_BYTES_MAX);
    const { bytesRead } = await onDisk(async () => await handle.read(start, 0, start.length, 0));
    const payload = openFile(start.subarray(0, bytesRead), inUse(keys)) ?? damaged();
    const { chunks, sealedBytes } = sealedSizeOf(bytes);
    if ((await handle.stat()).size !== payload.startBytes + sealedBytes) damaged();
    const block = Buffer.allocUnsafe(SEALED_CHUNK_BYTES);
    const last = await readBlock(handle, block, payload, chunks - 1, 1);
    (unsealChunk(payload, chunks - 1, true, last) ?? damaged()).fill(0);
    return { handle, payload };
  } catch (fault) {
    await handle.close();
    if (fault instanceof AgeHeaderMalformed) damaged(fault);
    throw fault;
  }
}

async function openExisting(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') {
      throw new RecordUnknown('There is no such record.', { cause });
    }
    throw new VaultUnavailable('The vault cannot read its disk.', { cause });
  }
}

async function readBlock(
  handle: FileHandle,
  block: Buffer,
  payload: AgePayload,
  chunk: number,
  count: number,
): Promise<Buffer> {
  const place = payload.startBytes + chunk * SEALED_CHUNK_BYTES;
  let bytes = 0;
  while (bytes < count * SEALED_CHUNK_BYTES) {
    const wanted = count * SEALED_CHUNK_BYTES - bytes;
    const { bytesRead } = await onDisk(
      async () => await handle.read(block, bytes, wanted, place + bytes),
    );
    if (bytesRead === 0) break;
    bytes += bytesRead;
  }
  return block.subarray(0, bytes);
}

function damaged(cause?: unknown): never {
  throw new RecordDamaged('A stored record is damaged.', { cause });
}

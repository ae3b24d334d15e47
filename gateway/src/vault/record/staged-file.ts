/**
 * A record on its way in: sealed chunk by chunk as its bytes come, so that no plain byte touches the disk.
 *
 * The last chunk of an age file is marked, so up to 64 KiB wait in memory until it is known whether more comes; sealed
 * chunks are written a megabyte at a time while the next are sealed. So a crash costs at most the last two megabytes.
 * After a crash the chunks on the disk are unsealed to compute the digest so far; whatever does not unseal is cut off
 * and fetched again.
 */
import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { RandomBytes } from '@chaperone/domain/id/id.ts';
import { onDisk } from './on-disk.ts';
import {
  AgeHeaderMalformed,
  CHUNK_BYTES,
  SEALED_CHUNK_BYTES,
  START_BYTES_MAX,
  beginFile,
  forget,
  openFile,
  sealChunk,
  unsealChunk,
} from '../age/age.ts';
import type { AgePayload } from '../age/age.ts';
import { VaultUnavailable } from '../contract.ts';
import { inUse } from '../keyring/keyring.ts';
import type { CaseKeys } from '../keyring/keyring.ts';

/** Chunks that are read or written at once: 1 MiB. */
const CHUNKS_AT_ONCE = 16;

export class StagedFile {
  readonly file: string;
  readonly #keys: CaseKeys;
  readonly #handle: FileHandle;
  readonly #payload: AgePayload;
  readonly #hash: Hash;
  readonly #pending = Buffer.allocUnsafe(CHUNK_BYTES);
  #pendingBytes = 0;
  /** Chunks sealed so far. */
  #chunks: number;
  /** Sealed chunks that are not yet given to the disk: cipher text and tag in turn. */
  #sealed: Buffer[] = [];
  #writing: Promise<void> = Promise.resolve();
  #failed = false;
  #closed = false;

  private constructor(
    file: string,
    keys: CaseKeys,
    handle: FileHandle,
    payload: AgePayload,
    hash: Hash,
    chunks: number,
  ) {
    this.file = file;
    this.#keys = keys;
    this.#handle = handle;
    this.#payload = payload;
    this.#hash = hash;
    this.#chunks = chunks;
  }

  /** Goes on with the file, or begins it. @throws DiskFull, VaultUnavailable; nothing new is left then */
  static async open(file: string, keys: CaseKeys, random: RandomBytes): Promise<StagedFile> {
    return await onDisk(async () => {
      const { handle, isNew } = await openOrMake(file);
      try {
        const payload = await readStart(handle, keys);
        const hash = createHash('sha256');
        if (payload !== undefined) {
          const chunks = await readChunks(handle, payload, hash);
          return new StagedFile(file, keys, handle, payload, hash, chunks);
        }
        const begun = beginFile(inUse(keys).recipient, random);
        await handle.truncate(0);
        await writeWhole(handle, [begun.start], 0);
        return new StagedFile(file, keys, handle, begun.payload, hash, 0);
      } catch (fault) {
        await handle.close();
        if (isNew) await rm(file, { force: true });
        throw fault;
      }
    });
  }

  get receivedBytes(): number {
    return this.#chunks * CHUNK_BYTES + this.#pendingBytes;
  }

  /** Takes the next bytes. @throws DiskFull, VaultUnavailable, CaseKeyMissing */
  async append(chunk: Uint8Array): Promise<void> {
    this.#usable();
    this.#failed = true;
    this.#hash.update(chunk);
    for (let at = 0; at < chunk.length;) {
      at = await this.#takeSome(chunk, at);
    }
    this.#failed = false;
  }

  /**
   * Computes the digest of all that came.
   * @returns base64url
   */
  digest(): string {
    this.#usable();
    return this.#hash.copy().digest('base64url');
  }

  /** Seals the last chunk and makes the whole durable; afterwards the file only waits for its name. */
  async complete(): Promise<void> {
    this.#usable();
    this.#failed = true;
    const last = this.#pending.subarray(0, this.#pendingBytes);
    this.#sealed.push(...sealChunk(this.#payload, this.#chunks, true, last));
    this.#chunks += 1;
    await this.#flushAll();
    await onDisk(async () => await this.#handle.sync());
    await this.#close();
  }

  /** Makes the whole chunks durable and lets go. */
  async suspend(): Promise<void> {
    if (this.#closed) return;
    try {
      if (this.#failed) return;
      await this.#flushAll();
      await onDisk(async () => await this.#handle.datasync());
    } finally {
      await this.#close();
    }
  }

  async discard(): Promise<void> {
    await this.#close();
    await rm(this.file, { force: true });
  }

  /** Fills up the pending chunk; when more follows it is not the last one and is sealed. */
  async #takeSome(chunk: Uint8Array, from: number): Promise<number> {
    if (this.#pendingBytes === CHUNK_BYTES) {
      this.#sealed.push(...sealChunk(this.#payload, this.#chunks, false, this.#pending));
      this.#chunks += 1;
      this.#pendingBytes = 0;
      if (this.#sealed.length >= 2 * CHUNKS_AT_ONCE) await this.#flush();
    }
    const part = chunk.subarray(from, from + CHUNK_BYTES - this.#pendingBytes);
    this.#pending.set(part, this.#pendingBytes);
    this.#pendingBytes += part.length;
    return from + part.length;
  }

  /** Begins to write the sealed chunks, once those before are written: sealing goes on meanwhile. */
  async #flush(): Promise<void> {
    await this.#writing;
    this.#usableKeys();
    const parts = this.#sealed;
    this.#sealed = [];
    const place = this.#place(this.#chunks - parts.length / 2);
    this.#writing = onDisk(async () => await writeWhole(this.#handle, parts, place));
    // Whoever awaits it next is told; until then it is nobody's fault.
    this.#writing.catch(() => undefined);
  }

  async #flushAll(): Promise<void> {
    await this.#flush();
    await this.#writing;
  }

  #place(chunk: number): number {
    return this.#payload.startBytes + chunk * SEALED_CHUNK_BYTES;
  }

  #usable(): void {
    this.#usableKeys();
    if (this.#closed || this.#failed)
      throw new VaultUnavailable('This file cannot be received any further.');
  }

  #usableKeys(): void {
    inUse(this.#keys);
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#sealed = [];
    this.#pending.fill(0);
    forget(this.#payload);
    await this.#handle.close();
  }
}

async function openOrMake(
  file: string,
): Promise<{ readonly handle: FileHandle; readonly isNew: boolean }> {
  try {
    return { handle: await open(file, 'r+'), isNew: false };
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') {
      return { handle: await open(file, 'wx+', 0o600), isNew: true };
    }
    throw fault;
  }
}

/** Opens the start of a staged file; undefined when there is none or it is not whole. */
async function readStart(handle: FileHandle, keys: CaseKeys): Promise<AgePayload | undefined> {
  const start = Buffer.alloc(START_BYTES_MAX);
  const { bytesRead } = await handle.read(start, 0, start.length, 0);
  try {
    return openFile(start.subarray(0, bytesRead), inUse(keys));
  } catch (fault) {
    if (fault instanceof AgeHeaderMalformed) return undefined;
    throw fault;
  }
}

/** Hashes the chunks that are on the disk and cuts off what is not whole. @returns how many there are */
async function readChunks(handle: FileHandle, payload: AgePayload, hash: Hash): Promise<number> {
  const block = Buffer.allocUnsafe(CHUNKS_AT_ONCE * SEALED_CHUNK_BYTES);
  let chunks = 0;
  for (;;) {
    const place = payload.startBytes + chunks * SEALED_CHUNK_BYTES;
    const { bytesRead } = await handle.read(block, 0, block.length, place);
    let at = 0;
    for (; at + SEALED_CHUNK_BYTES <= bytesRead; at += SEALED_CHUNK_BYTES) {
      const plain = unsealChunk(
        payload,
        chunks,
        false,
        block.subarray(at, at + SEALED_CHUNK_BYTES),
      );
      if (plain === undefined) break;
      hash.update(plain);
      plain.fill(0);
      chunks += 1;
    }
    if (at < block.length) break;
  }
  await handle.truncate(payload.startBytes + chunks * SEALED_CHUNK_BYTES);
  return chunks;
}

async function writeWhole(
  handle: FileHandle,
  parts: readonly Buffer[],
  place: number,
): Promise<void> {
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  const { bytesWritten } = await handle.writev([...parts], place);
  if (bytesWritten === bytes) return;
  // Rare: a nearly full disk, or a signal. What is left is written the slow way, or fails.
  const rest = Buffer.concat(parts).subarray(bytesWritten);
  for (let at = 0; at < rest.length;) {
    const written = await handle.write(rest, at, rest.length - at, place + bytesWritten + at);
    at += written.bytesWritten;
  }
}

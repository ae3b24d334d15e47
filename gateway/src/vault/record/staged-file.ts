/**
 * A record on its way in: sealed chunk by chunk as its bytes come, so that no plain byte touches the disk.
 *
 * The last chunk of an age file is marked, so up to 64 KiB wait in memory until it is known whether more comes; sealed
 * chunks are written a megabyte at a time while the next are sealed. So a crash costs at most the last two megabytes.
 * After a crash the chunks on the disk are unsealed to compute the digest so far; whatever does not unseal at the end is
 * cut off and comes again. What does not unseal in the middle is a block that is spoilt: {@link StagedFile.mended} writes the
 * file anew with that block as it should be. A chunk is never sealed again in its place with other content: under one key
 * the same nonce would then hide two texts.
 */
import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { RandomBytes } from '@chaperone/domain/id/id.ts';
import { BLOCK_BYTES } from '@chaperone/domain/transfer/block.ts';
import path from 'node:path';
import { syncDirectory } from '../../platform/durable-file/durable-file.ts';
import { onDisk } from '../record-store/record-store.ts';
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
/** Chunks of one block: what is read at once is one block. */
const CHUNKS_PER_BLOCK = BLOCK_BYTES / CHUNK_BYTES;

/** What was on the disk when a staged file was opened. */
interface Found {
  readonly chunks: number;
  /** SHA-256 of each block, of the last one as far as it goes; null where a chunk does not unseal. */
  readonly blocks: readonly (Buffer | null)[];
}
const NOTHING: Found = { chunks: 0, blocks: [] };

export class StagedFile {
  #file: string;
  /** SHA-256 of each block that was there at the opening, of the last one as far as it goes; null for a spoilt one. */
  readonly openedBlocks: readonly (Buffer | null)[];
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
    { chunks, blocks }: Found,
  ) {
    this.#file = file;
    this.openedBlocks = blocks;
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
          const found = await readChunks(handle, payload, hash);
          return new StagedFile(file, keys, handle, payload, hash, found);
        }
        const begun = beginFile(inUse(keys).recipient, random);
        await handle.truncate(0);
        await writeWhole(handle, [begun.start], 0);
        return new StagedFile(file, keys, handle, begun.payload, hash, NOTHING);
      } catch (fault) {
        await handle.close();
        if (isNew) await rm(file, { force: true });
        throw fault;
      }
    });
  }

  get file(): string {
    return this.#file;
  }

  /** Tells whether something of it cannot be read: until it is mended it has no digest. */
  get isSpoilt(): boolean {
    return this.openedBlocks.includes(null);
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

  /**
   * Writes all that came anew, under another key, with some blocks replaced, and takes the place of this file. Should it
   * fail, this file stays as it is and can go on.
   * @param blocks by index; each as long as what it replaces
   * @returns the new file, durable but for what waits in memory; this one is closed
   * @throws DiskFull, VaultUnavailable, and what `blocks` throws
   */
  async mended(
    blocks: ReadonlyMap<number, () => Promise<Uint8Array>>,
    random: RandomBytes,
  ): Promise<StagedFile> {
    this.#usable();
    await this.#flushAll();
    const fresh = `${this.#file}.mended`;
    await rm(fresh, { force: true });
    const made = await StagedFile.open(fresh, this.#keys, random);
    try {
      for (let index = 0; made.receivedBytes < this.receivedBytes; index += 1) {
        const length = Math.min(BLOCK_BYTES, this.receivedBytes - index * BLOCK_BYTES);
        const block = await (blocks.get(index)?.() ?? this.#readBlock(index));
        if (block.length !== length)
          throw new VaultUnavailable('A block is not as long as it was.');
        await made.append(block);
      }
      await made.#flushAll();
      await onDisk(async () => {
        await made.#handle.datasync();
        await rename(fresh, this.#file);
        await syncDirectory(path.dirname(this.#file));
      });
    } catch (fault) {
      await made.discard();
      throw fault;
    }
    await this.#close();
    made.#file = this.#file;
    return made;
  }

  /** Makes durable the chunks that are whole and known not to be the last. @throws DiskFull, VaultUnavailable, CaseKeyMissing */
  async makeDurable(): Promise<void> {
    this.#usable();
    this.#failed = true;
    await this.#flushAll();
    await onDisk(async () => await this.#handle.datasync());
    this.#failed = false;
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
    await rm(this.#file, { force: true });
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

  /** Reads a block back: from the disk, and its end from what waits. @throws VaultUnavailable when it is spoilt */
  async #readBlock(index: number): Promise<Buffer> {
    const first = index * CHUNKS_PER_BLOCK;
    const count = Math.min(CHUNKS_PER_BLOCK, this.#chunks - first);
    const sealed = Buffer.allocUnsafe(count * SEALED_CHUNK_BYTES);
    const { bytesRead } = await this.#handle.read(sealed, 0, sealed.length, this.#place(first));
    const parts: Buffer[] = [];
    for (let chunk = 0; chunk < count; chunk += 1) {
      const at = chunk * SEALED_CHUNK_BYTES;
      const end = Math.min(bytesRead, at + SEALED_CHUNK_BYTES);
      const plain = unsealChunk(this.#payload, first + chunk, false, sealed.subarray(at, end));
      if (plain === undefined) throw new VaultUnavailable('A staged block cannot be read.');
      parts.push(plain);
    }
    if (count < CHUNKS_PER_BLOCK) parts.push(this.#pending.subarray(0, this.#pendingBytes));
    return Buffer.concat(parts);
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

/** Hashes the chunks that are on the disk, in all and by blocks, and cuts off what cannot be read at the end. */
async function readChunks(handle: FileHandle, payload: AgePayload, hash: Hash): Promise<Found> {
  const sealed = Buffer.allocUnsafe(CHUNKS_PER_BLOCK * SEALED_CHUNK_BYTES);
  const blocks: { readonly intact: number; readonly digest: Buffer }[] = [];
  let seen = 0;
  /** Chunks up to the last one that can be read. */
  let chunks = 0;
  for (let isMore = true; isMore;) {
    const place = payload.startBytes + seen * SEALED_CHUNK_BYTES;
    const { bytesRead } = await handle.read(sealed, 0, sealed.length, place);
    const count = Math.floor(bytesRead / SEALED_CHUNK_BYTES);
    const block = createHash('sha256');
    let intact = 0;
    for (let at = 0; at < count; at += 1) {
      const part = sealed.subarray(at * SEALED_CHUNK_BYTES, (at + 1) * SEALED_CHUNK_BYTES);
      const plain = unsealChunk(payload, seen + at, false, part);
      if (plain === undefined) continue;
      hash.update(plain);
      if (intact === at) {
        block.update(plain);
        intact += 1;
      }
      plain.fill(0);
      chunks = seen + at + 1;
    }
    if (count > 0) blocks.push({ intact, digest: block.digest() });
    seen += count;
    isMore = count === CHUNKS_PER_BLOCK;
  }
  await handle.truncate(payload.startBytes + chunks * SEALED_CHUNK_BYTES);
  const found = blocks.slice(0, Math.ceil(chunks / CHUNKS_PER_BLOCK));
  return {
    chunks,
    blocks: found.map(({ intact, digest }, index) => {
      const length = Math.min(CHUNKS_PER_BLOCK, chunks - index * CHUNKS_PER_BLOCK);
      return intact >= length ? digest : null;
    }),
  };
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

/**
 * One file that is arriving: a hidden file in the inbox directory that gets its name only when it is whole.
 *
 * Life: open → (append | digests | replace)* → check → place | discard. The digest is taken over the bytes as they are written; of
 * what lay there while nothing came it is taken again from the disk, block by block, and so is that of a file of which a block was
 * replaced. The inbox is held open, so the final name is given below the very directory where the staged bytes lie.
 * Bytes come off the network in small pieces; they are gathered, and written while the next are awaited.
 */
import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, statfs, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { FILE_HEAD_BYTES } from '@chaperone/domain/file-kind/file-kind.ts';
import type { TransferId } from '@chaperone/domain/id/id.ts';
import { DigestMismatch } from '@chaperone/domain/transfer/transfer.ts';
import {
  BLOCK_BYTES,
  blockCount,
  blockRange,
  blockStart,
} from '@chaperone/domain/transfer/block.ts';
import { FileExists, fileError, InsufficientStorage } from './file-error.ts';
import { isNameTaken, placeIn } from './placing.ts';
import type { Place } from './placing.ts';
import { stagingName } from './staging-name.ts';
import { itself, openDirectory, within } from './tree.ts';

/** Gathered before they are written: the disk is asked a hundred times a second at full speed, not ten thousand times. */
const WRITE_BYTES = 1024 * 1024;
const CREATE_NEW =
  constants.O_RDWR |
  constants.O_CREAT |
  constants.O_EXCL |
  constants.O_NOFOLLOW |
  constants.O_NOCTTY;
const GO_ON = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NOCTTY | constants.O_NONBLOCK;
/** While it is staged nobody but the agent reads it; the group of the inbox may once it is whole. */
const STAGED_MODE = 0o600;
const PLACED_MODE = 0o640;

export class StagedFile {
  readonly #directory: FileHandle;
  readonly #handle: FileHandle;
  readonly #stagedAs: string;
  /** Over all that came; null when it has to be taken from the disk. */
  #hash: Hash | null;
  #received: number;
  /** One is filled while the other is written; copying is cheap, and keeping what the network gave is not. */
  #filling: Buffer | null = null;
  #filledBytes = 0;
  #writingFrom: Buffer | null = null;
  #writing: Promise<void> = Promise.resolve();
  #isClosed = false;

  private constructor(directory: FileHandle, handle: FileHandle, stagedAs: string, received = 0) {
    this.#directory = directory;
    this.#handle = handle;
    this.#stagedAs = stagedAs;
    this.#received = received;
    this.#hash = received === 0 ? createHash('sha256') : null;
  }

  /**
   * Makes an empty staged file, after a look at whether the name is free and the bytes fit.
   * @param mayGoOn whether what a stop of the agent left of this transfer is gone on with; its sender compares the blocks
   * @throws FileExists, InsufficientStorage, FileNotFound, DirectoryUnreadable, StorageFailed
   */
  static async open(
    inboxPath: string,
    transferId: TransferId,
    place: Place,
    bytes: number,
    mayGoOn = false,
  ): Promise<StagedFile> {
    const directory = await openDirectory(inboxPath, []);
    try {
      if (await isNameTaken(directory, place)) throw nameTaken();
      const stagedAs = stagingName(transferId);
      const left = mayGoOn ? await openLeft(directory, stagedAs, bytes) : null;
      if (left === null) await unlink(within(directory, stagedAs)).catch(() => undefined);
      const { bavail, bsize } = await statfs(itself(directory));
      if (bavail * bsize < bytes - (left?.received ?? 0)) {
        await left?.handle.close();
        throw new InsufficientStorage('There is not enough room in the inbox of the cart.');
      }
      if (left !== null) return new StagedFile(directory, left.handle, stagedAs, left.received);
      const handle = await open(within(directory, stagedAs), CREATE_NEW, STAGED_MODE);
      return new StagedFile(directory, handle, stagedAs);
    } catch (cause) {
      await directory.close();
      throw fileError(cause);
    }
  }

  get received(): number {
    return this.#received;
  }

  /** Adds bytes at the end. What fails is told by this call, by a later one, or by `check`. @throws InsufficientStorage, StorageFailed; discard it then */
  async append(chunk: Uint8Array): Promise<void> {
    this.#hash?.update(chunk);
    for (let at = 0; at < chunk.length;) {
      this.#filling ??= Buffer.allocUnsafeSlow(WRITE_BYTES);
      const part = chunk.subarray(at, at + WRITE_BYTES - this.#filledBytes);
      this.#filling.set(part, this.#filledBytes);
      this.#filledBytes += part.length;
      this.#received += part.length;
      at += part.length;
      if (this.#filledBytes === WRITE_BYTES) await this.#write();
    }
  }

  /** Begins to write what is gathered, once what was written before is on the disk's way. @throws InsufficientStorage, StorageFailed */
  async #write(): Promise<void> {
    const block = this.#filling;
    if (block === null) return;
    await this.#writing;
    const bytes = block.subarray(0, this.#filledBytes);
    this.#filling = this.#writingFrom;
    this.#writingFrom = block;
    this.#filledBytes = 0;
    this.#writing = writeWhole(this.#handle, bytes, this.#received - bytes.length);
    // Whoever awaits it next is told; until then it is nobody's fault.
    this.#writing.catch(() => undefined);
  }

  /** Tells how many digests there are. */
  get blockCount(): number {
    return blockCount(this.#received);
  }

  /**
   * Reads back what is staged, block by block, and gives the digests. Nothing may be appended meanwhile.
   * @throws InsufficientStorage, StorageFailed
   */
  async *digests(): AsyncGenerator<Buffer, void, undefined> {
    const bytes = this.#received;
    await this.#flush();
    const whole = createHash('sha256');
    for (let index = 0; index < blockCount(bytes); index += 1) {
      const block = await this.#readBlock(index, bytes);
      whole.update(block);
      yield createHash('sha256').update(block).digest();
    }
    this.#hash = whole;
  }

  /**
   * Writes a block that is staged already anew.
   * @param block as long as what it replaces
   * @throws InsufficientStorage, StorageFailed
   */
  async replace(index: number, block: Buffer): Promise<void> {
    await this.#flush();
    this.#hash = null;
    await writeWhole(this.#handle, block, index * BLOCK_BYTES);
  }

  async #readBlock(index: number, bytes: number): Promise<Buffer> {
    const { offset, length } = blockRange(index, bytes);
    const block = Buffer.allocUnsafe(length);
    try {
      const { bytesRead } = await this.#handle.read(block, 0, length, offset);
      // What was cut off behind our back is another block, and has another digest.
      return block.subarray(0, bytesRead);
    } catch (cause) {
      throw fileError(cause);
    }
  }

  async #digest(): Promise<string> {
    if (this.#hash === null) for await (const digest of this.digests()) void digest;
    return this.#hash?.copy().digest('base64') ?? '';
  }

  async #flush(): Promise<void> {
    await this.#write();
    await this.#writing;
  }

  /**
   * Brings the bytes to the disk and compares their digest. The file still has no name.
   * @param sha256 base64
   * @throws DigestMismatch, InsufficientStorage, StorageFailed
   */
  async check(sha256: string): Promise<void> {
    if ((await this.#digest()) !== sha256) {
      throw new DigestMismatch('The bytes that arrived do not have the announced digest.');
    }
    await this.#flush();
    try {
      await this.#handle.chmod(PLACED_MODE);
      await this.#handle.sync();
    } catch (cause) {
      throw fileError(cause);
    }
  }

  /** Gives the first bytes of what is staged, by which its kind is told; after `check`. @throws StorageFailed */
  async head(): Promise<Buffer> {
    const buffer = Buffer.alloc(Math.min(FILE_HEAD_BYTES, this.#received));
    try {
      const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, 0);
      return buffer.subarray(0, bytesRead);
    } catch (cause) {
      throw fileError(cause);
    }
  }

  /** Tells whether something in the inbox has this name. */
  async isNameTaken(place: Place): Promise<boolean> {
    return await isNameTaken(this.#directory, place);
  }

  /**
   * Gives the file its name, and makes the directories above it.
   * @throws FileExists, StorageFailed
   */
  async place(place: Place): Promise<void> {
    await placeIn(this.#directory, this.#stagedAs, place);
    await this.#close();
  }

  /** Removes the staged bytes. It may be called in any state, also twice. */
  async discard(): Promise<void> {
    if (this.#isClosed) return;
    await unlink(within(this.#directory, this.#stagedAs)).catch(() => undefined);
    await this.#close();
  }

  async #close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#writing.catch(() => undefined);
    this.#filling = this.#writingFrom = null;
    await this.#handle.close().catch(() => undefined);
    await this.#directory.close().catch(() => undefined);
  }
}

/** Says that a name is taken. */
export function nameTaken(): FileExists {
  return new FileExists('There is a file of this name in the inbox already.');
}

/** Opens what a stop of the agent left, as far as its blocks are whole; null when there is nothing that is ours alone. */
async function openLeft(
  directory: FileHandle,
  stagedAs: string,
  bytes: number,
): Promise<{ readonly handle: FileHandle; readonly received: number } | null> {
  const handle = await open(within(directory, stagedAs), GO_ON).catch(() => null);
  if (handle === null) return null;
  const stat = await handle.stat();
  const isOurs = stat.isFile() && stat.nlink === 1 && stat.uid === process.getuid?.();
  const received = blockStart(Math.min(stat.size, bytes));
  if (isOurs && received > 0) {
    await handle.truncate(received);
    return { handle, received };
  }
  await handle.close();
  return null;
}

/** @throws InsufficientStorage, StorageFailed */
async function writeWhole(handle: FileHandle, bytes: Buffer, place: number): Promise<void> {
  try {
    for (let at = 0; at < bytes.length;) {
      const { bytesWritten } = await handle.write(bytes, at, bytes.length - at, place + at);
      at += bytesWritten;
    }
  } catch (cause) {
    throw fileError(cause);
  }
}

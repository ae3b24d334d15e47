/**
 * One file that is arriving: a hidden file in the inbox directory that gets its name only when it is whole.
 *
 * Life: open → (append)* → place | discard. The digest is taken over the bytes as they are written. Its directory
 * is held open, so the final name is given in the very directory where the staged bytes lie.
 * Bytes come off the network in small pieces; they are gathered, and written while the next are awaited.
 */
import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { link, lstat, open, statfs, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { TransferId } from '@chaperone/domain/id/id.ts';
import { DigestMismatch } from '@chaperone/domain/transfer/transfer.ts';
import { FileExists, fileError, InsufficientStorage } from './file-error.ts';
import { stagingName } from './staging-name.ts';
import { itself, openDirectory, within } from './tree.ts';

/** Gathered before they are written: the disk is asked a hundred times a second at full speed, not ten thousand times. */
const WRITE_BYTES = 1024 * 1024;
/** Pieces that are gathered: a peer may send single bytes, and each piece takes memory of its own. */
const WRITE_CHUNKS_MAX = 512;
const CREATE_NEW =
  constants.O_RDWR |
  constants.O_CREAT |
  constants.O_EXCL |
  constants.O_NOFOLLOW |
  constants.O_NOCTTY;
/** While it is staged nobody but the agent reads it; the group of the inbox may once it is whole. */
const STAGED_MODE = 0o600;
const PLACED_MODE = 0o640;

export class StagedFile {
  readonly #directory: FileHandle;
  readonly #handle: FileHandle;
  readonly #stagedAs: string;
  readonly #hash: Hash = createHash('sha256');
  #received = 0;
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #isClosed = false;

  private constructor(directory: FileHandle, handle: FileHandle, stagedAs: string) {
    this.#directory = directory;
    this.#handle = handle;
    this.#stagedAs = stagedAs;
  }

  /**
   * Makes an empty staged file, after a look at whether the name is free and the bytes fit.
   * @param name checked by `checkInboxName`
   * @throws FileExists, InsufficientStorage, FileNotFound, DirectoryUnreadable, StorageFailed
   */
  static async open(
    inboxPath: string,
    transferId: TransferId,
    name: string,
    bytes: number,
  ): Promise<StagedFile> {
    const directory = await openDirectory(inboxPath, []);
    try {
      if (await isTaken(directory, name)) throw nameTaken();
      const { bavail, bsize } = await statfs(itself(directory));
      if (bavail * bsize < bytes) {
        throw new InsufficientStorage('There is not enough room in the inbox of the cart.');
      }
      const stagedAs = stagingName(transferId);
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

  /**
   * Adds bytes at the end; the array must not be used again. What fails is told by this call, by a later one, or by
   * `check`. @throws InsufficientStorage, StorageFailed; discard it then
   */
  async append(chunk: Uint8Array): Promise<void> {
    this.#hash.update(chunk);
    this.#gathered.push(chunk);
    this.#gatheredBytes += chunk.length;
    this.#received += chunk.length;
    if (this.#gatheredBytes >= WRITE_BYTES || this.#gathered.length >= WRITE_CHUNKS_MAX) {
      await this.#write();
    }
  }

  /** Begins to write what is gathered, once what was written before is on its way. @throws InsufficientStorage, StorageFailed */
  async #write(): Promise<void> {
    await this.#writing;
    const chunks = this.#gathered;
    const place = this.#received - this.#gatheredBytes;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#writing = writeWhole(this.#handle, chunks, place);
    // Whoever awaits it next is told; until then it is nobody's fault.
    this.#writing.catch(() => undefined);
  }

  /**
   * Brings the bytes to the disk and compares their digest. The file still has no name.
   * @param sha256 base64
   * @throws DigestMismatch, InsufficientStorage, StorageFailed
   */
  async check(sha256: string): Promise<void> {
    if (this.#hash.copy().digest('base64') !== sha256) {
      throw new DigestMismatch('The bytes that arrived do not have the announced digest.');
    }
    await this.#write();
    await this.#writing;
    try {
      await this.#handle.chmod(PLACED_MODE);
      await this.#handle.sync();
    } catch (cause) {
      throw fileError(cause);
    }
  }

  /** Tells whether something in the inbox has this name. */
  async isNameTaken(name: string): Promise<boolean> {
    return isTaken(this.#directory, name);
  }

  /**
   * Gives the file its name. A hard link fails where a rename would overwrite.
   * @throws FileExists, StorageFailed
   */
  async place(name: string): Promise<void> {
    try {
      await link(within(this.#directory, this.#stagedAs), within(this.#directory, name));
      await unlink(within(this.#directory, this.#stagedAs));
      await this.#directory.sync();
    } catch (cause) {
      throw fileError(cause);
    }
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
    this.#gathered = [];
    await this.#writing.catch(() => undefined);
    await this.#handle.close().catch(() => undefined);
    await this.#directory.close().catch(() => undefined);
  }
}

/** Says that a name is taken. */
export function nameTaken(): FileExists {
  return new FileExists('There is a file of this name in the inbox already.');
}

async function isTaken(directory: FileHandle, name: string): Promise<boolean> {
  try {
    await lstat(within(directory, name));
    return true;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return false;
    throw fileError(cause);
  }
}

/** @throws InsufficientStorage, StorageFailed */
async function writeWhole(
  handle: FileHandle,
  chunks: readonly Uint8Array[],
  place: number,
): Promise<void> {
  if (chunks.length === 0) return;
  try {
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const { bytesWritten } = await handle.writev([...chunks], place);
    if (bytesWritten === bytes) return;
    // Rare: a nearly full disk, or a signal. What is left is written the slow way, or fails.
    const rest = Buffer.concat(chunks).subarray(bytesWritten);
    for (let at = 0; at < rest.length;) {
      const written = await handle.write(rest, at, rest.length - at, place + bytesWritten + at);
      at += written.bytesWritten;
    }
  } catch (cause) {
    throw fileError(cause);
  }
}

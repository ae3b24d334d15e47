/**
 * Files that are whole or not there, whenever the machine stops.
 *
 * A file is written beside its final place under a name that is recognised as a leftover, made durable (fsync), given
 * its final name (rename or link, which are atomic) and that name is made durable too. What a killed program left is
 * taken away at the next start by `clearLeftovers`.
 */
import { constants } from 'node:fs';
import { link, open, readdir, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** Nobody but the gateway's own account. */
const MODE = 0o600;
/** `.name.<16 hexadecimal digits>.partial` */
const LEFTOVER = /^\..*\.[0-9a-f]{16}\.partial$/s;
const NAME_SUFFIX_BYTES = 8;

/** There is no room on the disk; the file that was to be replaced is as it was. */
export class DiskFull extends DomainError {
  readonly code = 'DISK_FULL';

  constructor(options: { readonly cause: unknown }) {
    super('The disk is full. Make room on it, then try again.', options);
  }
}

/** A file that must not be replaced is there already. */
export class DurableFileExists extends DomainError {
  readonly code = 'DURABLE_FILE_EXISTS';

  constructor(file: string, options: { readonly cause: unknown }) {
    super(`The file ${path.basename(file)} is there already and is never replaced.`, options);
  }
}

export interface DurableFileOptions {
  /** Refuses when the file is there, instead of replacing it; for keys and whatever else is made once. */
  readonly never?: 'replace';
}

/**
 * Writes a whole file, replacing one that is there. When it returns, the content is on the disk under its name.
 * @throws DiskFull, DurableFileExists
 */
export async function writeDurably(
  file: string,
  content: string | Uint8Array,
  options: DurableFileOptions = {},
): Promise<void> {
  const staged = await StagedFile.open(file);
  try {
    await staged.write(typeof content === 'string' ? Buffer.from(content, 'utf8') : content);
    await staged.commit(options);
  } finally {
    await staged.abandon();
  }
}

/** Removes a file so that it does not come back after a power failure; it need not be there. */
export async function removeDurably(file: string): Promise<void> {
  await rm(file, { force: true });
  await syncDirectory(path.dirname(file));
}

/** Removes, below a directory, what killed programs left half-written; no writer may be at work there. */
export async function clearLeftovers(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const leftovers = entries
    .filter((entry) => entry.isFile() && LEFTOVER.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
  for (const file of leftovers) await rm(file, { force: true });
  return leftovers;
}

/** Makes the names in a directory durable. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Turns the operating system's "no room" into `DiskFull`; hands anything else back. */
export function readDiskFault(fault: unknown): unknown {
  const code = fault instanceof Error && 'code' in fault ? fault.code : undefined;
  // EFBIG: a limit on file size, which is a full disk by another name.
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG'
    ? new DiskFull({ cause: fault })
    : fault;
}

/** A file that grows in pieces and gets its name at the end: `open → write… → commit` or `abandon`. */
export class StagedFile {
  readonly #file: string;
  readonly #partial: string;
  #handle: FileHandle | undefined;

  private constructor(file: string, partial: string, handle: FileHandle) {
    this.#file = file;
    this.#partial = partial;
    this.#handle = handle;
  }

  /** Begins a file beside its final place. @throws DiskFull */
  static async open(file: string): Promise<StagedFile> {
    const suffix = randomBytes(NAME_SUFFIX_BYTES).toString('hex');
    const partial = path.join(path.dirname(file), `.${path.basename(file)}.${suffix}.partial`);
    try {
      return new StagedFile(file, partial, await open(partial, 'wx', MODE));
    } catch (fault) {
      throw readDiskFault(fault);
    }
  }

  /** Writes the next bytes, all of them. @throws DiskFull */
  async write(bytes: Uint8Array): Promise<void> {
    const handle = this.#open();
    try {
      for (let at = 0; at < bytes.length;) {
        const { bytesWritten } = await handle.write(bytes, at, bytes.length - at);
        at += bytesWritten;
      }
    } catch (fault) {
      throw readDiskFault(fault);
    }
  }

  /** Gives the file its name, durably. @throws DiskFull, DurableFileExists */
  async commit(options: DurableFileOptions = {}): Promise<void> {
    const handle = this.#open();
    try {
      await handle.sync();
      await handle.close();
      this.#handle = undefined;
      if (options.never === 'replace') {
        await link(this.#partial, this.#file);
        await rm(this.#partial);
      } else {
        await rename(this.#partial, this.#file);
      }
      await syncDirectory(path.dirname(this.#file));
    } catch (fault) {
      await this.abandon();
      const exists = fault instanceof Error && 'code' in fault && fault.code === 'EEXIST';
      throw exists ? new DurableFileExists(this.#file, { cause: fault }) : readDiskFault(fault);
    }
  }

  /** Throws away what was not committed; afterwards and after `commit` it does nothing. */
  async abandon(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
    await rm(this.#partial, { force: true });
  }

  #open(): FileHandle {
    if (this.#handle === undefined) throw new Error('the staged file was committed or abandoned');
    return this.#handle;
  }
}

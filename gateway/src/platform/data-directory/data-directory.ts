/**
 * The folder of everything that a gateway keeps, owned by one process at a time.
 *
 * `openDataDirectory` makes it, checks that nobody else can read it and that it is one of ours, takes the lock and
 * clears away what a killed process left half-written. The lock ends with the process, however that ends.
 */
import { lstat, mkdir, readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { FileLock } from '../database/file-lock.ts';
import {
  clearLeftovers,
  removeDurably,
  syncDirectory,
  writeDurably,
} from '../durable-file/durable-file.ts';

/** Raised when the folder's arrangement changes so that an older program would misread it. */
const FORMAT_VERSION = 1;
const FORMAT_FILE = 'format';
const FORMAT = /^chaperone-gateway-data ([1-9]\d{0,5})\n$/;
const LOCK_FILE = 'gateway.lock';
const OWNER_FILE = 'gateway.pid';
const MODE = 0o700;

/** Another gateway owns the directory. */
export class DataDirectoryInUse extends DomainError {
  readonly code = 'DATA_DIRECTORY_IN_USE';

  constructor(directory: string, pid: number | undefined) {
    const owner = pid === undefined ? 'Another gateway' : `Another gateway, process ${pid},`;
    super(
      `${owner} is using the data directory ${directory}. Stop it first, or give this one a directory of its own.`,
    );
  }
}

/** Other accounts of the machine could read or change what is kept. */
export class DataDirectoryExposed extends DomainError {
  readonly code = 'DATA_DIRECTORY_EXPOSED';
}

/** The path is no data directory of a gateway: a file, a link, or a folder with other things in it. */
export class DataDirectoryForeign extends DomainError {
  readonly code = 'DATA_DIRECTORY_FOREIGN';
}

/** A newer program arranged the directory in a way that this one does not know. */
export class DataDirectoryNewer extends DomainError {
  readonly code = 'DATA_DIRECTORY_NEWER';
}

export interface DataDirectory {
  readonly path: string;
  /** Half-written files of a killed process that were removed at this start. */
  readonly leftovers: readonly string[];
  /** The path of a file directly inside. */
  file(name: string): string;
  /** Makes a folder inside (mode 0700) unless it is there, and returns its path. */
  folder(name: string): Promise<string>;
  /** Lets the next gateway in; call it last. */
  release(): Promise<void>;
}

/**
 * Takes the directory for this process.
 * @param terms by which it is the only one: a lock in the directory, or the fence of a gateway with a standby, which outlives
 *   a process that sleeps and a machine that is gone
 * @throws DataDirectoryInUse, DataDirectoryExposed, DataDirectoryForeign, DataDirectoryNewer, DiskFull
 */
export async function openDataDirectory(
  directory: string,
  terms: { readonly ownedBy: 'lock' | 'fence' } = { ownedBy: 'lock' },
): Promise<DataDirectory> {
  await mkdir(directory, { recursive: true, mode: MODE });
  await checkAccess(directory);
  await checkFormat(directory);
  const isLocked = terms.ownedBy === 'lock';
  const lock = isLocked ? FileLock.take(path.join(directory, LOCK_FILE)) : NO_LOCK;
  if (lock === undefined) throw new DataDirectoryInUse(directory, await readOwner(directory));
  try {
    const leftovers = await clearLeftovers(directory);
    await writeDurably(
      path.join(directory, FORMAT_FILE),
      `chaperone-gateway-data ${FORMAT_VERSION}\n`,
    );
    await writeDurably(path.join(directory, OWNER_FILE), `${process.pid}\n`);
    return new OwnedDirectory(directory, leftovers, lock);
  } catch (fault) {
    lock.release();
    throw fault;
  }
}

const NO_LOCK: Pick<FileLock, 'release'> = { release: () => undefined };

class OwnedDirectory implements DataDirectory {
  readonly path: string;
  readonly leftovers: readonly string[];
  readonly #lock: Pick<FileLock, 'release'>;

  constructor(directory: string, leftovers: readonly string[], lock: Pick<FileLock, 'release'>) {
    this.path = directory;
    this.leftovers = leftovers;
    this.#lock = lock;
  }

  file(name: string): string {
    return path.join(this.path, name);
  }

  async folder(name: string): Promise<string> {
    const folder = path.join(this.path, name);
    await mkdir(folder, { recursive: true, mode: MODE });
    await syncDirectory(path.dirname(folder));
    return folder;
  }

  async release(): Promise<void> {
    // While the lock is still held, so that it cannot be the next owner's file.
    await removeDurably(path.join(this.path, OWNER_FILE));
    this.#lock.release();
  }
}

async function checkAccess(directory: string): Promise<void> {
  const { mode, uid, ...kind } = await lstatKind(directory);
  if (!kind.isDirectory) {
    throw new DataDirectoryForeign(
      `The data directory ${directory} is a file or a link, not a folder.`,
    );
  }
  if (uid !== process.getuid?.()) {
    throw new DataDirectoryExposed(
      `The data directory ${directory} belongs to another account of this machine.`,
    );
  }
  if ((mode & 0o077) !== 0) {
    throw new DataDirectoryExposed(
      `The data directory ${directory} is open to other accounts of this machine: chmod 700 ${directory}`,
    );
  }
}

async function lstatKind(
  directory: string,
): Promise<{ readonly mode: number; readonly uid: number; readonly isDirectory: boolean }> {
  const found = await lstat(directory);
  return { mode: found.mode, uid: found.uid, isDirectory: found.isDirectory() };
}

async function checkFormat(directory: string): Promise<void> {
  const text = await readFile(path.join(directory, FORMAT_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) {
    // A first start that was killed may have left its lock and half a file.
    const others = (await readdir(directory)).filter(
      (name) => name !== LOCK_FILE && !name.startsWith('.'),
    );
    if (others.length === 0) return;
    throw new DataDirectoryForeign(
      `The folder ${directory} holds other things (${others.slice(0, 3).join(', ')}): a gateway needs one of its own.`,
    );
  }
  const version = FORMAT.exec(text)?.[1];
  if (version === undefined) {
    throw new DataDirectoryForeign(
      `The folder ${directory} is no data directory of a gateway, or its file "format" is damaged: restore that.`,
    );
  }
  if (Number(version) > FORMAT_VERSION) {
    throw new DataDirectoryNewer(
      `The data directory ${directory} was arranged by a newer version (${version}; this one knows ${FORMAT_VERSION}). Start that one, or restore the file "format".`,
    );
  }
}

async function readOwner(directory: string): Promise<number | undefined> {
  const text = await readFile(path.join(directory, OWNER_FILE), 'utf8').catch(() => '');
  const pid = Number(text.trim());
  return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
}

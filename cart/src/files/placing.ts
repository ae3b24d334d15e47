/**
 * Gives a file in the inbox its final name, in a folder that is made for it.
 *
 * Each directory is made and opened relative to the one before it, which is held open, and no symbolic link is followed: a
 * segment that somebody exchanges meanwhile leads nowhere. Directories are made only for a file that is whole.
 */
import { constants } from 'node:fs';
import { link, lstat, mkdir, open, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { FileExists, fileError } from './file-error.ts';
import { within } from './tree.ts';

const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** The group of the inbox may read what is in it. */
const FOLDER_MODE = 0o750;

/** Where a file is to be, below the inbox. */
export interface Place {
  /** Checked, one by one; empty for the inbox itself. */
  readonly folder: readonly string[];
  /** Checked by `checkInboxName`. */
  readonly name: string;
}

/**
 * Tells whether something stands where a file is to be, or where a directory above it would have to be.
 * @throws DirectoryUnreadable, StorageFailed
 */
export async function isNameTaken(inbox: FileHandle, { folder, name }: Place): Promise<boolean> {
  const opened: FileHandle[] = [];
  try {
    for (const segment of folder) {
      opened.push(await open(within(opened.at(-1) ?? inbox, segment), DIRECTORY));
    }
    await lstat(within(opened.at(-1) ?? inbox, name));
    return true;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : '';
    if (code === 'ENOENT') return false;
    if (code === 'ENOTDIR' || code === 'ELOOP') return true;
    throw fileError(cause);
  } finally {
    for (const directory of opened) await directory.close();
  }
}

/**
 * Gives a staged file its name. A hard link fails where a rename would overwrite.
 * @throws FileExists, InsufficientStorage, StorageFailed; the file is staged as before then
 */
export async function placeIn(inbox: FileHandle, stagedAs: string, place: Place): Promise<void> {
  const opened: FileHandle[] = [];
  try {
    for (const segment of place.folder) {
      opened.push(await makeDirectory(opened.at(-1) ?? inbox, segment));
    }
    const directory = opened.at(-1) ?? inbox;
    await link(within(inbox, stagedAs), within(directory, place.name));
    await unlink(within(inbox, stagedAs));
    await directory.sync();
    await inbox.sync();
  } catch (cause) {
    throw fileError(cause);
  } finally {
    for (const directory of opened) await directory.close();
  }
}

/** Opens a directory, making it when it is not there; durable with its name. */
async function makeDirectory(parent: FileHandle, segment: string): Promise<FileHandle> {
  let isNew = true;
  try {
    await mkdir(within(parent, segment), FOLDER_MODE);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
    isNew = false;
  }
  try {
    const directory = await open(within(parent, segment), DIRECTORY);
    if (isNew) await parent.sync();
    return directory;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : '';
    if (code === 'ENOTDIR' || code === 'ELOOP')
      throw new FileExists('A file of the inbox has the name of this folder.', { cause });
    throw cause;
  }
}

/**
 * Opens what lies in a directory without ever leaving it.
 *
 * Each segment is opened relative to the directory before it, which is held open: `/proc/self/fd/<n>/<segment>` with
 * O_NOFOLLOW is Linux's way to `openat` from Node. A segment that is swapped for a symbolic link meanwhile
 * is refused by the kernel; there is no moment between looking and opening. A file is first opened with O_PATH,
 * which touches no device and waits for no pipe, and only a regular one is then opened for reading.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { fileError, FileNotFound } from './file-error.ts';

/** open(2), the same number on x86-64 and arm64; Node does not name it. */
const O_PATH = 0o10_000_000;
const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY;

/** Names an entry of an open directory. @param segment checked: one name, no separator, not `..` */
export function within(directory: FileHandle, segment: string): string {
  return `/proc/self/fd/${directory.fd}/${segment}`;
}

/** Names an open directory itself. */
export function itself(directory: FileHandle): string {
  return `/proc/self/fd/${directory.fd}`;
}

/**
 * Opens a directory by segments below a configured one.
 * @param root as configured; it may itself be reached by symbolic links
 * @param segments checked by `checkRelativePath`
 * @throws FileNotFound, DirectoryUnreadable, StorageFailed
 */
export async function openDirectory(
  root: string,
  segments: readonly string[],
): Promise<FileHandle> {
  let directory: FileHandle | undefined;
  try {
    directory = await open(root, DIRECTORY);
    for (const segment of segments) {
      const next = await open(within(directory, segment), DIRECTORY | constants.O_NOFOLLOW);
      await directory.close();
      directory = next;
    }
    return directory;
  } catch (cause) {
    await directory?.close();
    throw fileError(cause);
  }
}

/**
 * Opens a regular file for reading. @throws FileNotFound, DirectoryUnreadable, StorageFailed
 * @param segments checked by `checkRelativePath`
 */
export async function openRegularFile(
  root: string,
  segments: readonly string[],
): Promise<FileHandle> {
  const name = segments.at(-1);
  if (name === undefined) throw new FileNotFound('There is no such file.');
  await using directory = await openDirectory(root, segments.slice(0, -1));
  try {
    await using place = await open(within(directory, name), O_PATH | constants.O_NOFOLLOW);
    if (!(await place.stat()).isFile()) throw new FileNotFound('There is no such file.');
    return await open(itself(place), constants.O_RDONLY | constants.O_NOCTTY);
  } catch (cause) {
    throw fileError(cause);
  }
}

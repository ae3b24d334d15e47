/** Files that are on the disk, whole, when the promise is kept. */
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a file that must not exist yet, and waits until it is on the disk. */
export async function writeNewFile(path: string, content: string | Buffer, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Puts a whole file in the place of another, or of none; a reader sees the old one or the new one. */
export async function replaceFile(path: string, content: string | Buffer, mode: number): Promise<void> {
  const making = `${path}.making-${process.pid}`;
  await rm(making, { force: true });
  await writeNewFile(making, content, mode);
  await rename(making, path);
  await syncDirectory(dirname(path));
}

/** Waits until a directory's own entries are on the disk. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

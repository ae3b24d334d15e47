/** Files and directories that are on the disk, whole, when the promise is kept. */
import { randomBytes } from 'node:crypto';
import { open, rename, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Only the agent's own account reads what is here. */
const FILE_MODE = 0o600;

/** Writes a file that must not exist yet. */
export async function writeNewFile(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx', FILE_MODE);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Gives a file its content and its name at once. */
export async function writeWholeFile(path: string, content: string): Promise<void> {
  const making = neighbour(path);
  await writeNewFile(making, content);
  await rename(making, path);
  await syncDirectory(dirname(path));
}

/** Points a symbolic link somewhere else, or makes it; a reader sees the old target or the new one. */
export async function pointLink(path: string, target: string): Promise<void> {
  const making = neighbour(path);
  await symlink(target, making);
  await rename(making, path);
  await syncDirectory(dirname(path));
}

/** Waits until the names in a directory are on the disk. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** A name beside another that nobody else uses. */
export function neighbour(path: string): string {
  return `${path}.making-${randomBytes(8).toString('hex')}`;
}

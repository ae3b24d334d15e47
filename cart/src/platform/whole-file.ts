/** Files and directories that are on the disk, whole, when the promise is kept. */
import { randomBytes } from 'node:crypto';
import { open, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Only the agent's own account reads what is here. */
const FILE_MODE = 0o600;

/** Writes a file that must not exist yet. @param mode who may read it; unless given the agent's account alone */
export async function writeNewFile(
  path: string,
  content: string | Uint8Array,
  mode = FILE_MODE,
): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Gives a file its content and its name at once. */
export async function writeWholeFile(
  path: string,
  content: string | Uint8Array,
  mode = FILE_MODE,
): Promise<void> {
  const making = neighbour(path);
  try {
    await writeNewFile(making, content, mode);
    await rename(making, path);
  } catch (fault) {
    // It may hold a secret, and on a full disk room is short.
    await rm(making, { force: true });
    throw fault;
  }
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

/** A name beside another that nobody else uses, hidden: programs that read a whole directory leave it alone. */
export function neighbour(path: string): string {
  const name = `.${basename(path)}.making-${randomBytes(8).toString('hex')}`;
  return join(dirname(path), name);
}

/** Tells whether a name is one that `neighbour` gave for a file of this name: of a writer that was stopped, unless it still writes. */
export function isNeighbour(name: string, of: string): boolean {
  const start = `.${of}.making-`;
  return name.startsWith(start) && /^[0-9a-f]{16}$/.test(name.slice(start.length));
}

/** Files that are on the disk, whole and readable by their owner only, when the promise is kept. */
import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Keys are in them: only the technician's own account reads them. */
const PRIVATE_MODE = 0o600;

/**
 * Gives a file its content and its name at once: whoever reads sees what was there before, or all of the new.
 * @param mode 0600 unless others have to read it
 */
export async function writeWholeFile(
  path: string,
  content: string | Uint8Array,
  mode: number = PRIVATE_MODE,
): Promise<void> {
  const making = `${path}.making-${randomBytes(8).toString('hex')}`;
  try {
    const file = await open(making, 'wx', mode);
    try {
      // The mode above is what the umask left of it.
      await file.chmod(mode);
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(making, path);
  } catch (fault) {
    await rm(making, { force: true });
    throw fault;
  }
  await syncDirectory(dirname(path));
}

/** Removes a file, and waits until its name is gone from the disk. One that is not there is removed already. */
export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true });
  await syncDirectory(dirname(path)).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code !== 'ENOENT') throw fault;
  });
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

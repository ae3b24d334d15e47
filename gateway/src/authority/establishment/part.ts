/** Reads one of the small files that the authority's directory consists of. */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { AuthorityDamaged } from './establishment-error.ts';

const FILE_BYTES_MAX = 64 * 1024;

/** @throws AuthorityDamaged when it is missing or cannot be read */
export async function readPart(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > FILE_BYTES_MAX) throw new AuthorityDamaged(`${basename(path)} is far too long.`);
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof AuthorityDamaged) throw cause;
    throw new AuthorityDamaged(`${basename(path)} is missing or cannot be read.`, { cause });
  }
}

/** Tells whether there is such a file. */
export async function hasPart(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw fault;
  }
}

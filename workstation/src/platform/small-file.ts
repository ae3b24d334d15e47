/** Reads what a person named, or what this program wrote: a wrong path may lead to a disk image. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** The largest of what is read here is a JSON file with a key and a chain; none has 64 KiB. */
export const SMALL_FILE_BYTES_MAX = 64 * 1024;

export class FileUnreadable extends DomainError {
  readonly code = 'FILE_UNREADABLE';
}

/** Reads a small text file. @returns null when there is none @throws FileUnreadable */
export async function readSmallFile(path: string): Promise<string | null> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new FileUnreadable(`The file ${path} cannot be read: look at its owner and mode.`, {
      cause,
    });
  }
  try {
    const bytes = Buffer.alloc(SMALL_FILE_BYTES_MAX + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length);
      length += bytesRead;
      if (bytesRead === 0) return bytes.toString('utf8', 0, length);
      if (length > SMALL_FILE_BYTES_MAX)
        throw new FileUnreadable(`The file ${path} is far too long to be what it should be.`);
    }
  } catch (cause) {
    if (cause instanceof DomainError) throw cause;
    throw new FileUnreadable(`The file ${path} cannot be read.`, { cause });
  } finally {
    await file.close();
  }
}

/** Reads a small text file that must be there. @throws FileUnreadable */
export async function readNamedFile(path: string): Promise<string> {
  const text = await readSmallFile(path);
  if (text === null) throw new FileUnreadable(`There is no file ${path}.`);
  return text;
}

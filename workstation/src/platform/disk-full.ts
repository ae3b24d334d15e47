/** A full disk, whoever noticed it. */
import { statfs } from 'node:fs/promises';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export class DiskFull extends DomainError {
  readonly code = 'DISK_FULL';
  constructor(options?: { readonly cause?: unknown }) {
    super('The disk is full. Make room on it, then do the same again; nothing is lost.', options);
  }
}

/** Less than a store needs to grow by one key and one certificate. */
const ROOM_BYTES_MIN = 64 * 1024;

/** Tells whether a fault of the file system says that there is no room. EFBIG is a limit by another name. */
export function isDiskFull(fault: unknown): boolean {
  if (!(fault instanceof Error) || !('code' in fault)) return false;
  return ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(String(fault.code));
}

/** Tells whether hardly any room is left where a directory lies, for programs that say no more than that they failed. */
export async function hasNoRoom(directory: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize < ROOM_BYTES_MIN;
  } catch {
    return false;
  }
}

/** What can be wrong with a file that is asked for or sent. Codes of docs/protocol.md section 5. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** It is not there, is outside, or is nothing that is served: one answer for all of them. */
export class FileNotFound extends DomainError {
  readonly code = 'FILE_NOT_FOUND';
}
export class DirectoryUnreadable extends DomainError {
  readonly code = 'DIRECTORY_UNREADABLE';
}
export class FileChanged extends DomainError {
  readonly code = 'FILE_CHANGED';
}
export class RangeRefused extends DomainError {
  readonly code = 'RANGE_REFUSED';
}
export class FileExists extends DomainError {
  readonly code = 'FILE_EXISTS';
}
export class FileTooLarge extends DomainError {
  readonly code = 'FILE_TOO_LARGE';
}
export class InboxClosed extends DomainError {
  readonly code = 'INBOX_CLOSED';
}
export class InsufficientStorage extends DomainError {
  readonly code = 'INSUFFICIENT_STORAGE';
}
export class StorageFailed extends DomainError {
  readonly code = 'STORAGE_FAILED';
}
export class TransferConflict extends DomainError {
  readonly code = 'TRANSFER_CONFLICT';
}
export class TransferLimit extends DomainError {
  readonly code = 'TRANSFER_LIMIT';
}
export class TransferUnknown extends DomainError {
  readonly code = 'TRANSFER_UNKNOWN';
}
export class UploadOffsetMismatch extends DomainError {
  readonly code = 'UPLOAD_OFFSET_MISMATCH';
}
export class UploadTooLong extends DomainError {
  readonly code = 'UPLOAD_TOO_LONG';
}

const NOT_THERE: ReadonlySet<string> = new Set([
  'ENOENT',
  'ENOTDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'ENXIO',
  'ESTALE',
]);
const NO_ROOM: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Says in our words what the file system said. A DomainError passes as it is. */
export function fileError(cause: unknown): DomainError {
  if (cause instanceof DomainError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (NOT_THERE.has(code)) return new FileNotFound('There is no such file.', { cause });
  if (code === 'EACCES' || code === 'EPERM') {
    return new DirectoryUnreadable('The agent on the cart may not do this here.', { cause });
  }
  if (code === 'EEXIST') {
    return new FileExists('There is a file of this name in the inbox already.', { cause });
  }
  if (NO_ROOM.has(code)) {
    return new InsufficientStorage('There is no room left in the inbox of the cart.', { cause });
  }
  return new StorageFailed('The file system of the cart failed.', { cause });
}

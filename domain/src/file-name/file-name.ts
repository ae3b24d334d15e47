/**
 * Which names of files are let through, in either direction. Neither side trusts the other's names.
 *
 * A relative path is one or more segments joined by `/`. What is refused is refused on every system, so that a
 * file stays movable: control characters, `\`, names reserved by Windows, trailing dots and spaces, and more
 * than 255 bytes of UTF-8 in a segment (POSIX NAME_MAX).
 */
import { DomainError } from '../error/domain-error.ts';

const SEGMENT_BYTES_MAX = 255;
/** Long enough for any tree a cart keeps; PATH_MAX is 4,096 with its final NUL. */
const PATH_BYTES_MAX = 2048;
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?$/i;
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\\:*?"<>|\u202a-\u202e\u2066-\u2069]/u;

export class FileNameRefused extends DomainError {
  readonly code = 'FILE_NAME_REFUSED';
}

/** Checks one segment (a bare file name). @throws FileNameRefused saying which rule it breaks */
export function checkFileName(name: string): string {
  const refuse = (why: string): never => {
    throw new FileNameRefused(`This file name is refused: ${why}.`);
  };
  if (name === '') refuse('it is empty');
  if (name === '.' || name === '..') refuse('it names a directory relative to another');
  if (name.includes('/')) refuse('it contains a path separator');
  if (!name.isWellFormed()) refuse('it is not valid Unicode');
  if (FORBIDDEN.test(name)) refuse('it contains a character that is not allowed');
  if (new TextEncoder().encode(name).length > SEGMENT_BYTES_MAX)
    refuse('it is longer than 255 bytes');
  if (/[. ]$/.test(name) || name.startsWith(' '))
    refuse('it begins with a space or ends with a dot or space');
  if (RESERVED.test(name)) refuse('it is reserved by the system');
  return name;
}

/** Splits and checks a relative path; `''` is the directory itself. @throws FileNameRefused */
export function checkRelativePath(path: string): readonly string[] {
  if (path === '') return [];
  if (new TextEncoder().encode(path).length > PATH_BYTES_MAX) {
    throw new FileNameRefused('This path is refused: it is longer than 2048 bytes.');
  }
  return path.split('/').map(checkFileName);
}

/**
 * Reads the headers of tus 1.0: offsets, checksums and what an upload says of itself.
 *
 * @see https://tus.io/protocols/resumable-upload (core protocol, creation, checksum)
 */
import { checkFileName, checkRelativePath } from '@chaperone/domain/file-name/file-name.ts';
import { UploadHeaderMalformed } from './upload-error.ts';

export const TUS_VERSION = '1.0.0';
/** A piece that comes with its checksum is held in memory until it is compared. Bytes. */
export const UPLOAD_BLOCK_BYTES_MAX = 8 * 1024 * 1024;
/** A name and a path in base64, and a mark of the browser's. Characters. */
const METADATA_MAX = 6144;
const PAIRS_MAX = 8;
/** What a browser says to know a file again: a digest. Characters. */
const FINGERPRINT_MAX = 100;
const OFFSET = /^\d{1,15}$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const KEY = /^[a-z]{1,32}$/;

export interface UploadMetadata {
  readonly name: string;
  /** Where it lies in the folder that is sent, relative; '' for a file by itself. */
  readonly folder: string;
  /** By which its browser knows the file again; '' when it says nothing. */
  readonly fingerprint: string;
}

/** Reads `Upload-Offset` or `Upload-Length`. @throws UploadHeaderMalformed */
export function parseOffset(text: string | undefined, header: string): number {
  if (text === undefined || !OFFSET.test(text))
    throw new UploadHeaderMalformed(`"${header}" is a number of bytes.`);
  return Number(text);
}

/** Reads `Upload-Metadata`. @throws UploadHeaderMalformed, FileNameRefused */
export function parseMetadata(text: string | undefined): UploadMetadata {
  const pairs = new Map<string, string>();
  if (text === undefined || text.length > METADATA_MAX) throw malformed();
  for (const pair of text.split(',')) {
    const [key = '', value = '', ...rest] = pair.trim().split(' ');
    if (!KEY.test(key) || rest.length > 0 || pairs.has(key) || pairs.size >= PAIRS_MAX)
      throw malformed();
    pairs.set(key, decoded(value));
  }
  const name = checkFileName(pairs.get('filename') ?? '');
  const folder = checkRelativePath(pairs.get('folder') ?? '').join('/');
  const fingerprint = pairs.get('fingerprint') ?? '';
  if (fingerprint.length > FINGERPRINT_MAX) throw malformed();
  return { name, folder, fingerprint };
}

/** Reads `Upload-Checksum`: SHA-256, base64; null when there is none. @throws UploadHeaderMalformed */
export function parseChecksum(text: string | undefined): Buffer | null {
  if (text === undefined) return null;
  const [algorithm, digest = '', ...rest] = text.split(' ');
  const bytes = Buffer.from(digest, 'base64');
  if (algorithm !== 'sha256' || rest.length > 0 || !BASE64.test(digest) || bytes.length !== 32)
    throw new UploadHeaderMalformed('"Upload-Checksum" is "sha256" and a digest in base64.');
  return bytes;
}

function decoded(value: string): string {
  if (!BASE64.test(value)) throw malformed();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'base64'));
  } catch {
    throw malformed();
  }
}

function malformed(): UploadHeaderMalformed {
  return new UploadHeaderMalformed('"Upload-Metadata" is not what tus 1.0 describes.');
}

/**
 * The age v1 file format with one X25519 recipient: begin a file, open one, and seal or unseal its chunks.
 *
 * Written anew on `node:crypto` because a vault has to seal and open hundreds of megabytes a second, from any
 * offset, and to go on with a half-written file. Debian's `age` opens what this writes, and the reverse.
 *
 * | part | bytes |
 * |---|---|
 * | header | about 200 |
 * | nonce of the payload key | 16 |
 * | chunk 0 … n-1 | 65,536 + 16 each |
 * | last chunk | 1 … 65,536 + 16; only an empty file has an empty one |
 *
 * A chunk's nonce is its number (11 bytes, big-endian) and one byte that is 1 for the last: chunks can be neither
 * reordered nor cut off unseen.
 *
 * @see https://age-encryption.org/v1
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import type { RandomBytes } from '@chaperone/domain/id/id.ts';
import {
  HEADER_BYTES_MAX,
  base64,
  isHeaderIntact,
  parseHeader,
  unbase64,
  writeHeader,
} from './age-header.ts';
import { FILE_KEY_BYTES, TAG_BYTES, unwrapFileKey, wrapFileKey } from './x25519.ts';

export { AgeHeaderMalformed } from './age-header.ts';
export { recipientOf } from './x25519.ts';

/** Bytes of plain text in each chunk but the last. */
export const CHUNK_BYTES = 65_536;
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;
const PAYLOAD_NONCE_BYTES = 16;
/** Bytes at a file's start that surely hold all that comes before its first chunk. */
export const START_BYTES_MAX = HEADER_BYTES_MAX + PAYLOAD_NONCE_BYTES;

const STANZA = 'X25519';
const LAST_FLAG_AT = 11;

/** Who a case's files are sealed for; `identity` opens them. */
export interface AgeIdentity {
  readonly identity: Uint8Array;
  readonly recipient: Uint8Array;
}

/** What is needed to work on one file's chunks. */
export interface AgePayload {
  /** 32 secret bytes; wiped by `forget`. */
  readonly key: Buffer;
  /** Where chunk 0 begins. */
  readonly startBytes: number;
}

/** Begins a file: its first bytes, and the key of its chunks. */
export function beginFile(
  recipient: Uint8Array,
  random: RandomBytes,
): { readonly start: Buffer; readonly payload: AgePayload } {
  const fileKey = random(FILE_KEY_BYTES);
  const { share, body } = wrapFileKey(fileKey, recipient, random);
  const header = writeHeader([{ type: STANZA, arguments: [base64(share)], body }], fileKey);
  const nonce = random(PAYLOAD_NONCE_BYTES);
  const start = Buffer.concat([Buffer.from(header, 'latin1'), nonce]);
  const payload = { key: payloadKey(fileKey, nonce), startBytes: start.length };
  fileKey.fill(0);
  return { start, payload };
}

/**
 * Opens a file from its first bytes (`START_BYTES_MAX`, or all there are). Undefined when it was not sealed for
 * this identity, or its start is damaged.
 *
 * @throws AgeHeaderMalformed
 */
export function openFile(start: Uint8Array, keys: AgeIdentity): AgePayload | undefined {
  const header = parseHeader(start);
  const nonce = start.subarray(header.bytes, header.bytes + PAYLOAD_NONCE_BYTES);
  if (nonce.length !== PAYLOAD_NONCE_BYTES) return undefined;
  for (const { type, arguments: rest, body } of header.stanzas) {
    const [share] = rest;
    if (type !== STANZA || share === undefined || rest.length !== 1) continue;
    const fileKey = unwrapFileKey({ share: unbase64(share), body }, keys.identity, keys.recipient);
    if (fileKey === undefined) continue;
    const intact = isHeaderIntact(header, fileKey);
    const key = payloadKey(fileKey, nonce);
    fileKey.fill(0);
    return intact ? { key, startBytes: header.bytes + PAYLOAD_NONCE_BYTES } : undefined;
  }
  return undefined;
}

/** Wipes the key of a file's chunks. */
export function forget(payload: AgePayload): void {
  payload.key.fill(0);
}

/** Seals one chunk: cipher text and tag, to be written one after the other. */
export function sealChunk(
  payload: AgePayload,
  chunk: number,
  last: boolean,
  plain: Uint8Array,
): readonly [Buffer, Buffer] {
  const options = { authTagLength: TAG_BYTES };
  const cipher = createCipheriv('chacha20-poly1305', payload.key, nonceOf(chunk, last), options);
  const sealed = cipher.update(plain);
  cipher.final();
  return [sealed, cipher.getAuthTag()];
}

/** Unseals one chunk; undefined when it is damaged, out of place, or not (or wrongly) the last. */
export function unsealChunk(
  payload: AgePayload,
  chunk: number,
  last: boolean,
  sealed: Uint8Array,
): Buffer | undefined {
  if (sealed.length < TAG_BYTES || sealed.length > SEALED_CHUNK_BYTES) return undefined;
  const options = { authTagLength: TAG_BYTES };
  const cipher = createDecipheriv('chacha20-poly1305', payload.key, nonceOf(chunk, last), options);
  cipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const plain = cipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
  try {
    cipher.final();
    return plain;
  } catch {
    return undefined;
  }
}

/** How many chunks and sealed bytes a content of this length has. */
export function sealedSizeOf(bytes: number): {
  readonly chunks: number;
  readonly sealedBytes: number;
} {
  const chunks = Math.max(1, Math.ceil(bytes / CHUNK_BYTES));
  return { chunks, sealedBytes: bytes + chunks * TAG_BYTES };
}

function payloadKey(fileKey: Uint8Array, nonce: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32));
}

function nonceOf(chunk: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(LAST_FLAG_AT + 1);
  // Eleven bytes hold more than a safe integer; the upper ones stay zero.
  nonce.writeUIntBE(Math.floor(chunk / 2 ** 32), 3, 4);
  nonce.writeUInt32BE(chunk % 2 ** 32, 7);
  nonce[LAST_FLAG_AT] = last ? 1 : 0;
  return nonce;
}

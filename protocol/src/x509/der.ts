/**
 * Bytes in and out of the ASN.1 library: copies as it wants them, and whether they are DER.
 */

import { AsnConvert } from '@peculiar/asn1-schema';

/** Copies bytes into an ArrayBuffer of exactly their length. */
export function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}

/**
 * Tells whether bytes are one whole DER SEQUENCE: nothing missing, nothing behind it.
 *
 * The ASN.1 library reads what it needs and passes over a rest; two texts that read as one value must not both
 * be let in.
 */
export function isWholeSequence(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x30) return false;
  const first = bytes[1];
  if (first === undefined) return false;
  if (first < 0x80) return bytes.length === 2 + first;
  const count = first & 0x7f;
  if (count === 0 || count > 4 || bytes.length < 2 + count) return false;
  let length = 0;
  for (const byte of bytes.subarray(2, 2 + count)) length = length * 256 + byte;
  const shortest = length < 0x80 ? 0 : Math.ceil(Math.log2(length + 1) / 8);
  return count === shortest && bytes.length === 2 + count + length;
}

/** Tells whether a value that was read from bytes has exactly these as its encoding, so that it has only one. */
export function isDER(value: unknown, bytes: Uint8Array): boolean {
  return Buffer.from(AsnConvert.serialize(value)).equals(bytes);
}

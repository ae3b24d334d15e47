/**
 * RSASSA-PKCS1-v1_5 with SHA3-256, to check signatures of certificates where WebCrypto does not know SHA-3.
 *
 * Only public numbers pass here, so it need not be constant in time. The encoding is built and compared as a whole, as
 * RFC 8017 §8.2.2 says: nothing of the signature is parsed.
 */
import { sha3_256 } from '@noble/hashes/sha3.js';

/** DER of DigestInfo before the digest, for id-sha3-256 with NULL (NIST CSOR 2.16.840.1.101.3.4.2.8). */
const DIGEST_INFO = Uint8Array.of(
  ...[0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01],
  ...[0x65, 0x03, 0x04, 0x02, 0x08, 0x05, 0x00, 0x04, 0x20],
);
/** 0x00 0x01, at least eight 0xff, 0x00. */
const PADDING_BYTES_MIN = 11;

export interface RSAKey {
  readonly modulus: Uint8Array;
  readonly exponent: Uint8Array;
}

/** Tells whether a signature is this key's over these bytes. */
export function isRSASHA3Signature(
  { modulus, exponent }: RSAKey,
  signature: Uint8Array,
  bytes: Uint8Array,
): boolean {
  const length = modulus.length;
  const digest = sha3_256(bytes);
  if (signature.length !== length) return false;
  const filled = length - PADDING_BYTES_MIN + 8 - DIGEST_INFO.length - digest.length;
  if (filled < 8) return false;
  const expected = Uint8Array.of(0, 1, ...ones(filled), 0, ...DIGEST_INFO, ...digest);
  const [n, e, s] = [numberOf(modulus), numberOf(exponent), numberOf(signature)];
  return s < n && power(s, e, n) === numberOf(expected);
}

function ones(count: number): Uint8Array {
  return new Uint8Array(count).fill(0xff);
}

function numberOf(bytes: Uint8Array): bigint {
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return BigInt(`0x${hex}`);
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

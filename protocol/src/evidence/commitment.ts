/**
 * Salted commitments: how a ledger or journal speaks of a text without saying it.
 *
 * Who holds salt and text can show that they belong together; who holds only the commitment learns nothing, and
 * once the salt is destroyed nobody can test a guess. Normative: docs/protocol.md section 9.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { encodeBase64url } from '../tree/base64.ts';

/** Bytes of a salt. */
export const SALT_BYTES = 32;

/** Commits to a text: SHA-256 over 32 salt bytes and the text in UTF-8, base64url. */
export function commit(text: string, salt: Uint8Array): string {
  if (salt.length !== SALT_BYTES) throw new RangeError('a salt has 32 bytes');
  const bytes = new TextEncoder().encode(text);
  const input = new Uint8Array(SALT_BYTES + bytes.length);
  input.set(salt);
  input.set(bytes, SALT_BYTES);
  return encodeBase64url(sha256(input));
}

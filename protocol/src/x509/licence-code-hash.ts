/**
 * The digest under which a licence code is kept and looked up. Runs in browsers too.
 *
 * A code has 95 bits of chance, so a plain digest cannot be searched for it; slow password hashing would add
 * nothing but load.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { LicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import type { LicenceCodeHash } from '@chaperone/domain/licence/licence.ts';

/** Gives SHA-256 of a code's printed form, in lower-case hexadecimal. */
export function hashLicenceCode(code: LicenceCode): LicenceCodeHash {
  return bytesToHex(sha256(utf8ToBytes(code))) as LicenceCodeHash;
}

/**
 * Recovery codes: ten, each good once, for whoever has lost the other factor. Crockford's base32, `7K3F-9QPX-2MNB-R5TD`:
 * 80 bits, too few to be kept under a plain digest (NIST SP 800-63B-4 §3.1.2.2 asks for 112), so they are hashed like passwords.
 *
 * The ten of a set share their salt: they are equally strong and random, and one try then costs one hash instead of ten.
 */
import type { RandomBytes } from '@chaperone/domain/id/id.ts';
import { hashSlowly, newSalt } from '../platform/slow-hash.ts';

export const RECOVERY_CODES = 10;
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SYMBOLS = 16;
const GROUP = /.{4}(?=.)/g;

/** Makes a new set: to be shown once, and to be kept. @throws SignInBusy */
export async function newRecoveryCodes(
  randomBytes: RandomBytes,
): Promise<{ readonly codes: readonly string[]; readonly hashes: readonly string[] }> {
  const codes = Array.from({ length: RECOVERY_CODES }, () => newCode(randomBytes));
  const salt = newSalt();
  const hashes: string[] = [];
  for (const code of codes) hashes.push(await hashSlowly(code, salt));
  return { codes, hashes };
}

/** Reads a code as a person typed it, with `I` and `L` for 1 and `O` for 0; what cannot be one stays as wrong as it is. */
export function readRecoveryCode(typed: string): string {
  const symbols = typed
    .toUpperCase()
    .replaceAll(/[\s\-\u2010-\u2015]/gu, '')
    .replaceAll(/[IL]/g, '1')
    .replaceAll('O', '0');
  return symbols.replaceAll(GROUP, '$&-');
}

function newCode(randomBytes: RandomBytes): string {
  let code = '';
  // 32 symbols: the low five bits of a byte are one, without bias.
  for (const byte of randomBytes(SYMBOLS)) code += ALPHABET.charAt(byte & 31);
  return code.replaceAll(GROUP, '$&-');
}

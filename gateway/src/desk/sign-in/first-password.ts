/**
 * A password that an administrator hands on and that opens nothing but the choice of another: 100 random bits in a form
 * that can be read out over a telephone.
 */
import type { RandomBytes } from '@chaperone/domain/id/id.ts';

/** How long it opens that choice, milliseconds: a week, so that it also reaches somebody who is away for some days. */
export const FIRST_PASSWORD_LIFE_MS = 7 * 86_400_000;

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const SYMBOLS = 20;
const GROUP = /.{5}(?=.)/g;

export function newFirstPassword(randomBytes: RandomBytes): string {
  let password = '';
  // 32 symbols: the low five bits of a byte are one, without bias.
  for (const byte of randomBytes(SYMBOLS)) password += ALPHABET.charAt(byte & 31);
  return password.replaceAll(GROUP, '$&-');
}

/**
 * Passwords by NIST SP 800-63B-4 §3.1.1.2: long, any characters, none that is widely known; no rules of composition and
 * no end but a reason. They are hashed by `platform/slow-hash.ts`; an unknown account costs as much as a wrong password.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { fitsSlowly, hashSlowly } from '../platform/slow-hash.ts';
import type { Place } from '../platform/slow-hash.ts';
import { whyKnown } from './known-password.ts';

/** 15 where a password stands alone, 8 beside a second factor; here it is the second of two passwords. */
export const PASSWORD_CHARACTERS_MIN = 12;
/** Enough for any sentence; at least 64 have to be taken. */
export const PASSWORD_CHARACTERS_MAX = 256;

export class PasswordUnfit extends DomainError {
  readonly code = 'PASSWORD_UNFIT';
}

/**
 * Refuses a password that nobody should have; costs little.
 * @param context words that an attacker would try first: user id, names
 * @throws PasswordUnfit
 */
export function assertFit(password: string, context: readonly string[] = []): void {
  // Counted as it is hashed: a character of several code points may be one, whatever the keyboard sent.
  const { length } = [...password.normalize('NFC')];
  if (length < PASSWORD_CHARACTERS_MIN || length > PASSWORD_CHARACTERS_MAX) {
    throw new PasswordUnfit(
      `A password has ${PASSWORD_CHARACTERS_MIN} to ${PASSWORD_CHARACTERS_MAX} characters.`,
    );
  }
  const why = whyKnown(password, context);
  if (why !== null)
    throw new PasswordUnfit(`This password is easily guessed: ${why}. Take another.`);
}

/** Hashes a new password, as a PHC string. @throws PasswordUnfit as `assertFit` does, SignInBusy */
export async function hashPassword(
  password: string,
  context: readonly string[] = [],
): Promise<string> {
  assertFit(password, context);
  return await hashSlowly(password);
}

/**
 * Compares a password; no hash (no such account) and a damaged one take as long and say no.
 * @param place where it waits for its turn; before all strangers unless said otherwise
 * @throws SignInBusy
 */
export async function isPassword(
  password: string,
  hash: string | null,
  place?: Place,
): Promise<boolean> {
  return await fitsSlowly(password, hash, place);
}

/**
 * What a refused bind means: Windows hides its reason in the text (`… data 533, …`).
 *
 * Only reasons that the domain gives after the right password become words. "Locked" (775) comes after a wrong one,
 * too, and would tell a stranger that the account exists: it stays the plain refusal, whose words mention it to all.
 */
import type { InvalidCredentialsError } from 'ldapts';
import type { UnfitReason } from '../contract.ts';
import { DirectoryAccountUnfit, DirectoryRefusal } from '../contract.ts';

/** Windows error codes, hexadecimal (MS-ERREF §2.2), that follow a right password only. */
const REASONS: Readonly<Record<string, UnfitReason>> = {
  '530': 'not-at-this-hour',
  '531': 'not-at-this-machine',
  '532': 'password-expired',
  '533': 'disabled',
  '701': 'account-expired',
  '773': 'password-must-change',
};

/** Gives the refusal that a bind's error stands for. */
export function refusalOfBind(
  fault: InvalidCredentialsError,
): DirectoryRefusal | DirectoryAccountUnfit {
  const [, code = ''] = /\bdata ([0-9a-f]{1,8})\b/i.exec(fault.message) ?? [];
  const reason = REASONS[code.toLowerCase()];
  return reason === undefined
    ? new DirectoryRefusal({ cause: fault })
    : new DirectoryAccountUnfit(reason, { cause: fault });
}

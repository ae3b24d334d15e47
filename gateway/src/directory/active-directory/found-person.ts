/** What the domain says about a person, read out of an LDAP entry. */
import type { Entry } from 'ldapts';

export const ATTRIBUTES = [
  'sAMAccountName',
  'userPrincipalName',
  'displayName',
  'userAccountControl',
  'accountExpires',
] as const;

export interface FoundPerson {
  readonly distinguishedName: string;
  /** In lower case: the domain does not tell cases apart. */
  readonly accountName: string;
  readonly displayName: string;
  readonly disabled: boolean;
  /** The account's own end has passed; a password that expired is another matter. */
  readonly expired: boolean;
}

/** `ACCOUNTDISABLE` of userAccountControl (MS-ADTS §2.2.16). */
const ACCOUNT_DISABLED = 0x2;
/** accountExpires counts 100 ns since 1601 (MS-ADTS §2.2.1.1); these two mean never. */
const NEVER: ReadonlySet<bigint> = new Set([0n, 0x7f_ff_ff_ff_ff_ff_ff_ffn]);
const UNIX_EPOCH_IN_100_NS = 116_444_736_000_000_000n;
const HUNDRED_NS_PER_MS = 10_000n;

/** Reads an entry; null when it lacks what every account has. */
export function readFoundPerson(entry: Entry, nowUtcMs = Date.now()): FoundPerson | null {
  const accountName = textOf(entry['sAMAccountName']);
  const control = numberOf(entry['userAccountControl']);
  if (accountName === null || control === null) return null;
  const expires = numberOf(entry['accountExpires']) ?? 0n;
  const now = BigInt(nowUtcMs) * HUNDRED_NS_PER_MS + UNIX_EPOCH_IN_100_NS;
  return {
    distinguishedName: entry.dn,
    accountName: accountName.toLowerCase(),
    displayName: textOf(entry['displayName']) ?? accountName,
    disabled: (Number(control) & ACCOUNT_DISABLED) !== 0,
    expired: !NEVER.has(expires) && expires <= now,
  };
}

function textOf(value: Entry[string] | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function numberOf(value: Entry[string] | undefined): bigint | null {
  return typeof value === 'string' && /^-?\d{1,19}$/.test(value) ? BigInt(value) : null;
}

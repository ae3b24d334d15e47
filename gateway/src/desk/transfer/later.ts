/** Which refusals mean "not now": then it is tried again, instead of being called a failure. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { CartRefusal } from '../tunnel/tunnel.ts';

/** Codes with which disk and database say: not now. */
const UNWRITABLE_CODES: ReadonlySet<string> = new Set([
  'DATABASE_FULL',
  'DATABASE_UNAVAILABLE',
  'DISK_FULL',
  'LEDGER_UNAVAILABLE',
]);
/** Codes with which a cart says: not now. */
const LATER_CODES: ReadonlySet<string> = new Set([
  'CART_UNREACHABLE',
  'NO_SESSION',
  'SESSION_PAUSED',
  'SESSION_INTERLOCKED',
  'GRANT_NOT_IN_FORCE',
  'CONTENT_PREPARING',
  'RATE_LIMITED',
  'TRANSFER_LIMIT',
  'CONTENT_DIFFERS',
]);

/** Tells whether a transfer waits for its cart and session, and then goes on. */
export function isForLater(fault: unknown): boolean {
  if (fault instanceof CartRefusal) return LATER_CODES.has(fault.cartCode);
  return fault instanceof DomainError && LATER_CODES.has(fault.code);
}

/** Tells whether something could not be written down now, but may be later. */
export function isUnwritable(fault: unknown): boolean {
  return fault instanceof DomainError && UNWRITABLE_CODES.has(fault.code);
}

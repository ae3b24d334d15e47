/**
 * Which signature the console owes now: a pure rule over the desk's view and this technician's wish.
 *
 * A request lives five minutes and names one connection of the cart, so it is signed again when it grows old or the cart
 * has connected anew. An interrupted session is resumed once for each new connection.
 */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { isGrantable } from '@chaperone/domain/activity/activity.ts';
import { SESSION_REQUEST_LIFE_S } from '@chaperone/protocol/signed/claims.ts';
import type { SessionDetail } from '../api/desk.ts';
import type { Wish } from './wish.ts';

/** Signed again this long before the end of its life, milliseconds: time enough for one try that fails. */
const RENEW_BEFORE_MS = 75_000;
export const RENEW_AFTER_MS = SESSION_REQUEST_LIFE_S * 1000 - RENEW_BEFORE_MS;

/** The cart judged a request by a connection that is gone: a new signature is the whole remedy. */
const CURED_BY_SIGNING: ReadonlySet<string> = new Set(['REQUEST_STALE']);

export interface Owed {
  readonly purpose: 'request' | 'resume';
  readonly activities: readonly Activity[];
}

/**
 * @param nowMs this window's monotonic clock
 * @param resumed challenges that were answered with a resume request already
 */
export function nextSignature(
  session: SessionDetail,
  wish: Wish | null,
  resumed: ReadonlySet<string>,
  nowMs: number,
): Owed | null {
  const { state, challenge, activities } = session;
  if (challenge === null) return null;
  if (state === 'interrupted') {
    const isMine = session.grant !== null && isGrantable(activities);
    return isMine && !resumed.has(challenge) ? { purpose: 'resume', activities } : null;
  }
  if (wish === null) return null;
  const owed = { purpose: 'request', activities: wish.activities } as const;
  if (state === 'requested') {
    const isFresh = wish.signedMs !== null && nowMs - wish.signedMs < RENEW_AFTER_MS;
    return isFresh ? null : owed;
  }
  if (state !== 'waiting') return null;
  // Refused by the cart: the technician is told and asks again, unless only the connection was another.
  const { refusal } = session;
  const isFinal = refusal !== null && !CURED_BY_SIGNING.has(refusal);
  return isFinal && wish.challenge === challenge ? null : owed;
}

/** The time limits of a session on the cart, and what it means that one has passed. */
import type { Instant } from '../clock/instant.ts';
import type { EndReason, SessionState } from './state.ts';

/** All are milliseconds of the monotonic clock. */
export interface SessionLimits {
  /** How long the notice stays; after it the answer is no. */
  readonly noticeMs: number;
  /** How long the cart tries to reach the gateway before it gives up. */
  readonly dialMs: number;
  /** How long the cart stays connected with nobody granted. */
  readonly waitingMs: number;
  /** The longest life of a grant. */
  readonly grantMs: number;
  /** How long a granted session survives without its connection. */
  readonly leaseMs: number;
  /** How long a granted session may pass with no activity at all (MDS2 ALOF). */
  readonly idleMs: number;
  /** How long the "ended" page stays before the cart is idle again. */
  readonly endedMs: number;
}

export const DEFAULT_SESSION_LIMITS: SessionLimits = {
  noticeMs: 60_000,
  dialMs: 90_000,
  waitingMs: 20 * 60_000,
  grantMs: 60 * 60_000,
  leaseMs: 120_000,
  idleMs: 15 * 60_000,
  endedMs: 60_000,
};

/** Names the reason for which a limit has ended the session, or gives null. */
export function limitThatPassed(
  state: SessionState,
  now: Instant,
  limits: SessionLimits,
): EndReason | null {
  switch (state.phase) {
    case 'notice':
      return passed(state.deadlineMonotonicMs, now) ? 'notice-timed-out' : null;
    case 'dialling':
      return passed(state.deadlineMonotonicMs, now) ? 'gateway-unreachable' : null;
    case 'waiting':
      return passed(state.deadlineMonotonicMs, now) ? 'nobody-granted' : null;
    case 'granted':
    case 'open':
      if (passed(state.grant.endsMonotonicMs, now)) return 'grant-expired';
      if (state.link.is !== 'up' && passed(state.link.leaseEndsMonotonicMs, now)) {
        return 'connection-lost';
      }
      return passed(state.lastActivityMonotonicMs + limits.idleMs, now) ? 'session-idle' : null;
    case 'idle':
    case 'ended':
      return null;
  }
}

/** What comes with its deadline is late. */
export function passed(deadlineMonotonicMs: number, now: Instant): boolean {
  return now.monotonicMs >= deadlineMonotonicMs;
}

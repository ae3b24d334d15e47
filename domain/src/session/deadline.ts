/** When the session's clock has something to say next. What it says then is `limitThatPassed` and `tick`. */
import type { SessionLimits } from './limits.ts';
import type { SessionState } from './state.ts';

/** Gives the reading of the monotonic clock at which the next limit passes, or null when none can. */
export function nextDeadlineMs(state: SessionState, limits: SessionLimits): number | null {
  switch (state.phase) {
    case 'idle':
      return null;
    case 'notice':
    case 'dialling':
      return state.deadlineMonotonicMs;
    case 'waiting':
      return Math.min(
        state.deadlineMonotonicMs,
        ...state.requests.map((request) => request.expiresMonotonicMs),
      );
    case 'granted':
    case 'open':
      return Math.min(
        state.grant.endsMonotonicMs,
        state.lastActivityMonotonicMs + limits.idleMs,
        state.link.is === 'up' ? Infinity : state.link.leaseEndsMonotonicMs,
      );
    case 'ended':
      return state.atMonotonicMs + limits.endedMs;
  }
}

/** When the session's clock has something to say next. What it says then is `limitThatPassed` and `tick`. */
import type { SessionLimits } from './limits.ts';
import { isBound } from './state.ts';
import type { SessionState } from './state.ts';

/**
 * Gives the reading of the monotonic clock at which the next limit passes, or null when none can.
 * @param closesMonotonicMs when the facility's policy is over for this session; null: by no rule
 */
export function nextDeadlineMs(
  state: SessionState,
  limits: SessionLimits,
  closesMonotonicMs: number | null,
): number | null {
  const own = ownDeadlineMs(state, limits);
  if (own === null || closesMonotonicMs === null || !isBound(state)) return own;
  return Math.min(own, closesMonotonicMs);
}

function ownDeadlineMs(state: SessionState, limits: SessionLimits): number | null {
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
        ...(state.approval.is === 'none' ? [] : [state.approval.deadlineMonotonicMs]),
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

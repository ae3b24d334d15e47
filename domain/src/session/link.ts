/**
 * The session's connection: lost, back, and claimed again by the same technician.
 *
 * A granted session survives a loss for its lease; what came back unclaimed admits nothing. It is not the connection
 * itself, which is the tunnel's.
 */
import type { Instant } from '../clock/instant.ts';
import type { SessionRequest } from '../consent/consent.ts';
import { DomainError } from '../error/domain-error.ts';
import { NO_APPROVAL } from '../facility-policy/second-approval.ts';
import type { SessionLimits } from './limits.ts';
import { narrow, notGiven, unchanged, widen } from './session-step.ts';
import type { SessionStep } from './session-step.ts';
import { isInSession } from './state.ts';
import type { SessionState } from './state.ts';

export class ResumeRefused extends DomainError {
  readonly code = 'RESUME_REFUSED';
}

/** An attempt to dial failed; the cart tries on until its limit. */
export function dialFailed(state: SessionState, failure: string): SessionStep {
  if (state.phase !== 'dialling') return unchanged(state);
  return narrow({ ...state, lastFailure: failure }, { kind: 'dial-failed', failure });
}

/** The connection is there, for the first time or again. */
export function linkUp(state: SessionState, now: Instant, limits: SessionLimits): SessionStep {
  if (state.phase === 'dialling') {
    return narrow(
      {
        phase: 'waiting',
        sessionId: state.sessionId,
        noticeVersion: state.noticeVersion,
        deadlineMonotonicMs: state.waitingEndsMonotonicMs ?? now.monotonicMs + limits.waitingMs,
        offered: null,
        requests: [],
        approval: NO_APPROVAL,
        shown: [],
      },
      { kind: 'tunnel-opened', sessionId: state.sessionId },
    );
  }
  if (isInSession(state) && state.link.is === 'lost') {
    const { leaseEndsMonotonicMs } = state.link;
    return narrow(
      { ...state, link: { is: 'returned', leaseEndsMonotonicMs } },
      { kind: 'tunnel-opened', sessionId: state.sessionId },
    );
  }
  return unchanged(state);
}

/** The connection is gone. */
export function linkLost(state: SessionState, now: Instant, limits: SessionLimits): SessionStep {
  if (state.phase === 'waiting') {
    return narrow(
      {
        phase: 'dialling',
        sessionId: state.sessionId,
        noticeVersion: state.noticeVersion,
        deadlineMonotonicMs: Math.min(state.deadlineMonotonicMs, now.monotonicMs + limits.dialMs),
        waitingEndsMonotonicMs: state.deadlineMonotonicMs,
        lastFailure: null,
      },
      ...notGiven(state, 'refused'),
      { kind: 'tunnel-lost', sessionId: state.sessionId },
    );
  }
  if (!isInSession(state) || state.link.is === 'lost') return unchanged(state);
  // A connection that came back and broke again before it was claimed does not get a new lease.
  const leaseEndsMonotonicMs =
    state.link.is === 'returned'
      ? state.link.leaseEndsMonotonicMs
      : now.monotonicMs + limits.leaseMs;
  return narrow(
    { ...state, link: { is: 'lost', leaseEndsMonotonicMs } },
    { kind: 'tunnel-lost', sessionId: state.sessionId },
  );
}

/** @throws ResumeRefused unless it is the same technician, workstation and case, asking for nothing more */
export function resumeLink(
  state: SessionState,
  request: SessionRequest,
  now: Instant,
): SessionStep {
  if (!isInSession(state) || state.link.is !== 'returned') {
    throw new ResumeRefused('There is no interrupted session to resume.');
  }
  const { grant } = state;
  const same =
    request.sessionId === state.sessionId &&
    request.caseId === grant.caseId &&
    request.technician.id === grant.technician.id &&
    request.workstation.id === grant.workstation.id &&
    request.workstation.keyThumbprint === grant.workstation.keyThumbprint &&
    request.activities.every((each) => grant.activities.includes(each));
  if (!same) {
    throw new ResumeRefused(
      'Only the same technician at the same workstation can resume this session.',
    );
  }
  return widen(
    { ...state, link: { is: 'up' }, lastActivityMonotonicMs: now.monotonicMs },
    { kind: 'session-resumed', sessionId: state.sessionId, grantId: grant.id, after: 'connection' },
  );
}

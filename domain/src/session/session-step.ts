/** What a step of the session's machine gives, and the ways to make one. The rules are in `session.ts` and `link.ts`. */
import type { Instant } from '../clock/instant.ts';
import { DomainError } from '../error/domain-error.ts';
import type { ApprovalEnd } from '../facility-policy/second-approval.ts';
import type { JournalFact } from '../journal-entry/journal-entry.ts';
import { isInSession } from './state.ts';
import type { EndReason, SessionState } from './state.ts';

export interface SessionStep {
  readonly state: SessionState;
  /** What the journal says about this step, in order. */
  readonly facts: readonly JournalFact[];
  /** True when the step gives anybody more than before: then the facts come first, durably. */
  readonly widening: boolean;
}

export class OutOfTurn extends DomainError {
  readonly code = 'OUT_OF_TURN';
}

/** Nothing changes. */
export function unchanged(state: SessionState): SessionStep {
  return { state, facts: [], widening: false };
}

/** Takes a state that gives nobody more than before. */
export function narrow(state: SessionState, ...facts: readonly JournalFact[]): SessionStep {
  return { state, facts, widening: false };
}

/** Takes a state that gives somebody more: what is said of it is recorded first. */
export function widen(state: SessionState, ...facts: readonly JournalFact[]): SessionStep {
  return { state, facts, widening: true };
}

/** @throws OutOfTurn */
export function outOfTurn(state: SessionState): never {
  throw new OutOfTurn(`This is not possible now (${state.phase}).`);
}

/** Ends from any phase; ending what has not begun or has ended already changes nothing. */
export function end(state: SessionState, reason: EndReason, now: Instant): SessionStep {
  if (state.phase === 'idle' || state.phase === 'ended') return unchanged(state);
  const sessionId = 'sessionId' in state ? state.sessionId : null;
  const grant = isInSession(state) ? state.grant : null;
  return narrow(
    { phase: 'ended', sessionId, reason, grant, atMonotonicMs: now.monotonicMs },
    ...notGiven(state, 'refused'),
    { kind: 'session-ended', sessionId, grantId: grant?.id ?? null, reason },
  );
}

/** What the journal says of a second approval that was asked for and that nobody will give any more. */
export function notGiven(state: SessionState, why: ApprovalEnd): readonly JournalFact[] {
  if (state.phase !== 'waiting' || state.approval.is !== 'asked') return [];
  return [{ kind: 'second-approval-not-given', sessionId: state.sessionId, why }];
}

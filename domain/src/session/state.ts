/** Where a session can stand, as data. The rules that move it are in `session.ts`. */
import type { Grant, OfferedCase, SessionRequest } from '../consent/consent.ts';
import type { ApprovalState } from '../facility-policy/second-approval.ts';
import type { RequestId, SessionId } from '../id/id.ts';
import type { Interlock } from '../interlock/interlock.ts';

export const END_REASONS = [
  'operator-ended',
  'notice-declined',
  'notice-timed-out',
  'gateway-unreachable',
  'gateway-refused',
  'nobody-granted',
  'technician-left',
  'case-resolved',
  'gateway-ended',
  'connection-lost',
  'grant-expired',
  'session-idle',
  'consent-withdrawn',
  'indicator-lost',
  'facility-closed',
  'agent-stopped',
] as const;
export type EndReason = (typeof END_REASONS)[number];

/** The connection of a granted session: up, lost, or back but not yet claimed by the same workstation. */
export type SessionLink =
  | { readonly is: 'up' }
  | { readonly is: 'lost' | 'returned'; readonly leaseEndsMonotonicMs: number };

export interface InSession {
  readonly sessionId: SessionId;
  readonly grant: Grant;
  readonly paused: boolean;
  readonly link: SessionLink;
  readonly lastActivityMonotonicMs: number;
}

type InPhase =
  | { readonly phase: 'idle' }
  | {
      readonly phase: 'notice';
      readonly noticeVersion: string;
      readonly deadlineMonotonicMs: number;
    }
  | {
      readonly phase: 'dialling';
      readonly sessionId: SessionId;
      readonly noticeVersion: string;
      readonly deadlineMonotonicMs: number;
      /** When waiting for a choice ends, if it has begun before: a lost connection gives no more time. */
      readonly waitingEndsMonotonicMs: number | null;
      readonly lastFailure: string | null;
    }
  | {
      readonly phase: 'waiting';
      readonly sessionId: SessionId;
      readonly noticeVersion: string;
      readonly deadlineMonotonicMs: number;
      readonly offered: OfferedCase | null;
      readonly requests: readonly SessionRequest[];
      /** The second person's yes, where the facility's policy wants one: asked, given, or neither. */
      readonly approval: ApprovalState;
      /** Requests that were shown since the connection came up: each is written down once, however often it comes. */
      readonly shown: readonly RequestId[];
    }
  | ({ readonly phase: 'granted' | 'open' } & InSession)
  | {
      readonly phase: 'ended';
      readonly sessionId: SessionId | null;
      readonly reason: EndReason;
      readonly grant: Grant | null;
      readonly atMonotonicMs: number;
    };

/** A phase, and, in each of them, whether the clinic's interlock is raised: absent, it is not. */
export type SessionState = InPhase & { readonly interlock?: Interlock };

export type SessionPhase = SessionState['phase'];

export const IDLE: SessionState = { phase: 'idle' };

/** Tells whether a session has begun in this state and is not over: the facility's policy holds it. */
export function isBound(state: SessionState): boolean {
  return state.phase === 'dialling' || state.phase === 'waiting' || isInSession(state);
}

/** Tells whether a grant exists in this state (it may still be paused or without its connection). */
export function isInSession(
  state: SessionState,
): state is Extract<SessionState, { readonly phase: 'granted' | 'open' }> {
  return state.phase === 'granted' || state.phase === 'open';
}

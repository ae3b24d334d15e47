/** Where a session can stand, as data. The rules that move it are in `session.ts`. */
import type { Grant, OfferedCase, SessionRequest } from '../consent/consent.ts';
import type { RequestId, SessionId } from '../id/id.ts';

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

export type SessionState =
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

export type SessionPhase = SessionState['phase'];

export const IDLE: SessionState = { phase: 'idle' };

/** Tells whether a grant exists in this state (it may still be paused or without its connection). */
export function isInSession(
  state: SessionState,
): state is Extract<SessionState, { readonly phase: 'granted' | 'open' }> {
  return state.phase === 'granted' || state.phase === 'open';
}

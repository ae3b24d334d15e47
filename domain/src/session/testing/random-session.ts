/**
 * Test support: a way into a session, acts and limits in any order, and what a session admits when one asks it.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ACTIVITIES } from '../../activity/activity.ts';
import type { Instant } from '../../clock/instant.ts';
import type { OfferedCase, SessionRequest } from '../../consent/consent.ts';
import { DomainError } from '../../error/domain-error.ts';
import type {
  CaseId,
  GrantId,
  RequestId,
  SessionId,
  TechnicianId,
  WorkstationId,
} from '../../id/id.ts';
import { INTERLOCK_SOURCES } from '../../interlock/interlock.ts';
import { NOTICE_VERSION } from '../../notice/notice.ts';
import { admit } from '../admit.ts';
import { UNBOUNDED } from '../bounds.ts';
import { DEFAULT_SESSION_LIMITS } from '../limits.ts';
import { step } from '../session.ts';
import type { SessionEvent, SessionStep } from '../session.ts';
import { END_REASONS, IDLE } from '../state.ts';
import type { SessionState } from '../state.ts';

export const LIMITS = DEFAULT_SESSION_LIMITS;
export const SESSIONS = ['sess-a', 'sess-b'] as unknown as SessionId[];
export const GRANTS = ['grnt-a', 'grnt-b'] as unknown as GrantId[];
export const CASE: OfferedCase = {
  id: 'case-a' as unknown as CaseId,
  number: 'SC-1',
  facility: 'F',
};

export function request(index: number, change: Partial<SessionRequest> = {}): SessionRequest {
  return {
    id: `rqst-${index}` as unknown as RequestId,
    sessionId: SESSIONS[0] as SessionId,
    caseId: CASE.id,
    technician: { id: `tech-${index}` as unknown as TechnicianId, name: `T${index}` },
    workstation: { id: `wrks-${index}` as unknown as WorkstationId, keyThumbprint: `k${index}` },
    activities: ['view', 'control', 'fetch-files'],
    comparisonCode: '123 456',
    expiresMonotonicMs: Number.MAX_SAFE_INTEGER,
    ...change,
  };
}

export const OTHER_CASE = 'case-b' as unknown as CaseId;
export const REQUESTS = [
  request(0),
  request(1),
  request(2, { sessionId: SESSIONS[1] as SessionId }),
  request(3, { caseId: OTHER_CASE }),
  request(4, { expiresMonotonicMs: 100_000 }),
  request(5, { activities: ['view'] }),
];

export const activity = fc.constantFrom(...ACTIVITIES);
export const event: fc.Arbitrary<SessionEvent> = fc.oneof(
  ...(
    ['press', 'tick', 'link-up', 'link-lost', 'pause', 'lift-pause', 'still-active'] as const
  ).map((type) => fc.constant({ type })),
  fc.record({
    type: fc.constant('accept-notice' as const),
    noticeVersion: fc.constantFrom(NOTICE_VERSION, NOTICE_VERSION, NOTICE_VERSION, 'old'),
    sessionId: fc.constantFrom(SESSIONS[0] as SessionId, ...SESSIONS),
  }),
  fc.record({
    type: fc.constant('offer' as const),
    offered: fc.constantFrom(CASE, CASE, CASE, null),
    requests: fc.subarray(REQUESTS),
  }),
  fc.record({
    type: fc.constant('give-consent' as const),
    requestId: fc.constantFrom(...REQUESTS.map(({ id }) => id)),
    activities: fc.oneof(
      fc.constant(['view'] as const),
      fc.constant(['view', 'control'] as const),
      fc.subarray([...ACTIVITIES]),
    ),
    grantId: fc.constantFrom(...GRANTS),
  }),
  fc.record({ type: fc.constant('withdraw-activity' as const), activity }),
  fc.record({
    type: fc.constant('begin-activity' as const),
    ask: fc.record({ grantId: fc.constantFrom<string>(...GRANTS, 'grnt-x'), activity }),
  }),
  fc.record({
    type: fc.constant('resume-proven' as const),
    request: fc.constantFrom(...REQUESTS, request(0, { activities: [...ACTIVITIES] })),
  }),
  fc.record({
    type: fc.constant('dial-failed' as const),
    failure: fc.constant('GATEWAY_UNREACHABLE'),
  }),
  fc.constant({ type: 'decline-notice' as const }),
  fc.record({
    type: fc.constant('raise-interlock' as const),
    source: fc.constantFrom(...INTERLOCK_SOURCES),
  }),
  fc.constant({ type: 'lift-interlock' as const }),
  fc.constant({ type: 'dismiss' as const }),
  fc.record({ type: fc.constant('end' as const), reason: fc.constantFrom(...END_REASONS) }),
);
/** Most steps are short; some pass one limit or another; none goes back. */
export const waitMs = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 2000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 2 * LIMITS.grantMs }) },
);
/** A way into a session, so that random events do not only knock at a closed door. */
export const WAY_IN: readonly SessionEvent[] = [
  { type: 'press' },
  { type: 'accept-notice', noticeVersion: NOTICE_VERSION, sessionId: SESSIONS[0] as SessionId },
  { type: 'link-up' },
  { type: 'offer', offered: CASE, requests: [request(0), request(1)] },
  {
    type: 'give-consent',
    requestId: request(0).id,
    activities: ['view', 'control'],
    grantId: GRANTS[0] as GrantId,
  },
];
export const schedule = fc.record({
  wayIn: fc.integer({ min: 0, max: WAY_IN.length }),
  later: fc.array(fc.record({ event, waitMs }), { maxLength: 30 }),
});

export interface Taken {
  readonly event: SessionEvent;
  readonly before: SessionState;
  readonly step: SessionStep;
  readonly now: Instant;
}

/** Runs a schedule; acts that are out of turn change nothing, and anything but a DomainError is a bug. */
export function run(
  { wayIn, later }: { wayIn: number; later: { event: SessionEvent; waitMs: number }[] },
  look: (taken: Taken) => void,
): SessionState {
  let state: SessionState = IDLE;
  let now: Instant = { monotonicMs: 1000, utcMs: 0 };
  const all = [...WAY_IN.slice(0, wayIn).map((each) => ({ event: each, waitMs: 1 })), ...later];
  for (const each of all) {
    now = { monotonicMs: now.monotonicMs + each.waitMs, utcMs: 0 };
    try {
      const taken = step(state, each.event, now, LIMITS, NOTICE_VERSION, UNBOUNDED);
      look({ event: each.event, before: state, step: taken, now });
      ({ state } = taken);
    } catch (refusal) {
      assert.ok(refusal instanceof DomainError, String(refusal));
    }
  }
  return state;
}

/** Everything that would be admitted in a state. */
export function admitted(state: SessionState, now: Instant): readonly string[] {
  const asks = GRANTS.flatMap((grantId) => ACTIVITIES.map((each) => ({ grantId, activity: each })));
  return asks
    .filter((ask) => {
      try {
        admit(state, ask, now);
        return true;
      } catch (refusal) {
        assert.ok(refusal instanceof DomainError);
        return false;
      }
    })
    .map(({ grantId, activity: each }) => `${grantId} ${each}`);
}

export const at = (monotonicMs: number): Instant => ({ monotonicMs, utcMs: 0 });
export const take = (state: SessionState, each: SessionEvent, now: Instant): SessionState =>
  step(state, each, now, LIMITS, NOTICE_VERSION, UNBOUNDED).state;
export const inSession = (): SessionState =>
  WAY_IN.reduce<SessionState>((state, each) => take(state, each, at(1000)), IDLE);

// Goal: a limit is a no from its first millisecond on, whether the clock has said so yet or not: timers may be late. Method: in
// each phase an act just before the limit and in the moment of it, with no tick in between.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  CaseId,
  GrantId,
  RequestId,
  SessionId,
  TechnicianId,
  WorkstationId,
} from '../id/id.ts';
import { NOTICE_VERSION } from '../notice/notice.ts';
import { UNBOUNDED } from './bounds.ts';
import { DEFAULT_SESSION_LIMITS } from './limits.ts';
import { step } from './session.ts';
import type { SessionEvent, SessionStep } from './session.ts';
import { IDLE } from './state.ts';
import type { EndReason, SessionState } from './state.ts';

const LIMITS = DEFAULT_SESSION_LIMITS;
const SESSION = 'sess-a' as unknown as SessionId;
const GRANT = 'grnt-a' as unknown as GrantId;
const CASE = { id: 'case-a' as unknown as CaseId, number: 'SC-1', facility: 'F' };
const REQUEST = {
  id: 'rqst-a' as unknown as RequestId,
  sessionId: SESSION,
  caseId: CASE.id,
  technician: { id: 'tech-a' as unknown as TechnicianId, name: 'Ada' },
  workstation: { id: 'wrks-a' as unknown as WorkstationId, keyThumbprint: 'k' },
  activities: ['view'],
  comparisonCode: '123 456',
  expiresMonotonicMs: Number.MAX_SAFE_INTEGER,
} as const;
const CONSENT: SessionEvent = {
  type: 'give-consent',
  requestId: REQUEST.id,
  activities: ['view'],
  grantId: GRANT,
};
const WAY_IN: readonly SessionEvent[] = [
  { type: 'press' },
  { type: 'accept-notice', noticeVersion: NOTICE_VERSION, sessionId: SESSION },
  { type: 'link-up' },
  { type: 'offer', offered: CASE, requests: [REQUEST] },
  CONSENT,
];

function take(state: SessionState, event: SessionEvent, monotonicMs: number): SessionStep {
  return step(state, event, { monotonicMs, utcMs: 0 }, LIMITS, NOTICE_VERSION, UNBOUNDED);
}

/** The state after so many steps of the way in, all at the same time. */
function after(steps: number): SessionState {
  return WAY_IN.slice(0, steps).reduce((state, event) => take(state, event, 0).state, IDLE);
}

/** A paused session in which there was activity until just before the end of its grant. */
function pausedToTheEnd(): SessionState {
  let { state } = take(after(5), { type: 'pause' }, 0);
  for (let nowMs = LIMITS.idleMs - 1; nowMs < LIMITS.grantMs; nowMs += LIMITS.idleMs - 1) {
    ({ state } = take(state, { type: 'still-active' }, nowMs));
  }
  return state;
}

const ASK = { grantId: GRANT, activity: 'view' } as const;
const LATE: readonly [SessionState, SessionEvent, number, EndReason][] = [
  [after(1), WAY_IN[1] ?? CONSENT, LIMITS.noticeMs, 'notice-timed-out'],
  [after(2), { type: 'link-up' }, LIMITS.dialMs, 'gateway-unreachable'],
  [after(4), CONSENT, LIMITS.waitingMs, 'nobody-granted'],
  [after(5), { type: 'begin-activity', ask: ASK }, LIMITS.idleMs, 'session-idle'],
  [after(5), { type: 'still-active' }, LIMITS.idleMs, 'session-idle'],
  [pausedToTheEnd(), { type: 'lift-pause' }, LIMITS.grantMs, 'grant-expired'],
];

for (const [state, event, limitMs, reason] of LATE) {
  test(`"${event.type}" in the moment of a limit is too late (${reason}), although no tick has said so`, () => {
    assert.notEqual(take(state, event, limitMs - 1).state.phase, 'ended');
    const late = take(state, event, limitMs);
    assert.ok(late.state.phase === 'ended' && late.state.reason === reason);
    assert.equal(late.widening, false);
  });
}

// Goal: there is no way to an open session but the operator's consent, no limit that passes is a yes, and End always
// ends. Method: properties over random sequences of events and times, driving the production machine; each step is
// compared with what could be admitted before it and after it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ACTIVITIES } from '../activity/activity.ts';
import type { Instant } from '../clock/instant.ts';
import type { OfferedCase, SessionRequest } from '../consent/consent.ts';
import { DomainError } from '../error/domain-error.ts';
import type {
  CaseId,
  GrantId,
  RequestId,
  SessionId,
  TechnicianId,
  WorkstationId,
} from '../id/id.ts';
import { NOTICE_VERSION } from '../notice/notice.ts';
import { admit } from './admit.ts';
import { DEFAULT_SESSION_LIMITS } from './limits.ts';
import { OutOfTurn, ResumeRefused, step } from './session.ts';
import type { SessionEvent, SessionStep } from './session.ts';
import { END_REASONS, IDLE, isInSession } from './state.ts';
import type { SessionState } from './state.ts';

const LIMITS = DEFAULT_SESSION_LIMITS;
const SESSIONS = ['sess-a', 'sess-b'] as unknown as SessionId[];
const GRANTS = ['grnt-a', 'grnt-b'] as unknown as GrantId[];
const CASE: OfferedCase = { id: 'case-a' as unknown as CaseId, number: 'SC-1', facility: 'F' };

function request(index: number, change: Partial<SessionRequest> = {}): SessionRequest {
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

const OTHER_CASE = 'case-b' as unknown as CaseId;
const REQUESTS = [
  request(0),
  request(1),
  request(2, { sessionId: SESSIONS[1] as SessionId }),
  request(3, { caseId: OTHER_CASE }),
  request(4, { expiresMonotonicMs: 100_000 }),
  request(5, { activities: ['view'] }),
];

const activity = fc.constantFrom(...ACTIVITIES);
const event: fc.Arbitrary<SessionEvent> = fc.oneof(
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
  fc.constant({ type: 'dismiss' as const }),
  fc.record({ type: fc.constant('end' as const), reason: fc.constantFrom(...END_REASONS) }),
);
/** Most steps are short; some pass one limit or another; none goes back. */
const waitMs = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 2000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 2 * LIMITS.grantMs }) },
);
/** A way into a session, so that random events do not only knock at a closed door. */
const WAY_IN: readonly SessionEvent[] = [
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
const schedule = fc.record({
  wayIn: fc.integer({ min: 0, max: WAY_IN.length }),
  later: fc.array(fc.record({ event, waitMs }), { maxLength: 30 }),
});

interface Taken {
  readonly event: SessionEvent;
  readonly before: SessionState;
  readonly step: SessionStep;
  readonly now: Instant;
}

/** Runs a schedule; acts that are out of turn change nothing, and anything but a DomainError is a bug. */
function run(
  { wayIn, later }: { wayIn: number; later: { event: SessionEvent; waitMs: number }[] },
  look: (taken: Taken) => void,
): SessionState {
  let state: SessionState = IDLE;
  let now: Instant = { monotonicMs: 1000, utcMs: 0 };
  const all = [...WAY_IN.slice(0, wayIn).map((each) => ({ event: each, waitMs: 1 })), ...later];
  for (const each of all) {
    now = { monotonicMs: now.monotonicMs + each.waitMs, utcMs: 0 };
    try {
      const taken = step(state, each.event, now, LIMITS, NOTICE_VERSION);
      look({ event: each.event, before: state, step: taken, now });
      ({ state } = taken);
    } catch (refusal) {
      assert.ok(refusal instanceof DomainError, String(refusal));
    }
  }
  return state;
}

/** Everything that would be admitted in a state. */
function admitted(state: SessionState, now: Instant): readonly string[] {
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

const at = (monotonicMs: number): Instant => ({ monotonicMs, utcMs: 0 });
const take = (state: SessionState, each: SessionEvent, now: Instant): SessionState =>
  step(state, each, now, LIMITS, NOTICE_VERSION).state;
const inSession = (): SessionState =>
  WAY_IN.reduce<SessionState>((state, each) => take(state, each, at(1000)), IDLE);

test('a session is entered by a consent to a shown request of this session and case, and by nothing else', () => {
  fc.assert(
    fc.property(schedule, (plan) => {
      run(plan, ({ event: done, before, step: { state } }) => {
        if (!isInSession(state) || isInSession(before)) return;
        assert.equal(done.type, 'give-consent');
        assert.equal(before.phase, 'waiting');
        if (before.phase !== 'waiting' || done.type !== 'give-consent') return;
        const shown = before.requests.find(({ id }) => id === done.requestId);
        assert.ok(shown, 'the request was shown');
        assert.equal(state.grant.sessionId, before.sessionId);
        assert.equal(state.grant.caseId, before.offered?.id);
        assert.deepEqual(state.grant.technician, shown.technician);
        assert.deepEqual(state.grant.workstation, shown.workstation);
        assert.deepEqual(state.grant.activities, done.activities);
        assert.ok(state.grant.activities.every((each) => shown.activities.includes(each)));
      });
    }),
    { numRuns: 2000 },
  );
});

test('whatever allows more than before is widening and says so in a fact', () => {
  fc.assert(
    fc.property(schedule, (plan) => {
      run(plan, ({ before, step: { state, widening, facts }, now }) => {
        const had = new Set(admitted(before, now));
        const gained = admitted(state, now).filter((each) => !had.has(each));
        if (gained.length === 0) return;
        assert.equal(widening, true, gained.join(', '));
        assert.ok(facts.length > 0);
      });
    }),
    { numRuns: 2000 },
  );
});

test('nothing is dialled before the notice was accepted, and accepting is widening', () => {
  fc.assert(
    fc.property(schedule, (plan) => {
      run(plan, ({ event: done, before, step: { state, widening } }) => {
        if (state.phase !== 'dialling' || before.phase === 'dialling') return;
        if (before.phase === 'waiting') return assert.equal(done.type, 'link-lost');
        assert.equal(done.type, 'accept-notice');
        assert.equal(before.phase, 'notice');
        assert.equal(widening, true);
      });
    }),
    { numRuns: 2000 },
  );
});

test('pausing, withdrawing, ending, losing the connection and passing time never widen', () => {
  const narrowing: ReadonlySet<SessionEvent['type']> = new Set([
    'pause',
    'withdraw-activity',
    'end',
    'link-lost',
    'tick',
    'decline-notice',
    'dismiss',
    'dial-failed',
    'still-active',
    'offer',
    'link-up',
    'press',
  ]);
  fc.assert(
    fc.property(schedule, (plan) => {
      run(plan, ({ event: done, step: { widening } }) => {
        if (narrowing.has(done.type)) assert.equal(widening, false, done.type);
      });
    }),
    { numRuns: 2000 },
  );
});

test('End ends from every state that can be reached, and nothing is admitted after it until a new consent', () => {
  fc.assert(
    fc.property(schedule, fc.array(event, { maxLength: 10 }), (plan, later) => {
      const state = run(plan, () => undefined);
      const now = at(10 ** 9);
      const ended = step(
        state,
        { type: 'end', reason: 'operator-ended' },
        now,
        LIMITS,
        NOTICE_VERSION,
      );
      assert.equal(ended.widening, false);
      assert.ok(ended.state.phase === 'ended' || ended.state.phase === 'idle');
      let current: SessionState = ended.state;
      for (const each of later) {
        try {
          current = take(current, each, now);
        } catch (refusal) {
          assert.ok(refusal instanceof DomainError);
        }
        if (isInSession(current)) return;
        assert.deepEqual(admitted(current, now), []);
      }
    }),
    { numRuns: 2000 },
  );
});

test('a paused session admits nothing until the operator lifts the pause', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 20 }), (events) => {
      let state = take(inSession(), { type: 'pause' }, at(1000));
      for (const each of events.filter(({ type }) => type !== 'lift-pause')) {
        try {
          state = take(state, each, at(1001));
        } catch (refusal) {
          assert.ok(refusal instanceof DomainError);
        }
        if (!isInSession(state)) return;
        assert.deepEqual(admitted(state, at(1001)), []);
      }
    }),
  );
});

test('with a clock that stands still no limit passes, and with one that goes back nothing is gained', () => {
  fc.assert(
    fc.property(schedule, fc.integer({ min: 1, max: 10 ** 9 }), (plan, backMs) => {
      let last = at(1000);
      const state = run(plan, ({ now }) => {
        last = now;
      });
      const settled = take(state, { type: 'tick' }, last);
      assert.deepEqual(take(settled, { type: 'tick' }, last), settled);
      const back = at(last.monotonicMs - backMs);
      const after = step(settled, { type: 'tick' }, back, LIMITS, NOTICE_VERSION);
      assert.equal(after.widening, false);
      assert.deepEqual(after.state, settled);
    }),
    { numRuns: 1000 },
  );
});

test('equal arguments give equal steps', () => {
  fc.assert(
    fc.property(schedule, (plan) => {
      run(plan, ({ event: done, before, step: taken, now }) => {
        assert.deepEqual(step(structuredClone(before), done, now, LIMITS, NOTICE_VERSION), taken);
      });
    }),
  );
});

test('a timeout of the notice means no, and so does a touch that comes with it or after it', () => {
  const notice = take(IDLE, { type: 'press' }, at(0));
  const accept: SessionEvent = {
    type: 'accept-notice',
    noticeVersion: NOTICE_VERSION,
    sessionId: SESSIONS[0] as SessionId,
  };
  assert.equal(take(notice, accept, at(LIMITS.noticeMs - 1)).phase, 'dialling');
  for (const lateMs of [0, 1, 60_000]) {
    for (const each of [accept, { type: 'tick' } as const]) {
      const late = step(notice, each, at(LIMITS.noticeMs + lateMs), LIMITS, NOTICE_VERSION);
      assert.equal(late.widening, false);
      assert.ok(late.state.phase === 'ended' && late.state.reason === 'notice-timed-out');
    }
  }
});

const LIMIT_CASES: readonly [string, SessionState, number, string][] = [
  [
    'dialling',
    take(take(IDLE, { type: 'press' }, at(0)), WAY_IN[1] as SessionEvent, at(0)),
    LIMITS.dialMs,
    'gateway-unreachable',
  ],
  [
    'waiting',
    WAY_IN.slice(0, 3).reduce<SessionState>((s, e) => take(s, e, at(0)), IDLE),
    LIMITS.waitingMs,
    'nobody-granted',
  ],
  [
    'an idle session',
    WAY_IN.reduce<SessionState>((s, e) => take(s, e, at(0)), IDLE),
    LIMITS.idleMs,
    'session-idle',
  ],
  [
    'a lease',
    take(
      WAY_IN.reduce<SessionState>((s, e) => take(s, e, at(0)), IDLE),
      { type: 'link-lost' },
      at(0),
    ),
    LIMITS.leaseMs,
    'connection-lost',
  ],
];
for (const [name, state, limitMs, reason] of LIMIT_CASES) {
  test(`the limit of ${name} ends it, and not a millisecond earlier`, () => {
    assert.equal(take(state, { type: 'tick' }, at(limitMs - 1)).phase, state.phase);
    const ended = take(state, { type: 'tick' }, at(limitMs));
    assert.ok(ended.phase === 'ended' && ended.reason === reason);
  });
}

test('a grant ends at its time however active the session is', () => {
  let state = inSession();
  let nowMs = 1000;
  while (nowMs < 1000 + LIMITS.grantMs - 60_000) {
    nowMs += 60_000;
    state = take(take(state, { type: 'still-active' }, at(nowMs)), { type: 'tick' }, at(nowMs));
    assert.equal(state.phase, 'granted');
  }
  const ended = take(state, { type: 'tick' }, at(1000 + LIMITS.grantMs));
  assert.ok(ended.phase === 'ended' && ended.reason === 'grant-expired');
});

test('a lost connection admits nothing until the same workstation has resumed it, with nothing more', () => {
  const lost = take(inSession(), { type: 'link-lost' }, at(2000));
  assert.deepEqual(admitted(lost, at(2000)), []);
  assert.throws(
    () => take(lost, { type: 'resume-proven', request: request(0) }, at(2000)),
    ResumeRefused,
  );
  const returned = take(lost, { type: 'link-up' }, at(3000));
  assert.deepEqual(admitted(returned, at(3000)), []);
  const same = request(0, { activities: ['view', 'control'] });
  const others = [
    request(1),
    { ...same, workstation: request(1).workstation },
    { ...same, workstation: { ...same.workstation, keyThumbprint: 'another' } },
    { ...same, technician: request(1).technician },
    { ...same, caseId: OTHER_CASE },
    { ...same, sessionId: SESSIONS[1] as SessionId },
    { ...same, activities: ['view', 'control', 'fetch-files'] as const },
  ];
  for (const other of others) {
    assert.throws(
      () => take(returned, { type: 'resume-proven', request: other }, at(3000)),
      ResumeRefused,
    );
  }
  const resumed = step(
    returned,
    { type: 'resume-proven', request: same },
    at(3000),
    LIMITS,
    NOTICE_VERSION,
  );
  assert.equal(resumed.widening, true);
  assert.deepEqual(admitted(resumed.state, at(3000)), ['grnt-a view', 'grnt-a control']);
});

test('breaking again before the session is claimed gives no new lease', () => {
  let state = take(inSession(), { type: 'link-lost' }, at(2000));
  for (let nowMs = 3000; nowMs < 2000 + LIMITS.leaseMs; nowMs += 1000) {
    state = take(take(state, { type: 'link-up' }, at(nowMs)), { type: 'link-lost' }, at(nowMs));
  }
  const ended = take(state, { type: 'tick' }, at(2000 + LIMITS.leaseMs));
  assert.ok(ended.phase === 'ended' && ended.reason === 'connection-lost');
});

test('resuming at the end of the lease is too late', () => {
  const lost = take(inSession(), { type: 'link-lost' }, at(2000));
  const returned = take(lost, { type: 'link-up' }, at(3000));
  const late = take(
    returned,
    { type: 'resume-proven', request: request(0, { activities: ['view'] }) },
    at(2000 + LIMITS.leaseMs),
  );
  assert.ok(late.phase === 'ended' && late.reason === 'connection-lost');
});

test('withdrawing viewing takes control with it, and withdrawing the last activity ends the session', () => {
  const session = inSession();
  const less = take(session, { type: 'withdraw-activity', activity: 'control' }, at(1000));
  assert.deepEqual(admitted(less, at(1000)), ['grnt-a view']);
  const none = take(session, { type: 'withdraw-activity', activity: 'view' }, at(1000));
  assert.ok(none.phase === 'ended' && none.reason === 'consent-withdrawn');
});

test('a gateway that breaks off and comes back gains no time in which nobody is granted', () => {
  let state = WAY_IN.slice(0, 3).reduce<SessionState>((s, e) => take(s, e, at(0)), IDLE);
  const stepMs = LIMITS.dialMs - 1;
  for (let nowMs = stepMs; nowMs < LIMITS.waitingMs; nowMs += stepMs) {
    state = take(state, { type: 'link-lost' }, at(nowMs));
    state = take(state, { type: 'link-up' }, at(nowMs));
    assert.equal(state.phase, 'waiting');
  }
  const ended = take(state, { type: 'tick' }, at(LIMITS.waitingMs));
  assert.ok(ended.phase === 'ended' && ended.reason === 'nobody-granted');
});

test('a request that comes and goes is written down once, and shown each time', () => {
  const waiting = WAY_IN.slice(0, 3).reduce<SessionState>((s, e) => take(s, e, at(0)), IDLE);
  let state = waiting;
  const kinds: string[] = [];
  for (const requests of [[request(0)], [], [request(0), request(1)], [], [request(1)]]) {
    const taken = step(state, { type: 'offer', offered: CASE, requests }, at(1), LIMITS, '');
    kinds.push(...taken.facts.map(({ kind }) => kind));
    ({ state } = taken);
    assert.deepEqual(state.phase === 'waiting' && state.requests, requests);
  }
  assert.deepEqual(kinds, ['request-shown', 'request-shown']);
});

test('a request that has expired is neither shown nor granted', () => {
  const waiting = WAY_IN.slice(0, 3).reduce<SessionState>((s, e) => take(s, e, at(1000)), IDLE);
  const brief = request(4, { expiresMonotonicMs: 5000 });
  const offered = take(waiting, { type: 'offer', offered: CASE, requests: [brief] }, at(4999));
  const consent: SessionEvent = {
    type: 'give-consent',
    requestId: brief.id,
    activities: ['view'],
    grantId: GRANTS[0] as GrantId,
  };
  assert.throws(() => take(offered, consent, at(5000)), { code: 'CONSENT_INVALID' });
  const ticked = take(offered, { type: 'tick' }, at(5000));
  assert.ok(ticked.phase === 'waiting' && ticked.requests.length === 0);
});

test('acts that do not fit the state are refused and change nothing', () => {
  assert.throws(() => take(IDLE, { type: 'lift-pause' }, at(0)), OutOfTurn);
  assert.throws(() => take(IDLE, { type: 'dismiss' }, at(0)), OutOfTurn);
  assert.throws(() => take(inSession(), { type: 'press' }, at(2000)), OutOfTurn);
  assert.throws(() => take(inSession(), WAY_IN[4] as SessionEvent, at(2000)), OutOfTurn);
});

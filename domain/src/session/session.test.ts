// Goal: there is no way to an open session but the operator's consent, no limit that passes is a yes, and End always
// ends. Method: properties over random sequences of events and times, driving the production machine; each step is
// compared with what could be admitted before it and after it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DomainError } from '../error/domain-error.ts';
import type { GrantId, SessionId } from '../id/id.ts';
import { NOTICE_VERSION } from '../notice/notice.ts';
import { UNBOUNDED } from './bounds.ts';
import { nextDeadlineMs } from './deadline.ts';
import { OutOfTurn, ResumeRefused, step } from './session.ts';
import type { SessionEvent } from './session.ts';
import { IDLE, isInSession } from './state.ts';
import type { SessionState } from './state.ts';

import {
  LIMITS,
  SESSIONS,
  GRANTS,
  CASE,
  request,
  OTHER_CASE,
  event,
  WAY_IN,
  schedule,
  run,
  admitted,
  at,
  take,
  inSession,
} from './testing/random-session.ts';

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
    'raise-interlock',
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
        UNBOUNDED,
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
      const after = step(settled, { type: 'tick' }, back, LIMITS, NOTICE_VERSION, UNBOUNDED);
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
        assert.deepEqual(
          step(structuredClone(before), done, now, LIMITS, NOTICE_VERSION, UNBOUNDED),
          taken,
        );
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
      const late = step(
        notice,
        each,
        at(LIMITS.noticeMs + lateMs),
        LIMITS,
        NOTICE_VERSION,
        UNBOUNDED,
      );
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
    UNBOUNDED,
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
    const taken = step(
      state,
      { type: 'offer', offered: CASE, requests },
      at(1),
      LIMITS,
      '',
      UNBOUNDED,
    );
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

test("a facility's window that has closed ends what it bound, at its time and not before; consent is refused until it is said", () => {
  const closes = { ...UNBOUNDED, closesMonotonicMs: 5000 };
  const ways = [2, 3, 4, 5].map((steps) =>
    WAY_IN.slice(0, steps).reduce<SessionState>((state, each) => take(state, each, at(0)), IDLE),
  );
  for (const state of ways) {
    const tick = (nowMs: number): SessionState =>
      step(state, { type: 'tick' }, at(nowMs), LIMITS, NOTICE_VERSION, closes).state;
    assert.equal(tick(4999).phase, state.phase);
    const ended = tick(5000);
    assert.ok(ended.phase === 'ended' && ended.reason === 'facility-closed', state.phase);
    assert.equal(nextDeadlineMs(state, LIMITS, 5000), 5000);
  }
  const late = (): unknown =>
    step(ways[2] ?? IDLE, WAY_IN[4] as SessionEvent, at(5000), LIMITS, NOTICE_VERSION, closes);
  assert.throws(late, { code: 'FACILITY_CLOSED' });
  for (const state of [IDLE, take(IDLE, { type: 'press' }, at(0))]) {
    assert.equal(
      step(state, { type: 'tick' }, at(5000), LIMITS, NOTICE_VERSION, closes).state,
      state,
    );
    assert.equal(nextDeadlineMs(state, LIMITS, 1), nextDeadlineMs(state, LIMITS, null));
  }
});

// Goal: nobody watches without a yes to the question that was read, no silence is a yes, one watches at a time, never who holds the
// session, and whatever narrows the session ends it at once. Method: properties over random acts and times, driving the production
// machine.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Grant, SessionRequest } from '../consent/consent.ts';
import { DomainError } from '../error/domain-error.ts';
import type { GrantId } from '../id/id.ts';
import {
  CASE,
  GRANTS,
  request as sessionRequest,
  SESSIONS,
} from '../session/testing/random-session.ts';
import {
  NOBODY_WATCHES,
  nextWatchDeadlineMs,
  watch,
  WATCH_ANSWER_WITHIN_MS,
  WATCH_QUIET_MS,
  WatchAskedTooSoon,
  WatchInvalid,
  WatchNotAsked,
  WatchTaken,
} from './watching.ts';
import type { WatchEvent, WatchState, WatchStep } from './watching.ts';

const ENDS_MS = 3_600_000;
const [HELD_ID, WATCH_ID] = GRANTS as [GrantId, GrantId];
const HELD: Grant = {
  id: HELD_ID,
  sessionId: SESSIONS[0] ?? assert.fail(),
  caseId: CASE.id,
  caseNumber: CASE.number,
  technician: sessionRequest(0).technician,
  workstation: sessionRequest(0).workstation,
  activities: ['view', 'control'],
  issuedUtcMs: 0,
  endsMonotonicMs: ENDS_MS,
};
const wish = (index: number, change: Partial<SessionRequest> = {}): SessionRequest =>
  sessionRequest(index, { activities: ['view'], ...change });
/** Genuine, and each kind that is none. */
const REQUESTS = [
  wish(1),
  wish(2),
  wish(1, { expiresMonotonicMs: 100_000 }),
  wish(0),
  wish(1, { activities: ['view', 'control'] }),
  wish(1, { activities: [] }),
  wish(1, { sessionId: SESSIONS[1] ?? assert.fail() }),
];
const helds = [HELD, HELD, HELD, { ...HELD, activities: ['fetch-files'] as const }];
const held = fc.constantFrom<Grant>(...helds);

const event: fc.Arbitrary<WatchEvent> = fc.oneof(
  fc.record({
    type: fc.constant('ask'),
    request: fc.constantFrom(wish(1), wish(2), ...REQUESTS),
    held,
  }),
  fc.record({
    type: fc.constant('allow'),
    number: fc.constantFrom(1, 1, 1, 2, 2, 3, 0),
    grantId: fc.constant(WATCH_ID),
    held,
  }),
  fc.record({
    type: fc.constant('stop'),
    by: fc.constantFrom<'operator' | 'watcher'>('operator', 'watcher'),
  }),
  fc.constantFrom<WatchEvent>({ type: 'refuse' }, { type: 'narrowed' }, { type: 'tick' }),
);
const pause = fc.oneof(fc.nat(20_000), fc.nat(40 * 60_000), fc.constantFrom(0, 0, 15_000, 60_000));
const schedule = fc.array(fc.tuple(event, pause), { maxLength: 40 });
const at = (monotonicMs: number) => ({ monotonicMs, utcMs: 0 });

interface Taken {
  readonly before: WatchState;
  readonly event: WatchEvent;
  readonly step: WatchStep;
  readonly nowMs: number;
}

function run(
  plan: readonly (readonly [WatchEvent, number])[],
  look: (taken: Taken) => void,
): number {
  let state = NOBODY_WATCHES;
  let nowMs = 0;
  let yeses = 0;
  for (const [next, waitMs] of plan) {
    nowMs += waitMs;
    try {
      const step = watch(state, next, at(nowMs));
      look({ before: state, event: next, step, nowMs });
      if (step.widening) yeses += 1;
      state = step.state;
    } catch (fault) {
      assert.ok(fault instanceof DomainError, String(fault));
    }
  }
  return yeses;
}

test('who watches was asked about, and the yes was to that question, in time and to somebody else than the holder', () => {
  let yeses = 0;
  fc.assert(
    fc.property(schedule, (plan) => {
      yeses += run(plan, ({ before, event: done, step, nowMs }) => {
        const { watcher } = step.state;
        if (watcher === null || watcher === before.watcher) {
          assert.equal(step.widening, false);
          return;
        }
        assert.equal(before.watcher, null, 'one at a time');
        assert.ok(done.type === 'allow' && before.asked?.number === done.number);
        assert.ok(nowMs < (before.asked?.deadlineMonotonicMs ?? 0));
        assert.deepEqual(watcher.technician, before.asked?.request.technician);
        assert.deepEqual(watcher.workstation, before.asked?.request.workstation);
        assert.notEqual(watcher.technician.id, HELD.technician.id);
        assert.deepEqual(before.asked?.request.activities, ['view']);
        assert.ok(
          watcher.endsMonotonicMs <= HELD.endsMonotonicMs,
          'never longer than what is watched',
        );
        assert.equal(watcher.watches, HELD.id);
        assert.ok(step.widening && step.facts.some((fact) => fact.kind === 'allowed'));
      });
    }),
    { numRuns: 2000 },
  );
  assert.ok(yeses > 20, `only ${yeses} yeses were reached`);
});

test('nobody watches and nothing is asked beyond its time, and every end says so once', () => {
  fc.assert(
    fc.property(schedule, (plan) => {
      run(plan, ({ before, step, nowMs }) => {
        const { state, facts } = step;
        assert.ok(state.watcher === null || nowMs < state.watcher.endsMonotonicMs);
        assert.ok(state.asked === null || nowMs < state.asked.deadlineMonotonicMs);
        assert.ok(state.asked === null || state.watcher === null);
        const told = (kind: string): number => facts.filter((fact) => fact.kind === kind).length;
        assert.equal(told('ended'), before.watcher !== null && state.watcher === null ? 1 : 0);
        const isAnswered = before.asked !== null && state.asked !== before.asked;
        assert.equal(told('refused') + told('allowed'), isAnswered ? 1 : 0);
        const deadlineMs = nextWatchDeadlineMs(state);
        assert.equal(deadlineMs === null, state.asked === null && state.watcher === null);
        assert.ok(deadlineMs === null || deadlineMs > nowMs);
      });
    }),
    { numRuns: 2000 },
  );
});

test('whatever narrows the session, a stop of the operator and a leave end the watching and the question', () => {
  fc.assert(
    fc.property(schedule, (plan) => {
      run(plan, ({ event: done, step }) => {
        if (done.type !== 'narrowed' && done.type !== 'stop') return;
        assert.equal(step.state.asked, null);
        assert.equal(step.state.watcher, null);
        assert.equal(step.widening, false);
      });
    }),
  );
});

const asking = (request = wish(1), nowMs = 0, before = NOBODY_WATCHES): WatchState =>
  watch(before, { type: 'ask', request, held: HELD }, at(nowMs)).state;
const yes = (state: WatchState, nowMs: number, number = 1, by: Grant = HELD): WatchStep =>
  watch(state, { type: 'allow', number, grantId: WATCH_ID, held: by }, at(nowMs));

test('a clock that gives no number leaves nobody watching', () => {
  const watched = yes(asking(), 1).state;
  assert.notEqual(watched.watcher, null);
  assert.equal(watch(watched, { type: 'tick' }, at(Number.NaN)).state.watcher, null);
  assert.throws(() => asking(wish(1), Number.NaN), WatchInvalid);
});

test('silence is a no; a yes that comes with the limit is late, and one to an older question is none', () => {
  const asked = asking();
  assert.throws(() => yes(asked, WATCH_ANSWER_WITHIN_MS), WatchNotAsked);
  assert.notEqual(yes(asked, WATCH_ANSWER_WITHIN_MS - 1).state.watcher, null);
  const no = watch(asked, { type: 'refuse' }, at(10)).state;
  assert.throws(() => asking(wish(2), 10 + WATCH_QUIET_MS - 1, no), WatchAskedTooSoon);
  const again = asking(wish(2), 10 + WATCH_QUIET_MS, no);
  assert.throws(() => yes(again, 20_000, 1), WatchNotAsked);
  assert.equal(yes(again, 20_000, 2).state.watcher?.technician.name, 'T2');
});

test('a second question, the holder, more than the screen, and a session without a screen are refused', () => {
  const asked = asking();
  assert.throws(() => asking(wish(2), 1, asked), WatchTaken);
  assert.throws(() => asking(wish(2), 1, yes(asked, 1).state), WatchTaken);
  for (const request of REQUESTS.slice(3)) assert.throws(() => asking(request), WatchInvalid);
  assert.throws(() => yes(asked, 1, 1, { ...HELD, activities: ['fetch-files'] }), WatchInvalid);
  assert.throws(() => asking(wish(1, { expiresMonotonicMs: 5 }), 5), WatchInvalid);
});

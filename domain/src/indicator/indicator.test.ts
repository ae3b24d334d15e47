// Goal: nobody is in unless the display shows it: no open session without a shown indicator, one that is covered for a
// second pauses the session, one that is lost ends it. Method: properties over random sequences of what people, displays
// and clocks do, driving the production machines of indicator and session together, as the cart ties them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Instant } from '../clock/instant.ts';
import type { SessionRequest } from '../consent/consent.ts';
import { DomainError } from '../error/domain-error.ts';
import type {
  CaseId,
  GrantId,
  RequestId,
  SessionId,
  TechnicianId,
  WorkstationId,
} from '../id/id.ts';
import { NO_APPROVAL } from '../facility-policy/second-approval.ts';
import { UNBOUNDED } from '../session/bounds.ts';
import { DEFAULT_SESSION_LIMITS } from '../session/limits.ts';
import { step } from '../session/session.ts';
import type { SessionEvent } from '../session/session.ts';
import { isInSession } from '../session/state.ts';
import type { SessionState } from '../session/state.ts';
import { INDICATOR_LOSSES } from './indicator-loss.ts';
import {
  indicate,
  INDICATOR_COVERED_MAX_MS,
  INDICATOR_HIDDEN,
  INDICATOR_RAISE_MAX_MS,
  mayBegin,
  sessionEventOf,
} from './indicator.ts';
import type { IndicatorEvent, IndicatorState } from './indicator.ts';

const SESSION = 'sess-a' as unknown as SessionId;
const OFFERED = { id: 'case-a' as unknown as CaseId, number: 'SC-1', facility: 'F' };
const REQUEST: SessionRequest = {
  id: 'rqst-a' as unknown as RequestId,
  sessionId: SESSION,
  caseId: OFFERED.id,
  technician: { id: 'tech-a' as unknown as TechnicianId, name: 'Ada' },
  workstation: { id: 'wrks-a' as unknown as WorkstationId, keyThumbprint: 'k' },
  activities: ['view', 'control'],
  comparisonCode: '123 456',
  expiresMonotonicMs: Number.MAX_SAFE_INTEGER,
};
const WAITING: SessionState = {
  phase: 'waiting',
  sessionId: SESSION,
  noticeVersion: '1',
  deadlineMonotonicMs: Number.MAX_SAFE_INTEGER,
  offered: OFFERED,
  requests: [REQUEST],
  approval: NO_APPROVAL,
  shown: [REQUEST.id],
};

/** The two together. */
class Pair {
  session: SessionState = WAITING;
  indicator: IndicatorState = INDICATOR_HIDDEN;
  now: Instant = { monotonicMs: 0, utcMs: 0 };

  pass(ms: number): void {
    const monotonicMs = this.now.monotonicMs + ms;
    this.now = { monotonicMs, utcMs: monotonicMs };
  }

  show(event: IndicatorEvent): void {
    const { state, demand } = indicate(this.indicator, event, this.now);
    this.indicator = state;
    const asked = sessionEventOf(demand, this.session);
    if (asked !== null) this.take(asked);
  }

  take(event: SessionEvent): void {
    // What lets somebody in or go on is only asked of the session while the display shows it.
    const widens = event.type === 'give-consent' || event.type === 'lift-pause';
    if (widens && !mayBegin(this.indicator)) return;
    const before = this.session;
    try {
      this.session = step(before, event, this.now, DEFAULT_SESSION_LIMITS, '1', UNBOUNDED).state;
    } catch (fault) {
      if (!(fault instanceof DomainError)) throw fault;
    }
    if (isInSession(before) && !isInSession(this.session)) this.show({ type: 'lower' });
  }
}

type Act =
  | { readonly pass: number }
  | { readonly show: IndicatorEvent }
  | { readonly take: SessionEvent };

const consent: SessionEvent = {
  type: 'give-consent',
  requestId: REQUEST.id,
  activities: ['view'],
  grantId: 'grnt-a' as unknown as GrantId,
};
const loss = fc.constantFrom(...INDICATOR_LOSSES);
const single: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ pass: fc.constantFrom(1, 100, 999, INDICATOR_COVERED_MAX_MS, 6000) }),
  ...(['raise', 'seen', 'seen', 'covered', 'lower', 'tick'] as const)
    // Only the end of a session lowers it; while somebody is in, nobody asks for that.
    .filter((type) => type !== 'lower')
    .map((type) => fc.constant({ show: { type } })),
  fc.record({ show: fc.record({ type: fc.constant('lost' as const), loss }) }),
  ...(['pause', 'lift-pause', 'link-lost', 'still-active'] as const).map((type) =>
    fc.constant({ take: { type } }),
  ),
  fc.constant({ take: consent }),
);
const letIn: readonly Act[] = [
  { show: { type: 'raise' } },
  { show: { type: 'seen' } },
  { take: consent },
];
const acts = fc
  .array(
    fc.oneof(
      { weight: 1, arbitrary: fc.constant(letIn) },
      { weight: 6, arbitrary: fc.tuple(single) },
    ),
    {
      maxLength: 60,
    },
  )
  .map((parts): Act[] => parts.flat());

test('nobody is in unless the display shows it, or did a second ago', () => {
  let granted = 0;
  fc.assert(
    fc.property(acts, (sequence) => {
      const pair = new Pair();
      for (const each of sequence) {
        if ('pass' in each) pair.pass(each.pass);
        else if ('show' in each) pair.show(each.show);
        else pair.take(each.take);
        // Time does its work at once, as the keeper's own timer lets it.
        pair.show({ type: 'tick' });
        if (!isInSession(pair.session)) continue;
        granted += 1;
        const { indicator, now, session } = pair;
        assert.ok(indicator.is === 'shown' || indicator.is === 'covered', indicator.is);
        if (session.paused || indicator.is === 'shown') continue;
        const ageMs = now.monotonicMs - indicator.sinceMonotonicMs;
        assert.ok(ageMs < INDICATOR_COVERED_MAX_MS, `covered for ${ageMs} ms and not paused`);
      }
    }),
    { numRuns: 3000 },
  );
  assert.ok(granted > 1000, `only ${granted} steps had somebody in`);
});

test('lost is lost: only lowering it makes it rise again, and it demands the end until then', () => {
  const after = fc.array(fc.constantFrom('seen' as const, 'covered' as const, 'tick' as const));
  fc.assert(
    fc.property(loss, after, (why, events) => {
      let { state, demand } = indicate({ is: 'shown' }, { type: 'lost', loss: why }, at(0));
      for (const type of events) {
        assert.deepEqual([state, demand], [{ is: 'lost', loss: why }, 'end']);
        ({ state, demand } = indicate(state, { type }, at(1)));
      }
      assert.ok(!mayBegin(state));
      assert.deepEqual(indicate(state, { type: 'lower' }, at(2)).state, INDICATOR_HIDDEN);
    }),
  );
});

test('what is not seen in time is lost, however often it is raised', () => {
  let { state } = indicate(INDICATOR_HIDDEN, { type: 'raise' }, at(0));
  ({ state } = indicate(state, { type: 'raise' }, at(INDICATOR_RAISE_MAX_MS - 1)));
  assert.equal(state.is, 'rising');
  assert.deepEqual(indicate(state, { type: 'seen' }, at(INDICATOR_RAISE_MAX_MS)), {
    state: { is: 'lost', loss: 'not-raised' },
    demand: 'end',
  });
});

test('a second under something pauses, also when it is seen just then; a moment does not', () => {
  const { state } = indicate({ is: 'shown' }, { type: 'covered' }, at(0));
  const again = indicate(state, { type: 'covered' }, at(999));
  assert.deepEqual(again, { state, demand: 'nothing' });
  const late = indicate(state, { type: 'seen' }, at(INDICATOR_COVERED_MAX_MS));
  assert.deepEqual(late, { state: { is: 'shown' }, demand: 'pause' });
});

test('with nobody in it demands nothing of a session', () => {
  for (const demand of ['nothing', 'pause', 'end'] as const) {
    assert.equal(sessionEventOf(demand, WAITING), null);
  }
});

function at(monotonicMs: number): Instant {
  return { monotonicMs, utcMs: monotonicMs };
}

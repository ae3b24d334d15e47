// Goal: where the facility's policy wants a second person, no session is entered without a right PIN for exactly this consent, in
// time and under the policy and licence as they are then. Method: properties over random events, times and changes of policy and
// licence; a witness keeps its own books of what was asked and answered.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Activity } from '../activity/activity.ts';
import type { OfferedCase, SessionRequest } from '../consent/consent.ts';
import { DomainError } from '../error/domain-error.ts';
import type { FacilityPolicy, SecondApprovalRule } from '../facility-policy/facility-policy.ts';
import { APPROVAL_ASKED_MS, APPROVAL_GIVEN_MS } from '../facility-policy/second-approval.ts';
import type { ApprovalAsked } from '../facility-policy/second-approval.ts';
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
import type { SessionBounds } from './bounds.ts';
import { nextDeadlineMs } from './deadline.ts';
import { DEFAULT_SESSION_LIMITS } from './limits.ts';
import { step } from './session.ts';
import type { SessionEvent, SessionStep } from './session.ts';
import { IDLE, isInSession } from './state.ts';
import type { SessionState } from './state.ts';

const LIMITS = DEFAULT_SESSION_LIMITS;
const SESSION = 'sess-a' as unknown as SessionId;
const CASE: OfferedCase = { id: 'case-a' as unknown as CaseId, number: 'SC-1', facility: 'F' };
const REQUESTS = [0, 1].map((index): SessionRequest => ({
  id: `rqst-${index}` as unknown as RequestId,
  sessionId: SESSION,
  caseId: CASE.id,
  technician: { id: `tech-${index}` as unknown as TechnicianId, name: `T${index}` },
  workstation: { id: `wrks-${index}` as unknown as WorkstationId, keyThumbprint: `k${index}` },
  activities: ['view', 'control', 'fetch-files'],
  comparisonCode: '123 456',
  expiresMonotonicMs: Number.MAX_SAFE_INTEGER,
}));
const BIOMED = { id: 'biomed', name: 'Jo Doe' };
const WARD = { id: 'ward', name: 'Ada Roe' };
const RULE: SecondApprovalRule = { activities: ['control'], approvers: [BIOMED, WARD] };
const POLICY: FacilityPolicy = {
  facility: 'F',
  version: 1,
  validFromUtcMs: 0,
  validUntilUtcMs: Number.MAX_SAFE_INTEGER,
  carts: 'every',
  hours: 'always',
  groups: [
    {
      name: 'all',
      technicians: 'every',
      workstations: 'every',
      activities: ['view', 'control', 'fetch-files', 'send-files'],
    },
  ],
  activities: ['view', 'control', 'fetch-files'],
  files: { fetch: { allowed: 'any', refused: [] }, send: { allowed: 'any', refused: [] } },
  deIdentificationRequired: false,
  regionTemplates: [],
  secondApproval: RULE,
};

function within(change: Partial<FacilityPolicy> = {}): SessionBounds {
  return { ...UNBOUNDED, policy: { is: 'in-force', policy: { ...POLICY, ...change } } };
}

/** The bounds as they are at a step: mostly the same, sometimes another policy or licence. */
const bounds: fc.Arbitrary<SessionBounds> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(within()) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<SessionBounds>(
      within({ secondApproval: { ...RULE, approvers: [WARD] } }),
      within({ secondApproval: { ...RULE, activities: ['view'] } }),
      within({ secondApproval: null }),
      within({ activities: ['view'] }),
      within({ groups: [] }),
      { ...UNBOUNDED, policy: { is: 'missing' } },
      { ...UNBOUNDED, policy: { is: 'expired' } },
      { ...within(), closesMonotonicMs: 0 },
      { ...within(), licence: { features: ['view'] } },
      UNBOUNDED,
    ),
  },
);

const choice = fc.record({
  requestId: fc.constantFrom(...REQUESTS.map(({ id }) => id)),
  activities: fc.constantFrom<readonly Activity[]>(
    ['view', 'control'],
    ['view', 'control', 'fetch-files'],
    ['view'],
  ),
});
/** What a person or the clock does; an answer is to the question that is open then, or to one that was open before. */
type Act =
  | { readonly is: 'event'; readonly event: SessionEvent }
  | {
      readonly is: 'answer';
      readonly toLast: boolean;
      readonly who: string;
      readonly isRight: boolean;
    }
  /** The operator consents to what the second person was asked about. */
  | { readonly is: 'consent' };
const act: fc.Arbitrary<Act> = fc.oneof(
  choice.map((chosen): Act => ({ is: 'event', event: { type: 'ask-approval', ...chosen } })),
  choice.map((chosen): Act => ({
    is: 'event',
    event: { type: 'give-consent', ...chosen, grantId: 'grnt-a' as unknown as GrantId },
  })),
  fc.record({
    is: fc.constant('answer' as const),
    toLast: fc.boolean(),
    who: fc.constantFrom('biomed', 'ward', 'nobody'),
    isRight: fc.boolean(),
  }),
  fc.constant({ is: 'consent' as const }),
  fc
    .constantFrom<SessionEvent>(
      { type: 'tick' },
      { type: 'refuse-approval' },
      { type: 'link-lost' },
      { type: 'link-up' },
      { type: 'offer', offered: CASE, requests: REQUESTS },
      { type: 'offer', offered: CASE, requests: REQUESTS.slice(1) },
      { type: 'end', reason: 'operator-ended' },
    )
    .map((event): Act => ({ is: 'event', event })),
);
const waitMs = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 2000 }) },
  { weight: 1, arbitrary: fc.constantFrom(APPROVAL_GIVEN_MS, APPROVAL_ASKED_MS) },
);
const any = fc.record({ act, waitMs, bounds });
/** Somebody is asked and says yes, so that random acts do not only knock at a closed door. */
const way: fc.Arbitrary<readonly Act[]> = choice.map((chosen) => [
  { is: 'event', event: { type: 'ask-approval', ...chosen } },
  { is: 'answer', toLast: false, who: 'biomed', isRight: true },
]);
const schedule = fc
  .tuple(way, fc.nat({ max: 2 }), fc.array(any, { maxLength: 25 }))
  .map(([acts, steps, later]) => [
    ...acts.slice(0, steps).map((each) => ({ act: each, waitMs: 1, bounds: within() })),
    ...later,
  ]);

const WAY_IN: readonly SessionEvent[] = [
  { type: 'press' },
  { type: 'accept-notice', noticeVersion: NOTICE_VERSION, sessionId: SESSION },
  { type: 'link-up' },
  { type: 'offer', offered: CASE, requests: REQUESTS },
];
const at = (monotonicMs: number) => ({ monotonicMs, utcMs: 0 });

function take(
  state: SessionState,
  event: SessionEvent,
  monotonicMs: number,
  bound = within(),
): SessionStep {
  return step(state, event, at(monotonicMs), LIMITS, NOTICE_VERSION, bound);
}

/** Somebody is shown, and nobody has been asked. */
function waiting(): SessionState {
  return WAY_IN.reduce((state, event) => take(state, event, 0).state, IDLE);
}

/** What a policy and a licence let anybody have, told once more and in other words than the rules under test. */
function needsSecond(
  { policy }: SessionBounds,
  activities: readonly Activity[],
): readonly string[] | null {
  const rule = policy.is === 'in-force' ? policy.policy.secondApproval : null;
  return rule !== null && rule.activities.some((each) => activities.includes(each))
    ? rule.approvers.map(({ id }) => id)
    : null;
}

function isApproved(state: SessionState): boolean {
  return state.phase === 'waiting' && state.approval.is === 'approved';
}

/** What an act is as an event; null when nothing was asked that it could be about. */
function eventOf(
  done: Act,
  open: ApprovalAsked | null,
  last: ApprovalAsked | null,
): SessionEvent | null {
  if (done.is === 'event') return done.event;
  if (done.is === 'consent') {
    if (open === null) return null;
    const { requestId, activities } = open;
    return { type: 'give-consent', requestId, activities, grantId: 'grnt-a' as unknown as GrantId };
  }
  const answers = done.toLast ? last : open;
  const { who: approverId, isRight: isPINRight } = done;
  return answers === null ? null : { type: 'answer-approval', answers, approverId, isPINRight };
}

test('no session is entered without the second yes that the policy wants then, for exactly this consent and in time', () => {
  let entered = 0;
  fc.assert(
    fc.property(schedule, (plan) => {
      let state = waiting();
      let nowMs = 0;
      let open: { readonly asked: ApprovalAsked; readonly atMs: number } | null = null;
      let last: ApprovalAsked | null = null;
      let yes: { readonly for: ApprovalAsked; readonly by: string; readonly atMs: number } | null =
        null;
      for (const each of plan) {
        nowMs += each.waitMs;
        const event = eventOf(each.act, open?.asked ?? null, last);
        if (event === null) continue;
        let next: SessionStep;
        try {
          next = take(state, event, nowMs, each.bounds);
        } catch (refusal) {
          assert.ok(refusal instanceof DomainError, String(refusal));
          continue;
        }
        if (isInSession(next.state) && event.type === 'give-consent') {
          const by = needsSecond(each.bounds, event.activities);
          if (by !== null) {
            entered += 1;
            assert.ok(yes !== null, 'somebody has said yes');
            assert.ok(by.includes(yes.by) && nowMs - yes.atMs < APPROVAL_GIVEN_MS);
            assert.equal(yes.for.requestId, event.requestId);
            assert.deepEqual([...yes.for.activities].toSorted(), [...event.activities].toSorted());
          }
          assert.ok(each.bounds.policy.is === 'none' || each.bounds.policy.is === 'in-force');
          assert.equal(each.bounds.closesMonotonicMs, null);
          const features = each.bounds.licence?.features ?? event.activities;
          assert.ok(event.activities.every((activity) => features.includes(activity)));
          return;
        }
        const isAsked = event.type === 'ask-approval';
        if (isAsked && next.state.phase === 'waiting') {
          assert.ok(next.state.approval.is === 'asked');
          last = open?.asked ?? last;
          open = { asked: next.state.approval, atMs: nowMs };
          yes = null;
        } else if (isApproved(next.state) && !isApproved(state)) {
          assert.ok(event.type === 'answer-approval' && event.isPINRight);
          assert.ok(open !== null && nowMs - open.atMs < APPROVAL_ASKED_MS);
          assert.ok(next.widening && next.facts[0]?.kind === 'second-approval-given');
          yes = { for: open.asked, by: event.approverId, atMs: nowMs };
        } else if (['refuse-approval', 'link-lost', 'end'].includes(event.type)) {
          last = open?.asked ?? last;
          open = null;
          yes = null;
        }
        ({ state } = next);
        assert.ok(!isInSession(state));
      }
    }),
    { numRuns: 5000 },
  );
  assert.ok(entered > 50, `only ${entered} sessions were entered with a second yes`);
});

const CHOICE = {
  requestId: (REQUESTS[0] as SessionRequest).id,
  activities: ['view', 'control'],
} as const;
const CONSENT: SessionEvent = {
  type: 'give-consent',
  ...CHOICE,
  grantId: 'grnt-a' as unknown as GrantId,
};

function asked(): SessionState {
  return take(waiting(), { type: 'ask-approval', ...CHOICE }, 0).state;
}
function yes(state: SessionState, approverId = 'biomed'): SessionEvent {
  assert.ok(state.phase === 'waiting' && state.approval.is === 'asked');
  return { type: 'answer-approval', answers: state.approval, approverId, isPINRight: true };
}

test('a consent that needs a second person is refused without one, and given with one', () => {
  assert.throws(() => take(waiting(), CONSENT, 0), { code: 'SECOND_APPROVAL_NEEDED' });
  assert.throws(() => take(asked(), CONSENT, 0), { code: 'SECOND_APPROVAL_NEEDED' });
  const approved = take(asked(), yes(asked()), 1000).state;
  const granted = take(approved, CONSENT, 2000);
  assert.equal(granted.state.phase, 'granted');
  assert.equal(granted.widening, true);
});

test('silence is a no from its first millisecond on, whether the clock has said so or not', () => {
  const state = asked();
  assert.equal(nextDeadlineMs(state, LIMITS, null), APPROVAL_ASKED_MS);
  assert.equal(take(state, yes(state), APPROVAL_ASKED_MS - 1).widening, true);
  assert.throws(() => take(state, yes(state), APPROVAL_ASKED_MS), { code: 'APPROVAL_NOT_ASKED' });
  const { state: after, facts } = take(state, { type: 'tick' }, APPROVAL_ASKED_MS);
  assert.ok(after.phase === 'waiting' && after.approval.is === 'none');
  assert.deepEqual(facts, [
    { kind: 'second-approval-not-given', sessionId: SESSION, why: 'timed-out' },
  ]);
  const approved = take(state, yes(state), 0).state;
  assert.throws(() => take(approved, CONSENT, APPROVAL_GIVEN_MS), {
    code: 'SECOND_APPROVAL_NEEDED',
  });
});

const CHANGED: readonly [string, SessionBounds, string][] = [
  [
    'a policy that is over',
    { ...UNBOUNDED, policy: { is: 'expired' } },
    'FACILITY_POLICY_NOT_IN_FORCE',
  ],
  ['a window that has closed', { ...within(), closesMonotonicMs: 1000 }, 'FACILITY_CLOSED'],
  ['a policy without the activity', within({ activities: ['view'] }), 'ACTIVITY_NOT_ALLOWED'],
  ['a policy without the technician', within({ groups: [] }), 'ACTIVITY_NOT_ALLOWED'],
  [
    'a policy without the approver',
    within({ secondApproval: { ...RULE, approvers: [WARD] } }),
    'SECOND_APPROVAL_NEEDED',
  ],
  [
    'a licence without the activity',
    { ...within(), licence: { features: ['view'] } },
    'FEATURE_NOT_LICENSED',
  ],
];
for (const [what, bound, code] of CHANGED) {
  test(`${what}, come after the second yes, refuses the grant`, () => {
    const approved = take(asked(), yes(asked()), 500).state;
    assert.equal(take(approved, CONSENT, 1000).state.phase, 'granted');
    assert.throws(() => take(approved, CONSENT, 1000, bound), { code });
  });
}

test('a question goes with the request that it is about, and with the connection; the journal says so', () => {
  const gone: readonly SessionEvent[] = [
    { type: 'offer', offered: CASE, requests: REQUESTS.slice(1) },
    { type: 'offer', offered: null, requests: [] },
    { type: 'link-lost' },
    { type: 'end', reason: 'operator-ended' },
    {
      type: 'give-consent',
      requestId: CHOICE.requestId,
      activities: ['view'],
      grantId: 'g' as unknown as GrantId,
    },
  ];
  for (const event of gone) {
    const { state, facts } = take(asked(), event, 0);
    assert.ok(state.phase !== 'waiting' || state.approval.is === 'none', event.type);
    assert.ok(
      facts.some(({ kind }) => kind === 'second-approval-not-given'),
      event.type,
    );
  }
  const { state } = take(asked(), { type: 'offer', offered: CASE, requests: REQUESTS }, 0);
  assert.ok(state.phase === 'waiting' && state.approval.is === 'asked');
});

test('an answer to a question that is no longer open answers no other one', () => {
  const first = asked();
  const refused = take(first, { type: 'refuse-approval' }, 0).state;
  const wider = { ...CHOICE, activities: ['view', 'control', 'fetch-files'] as const };
  const second = take(refused, { type: 'ask-approval', ...wider }, 0).state;
  assert.throws(() => take(second, yes(first), 0), { code: 'APPROVAL_NOT_ASKED' });
  assert.throws(() => take(refused, yes(first), 0), { code: 'APPROVAL_NOT_ASKED' });
});

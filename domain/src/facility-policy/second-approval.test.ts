// Goal: nobody is let in without the second yes that the policy wants, and every silence is a no. Method: properties over random
// sequences of asking, answers and times; an approval that can be used is traced back to a right PIN for the same question.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ACTIVITIES } from '../activity/activity.ts';
import type { Activity } from '../activity/activity.ts';
import { DomainError } from '../error/domain-error.ts';
import type { RequestId } from '../id/id.ts';
import {
  answerApproval,
  APPROVAL_ASKED_MS,
  APPROVAL_GIVEN_MS,
  APPROVAL_TRIES_MAX,
  askApproval,
  NO_APPROVAL,
  SecondApprovalNeeded,
  tickApproval,
  useApproval,
} from './second-approval.ts';
import type { ApprovalAsk, ApprovalState } from './second-approval.ts';

const RULE = {
  activities: ['control' as const],
  approvers: [
    { id: 'biomed', name: 'Jo Doe' },
    { id: 'ward', name: 'Ada Roe' },
  ],
};
const REQUESTS = ['rqst-a', 'rqst-b'] as unknown as RequestId[];
const ask: fc.Arbitrary<ApprovalAsk> = fc.record({
  requestId: fc.constantFrom(...REQUESTS),
  activities: fc.subarray<Activity>([...ACTIVITIES], { minLength: 1 }),
});
const now = (monotonicMs: number) => ({ monotonicMs, utcMs: 0 });
const event = fc.oneof(
  ask.map((asked) => ({ type: 'ask' as const, asked })),
  fc.record({
    type: fc.constant('answer' as const),
    who: fc.constantFrom('biomed', 'ward', 'nobody'),
    isRight: fc.boolean(),
  }),
  fc.constant({ type: 'tick' as const }),
);

test('what is approved was asked, answered rightly and in time, and nothing else was asked since', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(event, fc.nat({ max: APPROVAL_ASKED_MS })), { maxLength: 20 }),
      ask,
      (events, consent) => {
        let state: ApprovalState = NO_APPROVAL;
        let atMs = 0;
        let asked: { readonly asked: ApprovalAsk; readonly atMs: number } | null = null;
        let right: { readonly by: string; readonly atMs: number } | null = null;
        for (const [each, laterMs] of events) {
          atMs += laterMs;
          try {
            if (each.type === 'ask') {
              state = askApproval(each.asked, RULE, now(atMs));
              asked = { asked: each.asked, atMs };
              right = null;
            } else if (each.type === 'tick') state = tickApproval(state, now(atMs));
            else {
              state = answerApproval(state, each.who, each.isRight, now(atMs));
              if (each.isRight) right = { by: each.who, atMs };
            }
          } catch (fault) {
            assert.ok(fault instanceof DomainError);
          }
        }
        let by: string;
        try {
          by = useApproval(state, consent, RULE, now(atMs)).id;
        } catch (fault) {
          assert.ok(fault instanceof SecondApprovalNeeded);
          return;
        }
        assert.ok(asked !== null && right !== null);
        assert.equal(by, right.by);
        assert.notEqual(by, 'nobody');
        assert.ok(
          right.atMs - asked.atMs < APPROVAL_ASKED_MS && atMs - right.atMs < APPROVAL_GIVEN_MS,
        );
        assert.equal(consent.requestId, asked.asked.requestId);
        assert.deepEqual(
          [...consent.activities].toSorted(),
          [...asked.asked.activities].toSorted(),
        );
      },
    ),
    { numRuns: 500 },
  );
});

test('the right PIN approves exactly what was shown, once it was asked', () => {
  const asked: ApprovalAsk = {
    requestId: REQUESTS[0] as RequestId,
    activities: ['view', 'control'],
  };
  const approved = answerApproval(askApproval(asked, RULE, now(0)), 'ward', true, now(1000));
  assert.equal(useApproval(approved, asked, RULE, now(2000)).name, 'Ada Roe');
  const wider = { ...asked, activities: ['view', 'control', 'send-files'] as const };
  assert.throws(() => useApproval(approved, wider, RULE, now(2000)), SecondApprovalNeeded);
  // Who was taken out of the policy since has not approved.
  const without = { ...RULE, approvers: [{ id: 'biomed', name: 'Jo Doe' }] };
  assert.throws(() => useApproval(approved, asked, without, now(2000)), SecondApprovalNeeded);
  assert.throws(
    () => useApproval(approved, asked, RULE, now(1000 + APPROVAL_GIVEN_MS)),
    SecondApprovalNeeded,
  );
});

test('the last wrong PIN ends the asking', () => {
  let state = askApproval(
    { requestId: REQUESTS[0] as RequestId, activities: ['control'] },
    RULE,
    now(0),
  );
  for (let tries = 0; tries < APPROVAL_TRIES_MAX; tries += 1)
    state = answerApproval(state, 'biomed', false, now(1));
  assert.deepEqual(state, NO_APPROVAL);
});

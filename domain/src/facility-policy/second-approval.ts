/**
 * The second yes: somebody of the facility who is not the operator approves, at the same cart, what the operator has chosen.
 *
 *   none → asked → approved → none
 *             ↘ none (no, too late, too many wrong PINs, another choice)
 *
 * Pure: whether a PIN is right comes in as a fact. Where it stands in a session: `domain/src/session/approval.ts`. An approval is for one request and exactly the activities that were shown, and is
 * used once. Everything that is late is a no. It is not the consent, which is the operator's and comes after it.
 */
import type { Activity } from '../activity/activity.ts';
import type { Instant } from '../clock/instant.ts';
import { DomainError } from '../error/domain-error.ts';
import type { RequestId } from '../id/id.ts';
import type { Approver, SecondApprovalRule } from './facility-policy.ts';

/** Time to fetch somebody from the next room and type a PIN. Milliseconds, monotonic. */
export const APPROVAL_ASKED_MS = 3 * 60_000;
/** How long an approval waits for the consent that it is for. */
export const APPROVAL_GIVEN_MS = 30_000;
/** After so many wrong PINs the answer is no; the operator may ask anew. */
export const APPROVAL_TRIES_MAX = 3;

export interface ApprovalAsk {
  readonly requestId: RequestId;
  readonly activities: readonly Activity[];
}

export type ApprovalAsked = {
  readonly is: 'asked';
  readonly approvers: readonly Approver[];
  readonly triesLeft: number;
  readonly deadlineMonotonicMs: number;
} & ApprovalAsk;

export type ApprovalState =
  | { readonly is: 'none' }
  | ApprovalAsked
  | ({
      readonly is: 'approved';
      readonly by: Approver;
      readonly deadlineMonotonicMs: number;
    } & ApprovalAsk);

export const NO_APPROVAL: ApprovalState = { is: 'none' };

export type ApprovalEnd = 'refused' | 'timed-out' | 'wrong-pin';

export class ApprovalNotAsked extends DomainError {
  readonly code = 'APPROVAL_NOT_ASKED';
}
export class ApproverUnknown extends DomainError {
  readonly code = 'APPROVER_UNKNOWN';
}
export class SecondApprovalNeeded extends DomainError {
  readonly code = 'SECOND_APPROVAL_NEEDED';
}

/** Asks for the second yes; what was asked before is forgotten. */
export function askApproval(
  ask: ApprovalAsk,
  rule: SecondApprovalRule,
  now: Instant,
): ApprovalState {
  return {
    is: 'asked',
    requestId: ask.requestId,
    activities: [...ask.activities],
    approvers: rule.approvers,
    triesLeft: APPROVAL_TRIES_MAX,
    deadlineMonotonicMs: now.monotonicMs + APPROVAL_ASKED_MS,
  };
}

/**
 * Finds who is about to type a PIN.
 * @throws ApprovalNotAsked, also when it is too late; ApproverUnknown
 */
export function approverOf(state: ApprovalState, approverId: string, now: Instant): Approver {
  if (state.is !== 'asked' || now.monotonicMs >= state.deadlineMonotonicMs)
    throw new ApprovalNotAsked('Nobody is asked for a second approval now.');
  const approver = state.approvers.find(({ id }) => id === approverId);
  if (approver === undefined)
    throw new ApproverUnknown('This person may not approve by the policy of the facility.');
  return approver;
}

/**
 * Takes the answer of a PIN.
 * @returns `none` when it was the last wrong one
 * @throws ApprovalNotAsked, ApproverUnknown; nothing changes then
 */
export function answerApproval(
  state: ApprovalState,
  approverId: string,
  isPINRight: boolean,
  now: Instant,
): ApprovalState {
  const by = approverOf(state, approverId, now);
  if (state.is !== 'asked') return NO_APPROVAL;
  const { requestId, activities, triesLeft } = state;
  if (isPINRight) {
    const deadlineMonotonicMs = now.monotonicMs + APPROVAL_GIVEN_MS;
    return { is: 'approved', requestId, activities, by, deadlineMonotonicMs };
  }
  return triesLeft <= 1 ? NO_APPROVAL : { ...state, triesLeft: triesLeft - 1 };
}

/** Tells whether the question that was asked is still the one that is open; tries may have been used up meanwhile. */
export function isSameAsking(state: ApprovalState, asked: ApprovalAsked): boolean {
  return (
    state.is === 'asked' &&
    state.deadlineMonotonicMs === asked.deadlineMonotonicMs &&
    isFor(state, asked)
  );
}

/** Lets time do its work. */
export function tickApproval(state: ApprovalState, now: Instant): ApprovalState {
  return state.is === 'none' || now.monotonicMs < state.deadlineMonotonicMs ? state : NO_APPROVAL;
}

/**
 * Uses an approval for a consent.
 * @param rule as the policy has it now: who was taken out of it since they approved has not approved
 * @returns who approved
 * @throws SecondApprovalNeeded unless it was given for this request and for exactly these activities, and is not too old
 */
export function useApproval(
  state: ApprovalState,
  consent: ApprovalAsk,
  rule: SecondApprovalRule,
  now: Instant,
): Approver {
  const isGiven =
    state.is === 'approved' &&
    now.monotonicMs < state.deadlineMonotonicMs &&
    rule.approvers.some(({ id }) => id === state.by.id) &&
    isFor(state, consent);
  if (!isGiven)
    throw new SecondApprovalNeeded('The facility wants a second person to approve this.');
  return state.by;
}

function isFor(one: ApprovalAsk, other: ApprovalAsk): boolean {
  return (
    one.requestId === other.requestId &&
    one.activities.length === other.activities.length &&
    one.activities.every((activity) => other.activities.includes(activity))
  );
}

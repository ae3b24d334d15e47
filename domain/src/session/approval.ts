/**
 * The second yes as a part of the session: asked while somebody is shown, and gone with whom it was asked for.
 *
 * Its own life is `domain/src/facility-policy/second-approval.ts`; that no grant comes without it is `consent` in `session.ts`.
 */
import type { Activity } from '../activity/activity.ts';
import type { Instant } from '../clock/instant.ts';
import { requireConsentable } from '../consent/consent.ts';
import type { OfferedCase, SessionRequest } from '../consent/consent.ts';
import { DomainError } from '../error/domain-error.ts';
import {
  answerApproval,
  ApprovalNotAsked,
  askApproval,
  isSameAsking,
  NO_APPROVAL,
  tickApproval,
} from '../facility-policy/second-approval.ts';
import type { ApprovalAsked } from '../facility-policy/second-approval.ts';
import type { RequestId } from '../id/id.ts';
import { admitConsent } from './bounds.ts';
import type { SessionBounds } from './bounds.ts';
import { narrow, notGiven, outOfTurn, unchanged, widen } from './session-step.ts';
import type { SessionStep } from './session-step.ts';
import type { SessionState } from './state.ts';

export class RequestUnknown extends DomainError {
  readonly code = 'REQUEST_UNKNOWN';
}

/** Somebody who is shown, and the case that is offered. */
interface Shown {
  readonly state: Extract<SessionState, { readonly phase: 'waiting' }>;
  readonly offered: OfferedCase;
  readonly request: SessionRequest;
}

/** Finds whom the operator has touched. @throws OutOfTurn, RequestUnknown */
export function shownRequest(state: SessionState, requestId: RequestId): Shown {
  if (state.phase !== 'waiting' || state.offered === null) outOfTurn(state);
  const request = state.requests.find(({ id }) => id === requestId);
  if (request === undefined)
    throw new RequestUnknown('This technician is no longer asking. Look at the list again.');
  return { state, offered: state.offered, request };
}

/** Asks for a second person. @throws OutOfTurn, also when none is needed; RequestUnknown, ConsentInvalid, and see {@link admitConsent} */
export function askForApproval(
  current: SessionState,
  event: { readonly requestId: RequestId; readonly activities: readonly Activity[] },
  now: Instant,
  bounds: SessionBounds,
): SessionStep {
  const { state, offered, request } = shownRequest(current, event.requestId);
  const { activities } = event;
  requireConsentable(request, offered, state.sessionId, activities, now);
  const rule = admitConsent(bounds, request, activities, now);
  if (rule === null) outOfTurn(state);
  // A question gives nobody anything.
  return narrow(
    { ...state, approval: askApproval(event, rule, now) },
    {
      kind: 'second-approval-asked',
      sessionId: state.sessionId,
      caseId: request.caseId,
      technicianId: request.technician.id,
      activities: [...activities],
    },
  );
}

/** Takes the answer of a PIN to exactly the question that it was typed for. @throws ApprovalNotAsked, ApproverUnknown */
export function takeAnswer(
  state: SessionState,
  event: {
    readonly answers: ApprovalAsked;
    readonly approverId: string;
    readonly isPINRight: boolean;
  },
  now: Instant,
): SessionStep {
  const { answers, approverId, isPINRight } = event;
  if (state.phase !== 'waiting' || !isSameAsking(state.approval, answers))
    throw new ApprovalNotAsked('This second approval is not asked for any more.');
  const approval = answerApproval(state.approval, approverId, isPINRight, now);
  const { sessionId } = state;
  const next = { ...state, approval };
  if (approval.is === 'approved')
    return widen(next, { kind: 'second-approval-given', sessionId, approver: approverId });
  return approval.is === 'none' ? narrow(next, ...notGiven(state, 'wrong-pin')) : narrow(next);
}

/** The second person, or the operator, says no: what was asked or approved is gone. */
export function refuseApproval(state: SessionState): SessionStep {
  if (state.phase !== 'waiting' || state.approval.is === 'none') return unchanged(state);
  return narrow({ ...state, approval: NO_APPROVAL }, ...notGiven(state, 'refused'));
}

/** What is left of an approval when these are shown: it goes with the request that it is for. */
export function keepApproval(
  state: Extract<SessionState, { readonly phase: 'waiting' }>,
  requests: readonly SessionRequest[],
): SessionStep {
  const { approval } = state;
  if (approval.is === 'none') return unchanged(state);
  const isShown = requests.some(
    (request) =>
      request.id === approval.requestId &&
      approval.activities.every((activity) => request.activities.includes(activity)),
  );
  return isShown ? unchanged(state) : refuseApproval(state);
}

/** Lets an asking or an approval come to its end in time. */
export function tickSecondYes(
  state: Extract<SessionState, { readonly phase: 'waiting' }>,
  now: Instant,
): SessionStep {
  const approval = tickApproval(state.approval, now);
  return approval === state.approval
    ? unchanged(state)
    : narrow({ ...state, approval }, ...notGiven(state, 'timed-out'));
}

/**
 * The life of a remote-service session, as the cart decides it.
 *
 *   idle → notice → dialling → waiting → granted → open → ended → idle
 *
 * Beside its phase stands the clinical interlock (`interlock.ts`), which holds everybody off in each of them.
 *
 * A pure state machine: time and ids come in as arguments, what must be written and done comes out. It lives in
 * memory only, so a restart of the cart ends every session. The agent runs it by one rule: when a step is
 * `widening`, its entries are on disk before the new state is taken; when it is not, the new state is
 * taken first, whatever happens to the entries. It is not the tunnel, nor the check of signatures: requests
 * arrive here verified.
 */
import type { Activity } from '../activity/activity.ts';
import type { Instant } from '../clock/instant.ts';
import { giveConsent } from '../consent/consent.ts';
import type { OfferedCase, SessionRequest } from '../consent/consent.ts';
import { DomainError } from '../error/domain-error.ts';
import type { SessionId } from '../id/id.ts';
import type { JournalFact } from '../journal-entry/journal-entry.ts';
import { useApproval } from '../facility-policy/second-approval.ts';
import type { ActivityAsk } from './admit.ts';
import { admit } from './admit.ts';
import {
  askForApproval,
  keepApproval,
  refuseApproval,
  shownRequest,
  takeAnswer,
  tickSecondYes,
} from './approval.ts';
import { admitConsent } from './bounds.ts';
import type { SessionBounds } from './bounds.ts';
import { keepInterlock, liftInterlock, raiseInterlock, requireNotHeldBack } from './interlock.ts';
import { limitThatPassed, passed } from './limits.ts';
import type { SessionLimits } from './limits.ts';
import { dialFailed, linkLost, linkUp, resumeLink } from './link.ts';
import { end, narrow, notGiven, outOfTurn, unchanged, widen } from './session-step.ts';
import type { SessionStep } from './session-step.ts';
import type { SessionEvent } from './session-event.ts';
import { IDLE, isBound, isInSession } from './state.ts';
import type { SessionState } from './state.ts';

export { RequestUnknown } from './approval.ts';
export { ResumeRefused } from './link.ts';
export { OutOfTurn } from './session-step.ts';
export type { SessionStep } from './session-step.ts';
export type { SessionEvent } from './session-event.ts';

export class NoticeOutdated extends DomainError {
  readonly code = 'NOTICE_OUTDATED';
}
/**
 * Takes one step. Equal arguments give equal results; nothing else is read.
 *
 * What comes with a limit or after it is late, whether the clock has said so yet or not: the timeout has
 * already said no.
 *
 * @throws OutOfTurn when a person's act does not fit the state (nothing changes)
 * @throws NoticeOutdated when another text was accepted than the one shown
 * @throws RequestUnknown when the touched technician is no longer offered
 * @throws ResumeRefused when another technician, case or wider activities try to resume
 * @throws ConsentInvalid see {@link giveConsent}
 * @throws SessionInterlocked when the clinic needs the cart, for whatever would give somebody something
 * @throws FeatureNotLicensed, FacilityPolicyNotInForce, FacilityClosed, ActivityNotAllowed see {@link admitConsent}
 * @throws SecondApprovalNeeded, ApprovalNotAsked, ApproverUnknown where the policy wants a second person
 */
export function step(
  state: SessionState,
  event: SessionEvent,
  now: Instant,
  limits: SessionLimits,
  noticeVersion: string,
  bounds: SessionBounds,
): SessionStep {
  // Before anything else, and without a look at the clock: nothing can keep it from being raised.
  if (event.type === 'raise-interlock') return raiseInterlock(state, event.source, now);
  const passedLimit = event.type === 'end' ? null : limitThatPassed(state, now, limits);
  if (passedLimit !== null) return keepInterlock(state, end(state, passedLimit, now));
  if (event.type === 'lift-interlock') return liftInterlock(state);
  requireNotHeldBack(state, event.type);
  return keepInterlock(state, act(state, event, now, limits, noticeVersion, bounds));
}

function act(
  state: SessionState,
  event: Exclude<SessionEvent, { readonly type: 'raise-interlock' | 'lift-interlock' }>,
  now: Instant,
  limits: SessionLimits,
  noticeVersion: string,
  bounds: SessionBounds,
): SessionStep {
  switch (event.type) {
    case 'press':
      return press(state, now, limits, noticeVersion);
    case 'accept-notice':
      return acceptNotice(state, event, now, limits);
    case 'decline-notice':
      return state.phase === 'notice' ? end(state, 'notice-declined', now) : outOfTurn(state);
    case 'tick':
      return tick(state, now, limits, bounds);
    case 'dial-failed':
      return dialFailed(state, event.failure);
    case 'link-up':
      return linkUp(state, now, limits);
    case 'link-lost':
      return linkLost(state, now, limits);
    case 'offer':
      return offer(state, event, now);
    case 'give-consent':
      return consent(state, event, now, limits, bounds);
    case 'ask-approval':
      return askForApproval(state, event, now, bounds);
    case 'answer-approval':
      return takeAnswer(state, event, now);
    case 'refuse-approval':
      return refuseApproval(state);
    case 'withdraw-activity':
      return withdrawActivity(state, event.activity, now);
    case 'begin-activity':
      return beginActivity(state, event.ask, now);
    case 'still-active':
      return isInSession(state)
        ? narrow({ ...state, lastActivityMonotonicMs: now.monotonicMs })
        : unchanged(state);
    case 'resume-proven':
      return resumeLink(state, event.request, now);
    case 'pause':
      return pause(state);
    case 'lift-pause':
      return liftPause(state);
    case 'end':
      return end(state, event.reason, now);
    case 'dismiss':
      return state.phase === 'ended' ? narrow(IDLE) : outOfTurn(state);
  }
}

function press(
  state: SessionState,
  now: Instant,
  limits: SessionLimits,
  noticeVersion: string,
): SessionStep {
  if (state.phase === 'notice') return unchanged(state);
  if (state.phase !== 'idle' && state.phase !== 'ended') outOfTurn(state);
  const deadlineMonotonicMs = now.monotonicMs + limits.noticeMs;
  // Showing a question gives nobody anything: the notice appears even when the disk is full.
  return narrow(
    { phase: 'notice', noticeVersion, deadlineMonotonicMs },
    { kind: 'notice-shown', noticeVersion },
  );
}

function acceptNotice(
  state: SessionState,
  event: { readonly noticeVersion: string; readonly sessionId: SessionId },
  now: Instant,
  limits: SessionLimits,
): SessionStep {
  if (state.phase !== 'notice') outOfTurn(state);
  if (event.noticeVersion !== state.noticeVersion) {
    throw new NoticeOutdated('The notice has changed. Read it again before you accept it.');
  }
  return widen(
    {
      phase: 'dialling',
      sessionId: event.sessionId,
      noticeVersion: state.noticeVersion,
      deadlineMonotonicMs: now.monotonicMs + limits.dialMs,
      waitingEndsMonotonicMs: null,
      lastFailure: null,
    },
    { kind: 'notice-accepted', noticeVersion: state.noticeVersion, sessionId: event.sessionId },
  );
}

/** Lets time do its work where no limit ends the session. A reading that goes back changes nothing. */
function tick(
  state: SessionState,
  now: Instant,
  limits: SessionLimits,
  { closesMonotonicMs }: SessionBounds,
): SessionStep {
  if (closesMonotonicMs !== null && isBound(state) && passed(closesMonotonicMs, now))
    return end(state, 'facility-closed', now);
  if (state.phase === 'ended') {
    return passed(state.atMonotonicMs + limits.endedMs, now) ? narrow(IDLE) : unchanged(state);
  }
  if (state.phase !== 'waiting') return unchanged(state);
  const { state: next, facts } = tickSecondYes(state, now);
  const requests = state.requests.filter((request) => !passed(request.expiresMonotonicMs, now));
  if (requests.length === state.requests.length) return narrow(next, ...facts);
  return narrow({ ...(next as typeof state), requests }, ...facts);
}

function offer(
  state: SessionState,
  event: { readonly offered: OfferedCase | null; readonly requests: readonly SessionRequest[] },
  now: Instant,
): SessionStep {
  if (state.phase !== 'waiting') return unchanged(state);
  const { offered } = event;
  const requests = offered
    ? event.requests.filter(
        (request) =>
          request.sessionId === state.sessionId &&
          request.caseId === offered.id &&
          !passed(request.expiresMonotonicMs, now),
      )
    : [];
  const fresh = requests.filter((request) => !state.shown.includes(request.id));
  const facts = fresh.map((request): JournalFact => ({
    kind: 'request-shown',
    sessionId: state.sessionId,
    caseId: request.caseId,
    technicianId: request.technician.id,
    workstationId: request.workstation.id,
  }));
  const shown = [...state.shown, ...fresh.map((request) => request.id)];
  const kept = keepApproval(state, requests);
  return narrow(
    { ...(kept.state as typeof state), offered, requests, shown },
    ...kept.facts,
    ...facts,
  );
}

function consent(
  current: SessionState,
  event: Extract<SessionEvent, { readonly type: 'give-consent' }>,
  now: Instant,
  limits: SessionLimits,
  bounds: SessionBounds,
): SessionStep {
  const { state, offered, request } = shownRequest(current, event.requestId);
  const rule = admitConsent(bounds, request, event.activities, now);
  if (rule !== null) useApproval(state.approval, event, rule, now);
  const grant = giveConsent(
    request,
    offered,
    state.sessionId,
    event.activities,
    event.grantId,
    limits.grantMs,
    now,
  );
  return widen(
    {
      phase: 'granted',
      sessionId: state.sessionId,
      grant,
      paused: false,
      link: { is: 'up' },
      lastActivityMonotonicMs: now.monotonicMs,
    },
    ...notGiven(state, 'refused'),
    {
      kind: 'grant-issued',
      sessionId: state.sessionId,
      grantId: grant.id,
      caseId: grant.caseId,
      technicianId: grant.technician.id,
      workstationId: grant.workstation.id,
      activities: grant.activities,
      ...(grant.recordsScreen === true ? { recordsScreen: true as const } : {}),
    },
  );
}

function withdrawActivity(state: SessionState, withdrawn: Activity, now: Instant): SessionStep {
  if (!isInSession(state)) return unchanged(state);
  const activities = state.grant.activities.filter(
    (each) => each !== withdrawn && !(withdrawn === 'view' && each === 'control'),
  );
  if (activities.length === 0) return end(state, 'consent-withdrawn', now);
  return narrow(
    { ...state, grant: { ...state.grant, activities } },
    {
      kind: 'activity-withdrawn',
      sessionId: state.sessionId,
      grantId: state.grant.id,
      activity: withdrawn,
    },
  );
}

/** @throws see {@link admit} */
function beginActivity(state: SessionState, ask: ActivityAsk, now: Instant): SessionStep {
  const session = admit(state, ask, now);
  return widen(
    { ...session, phase: 'open', lastActivityMonotonicMs: now.monotonicMs },
    {
      kind: 'activity-begun',
      sessionId: session.sessionId,
      grantId: session.grant.id,
      activity: ask.activity,
    },
  );
}

function pause(state: SessionState): SessionStep {
  if (!isInSession(state) || state.paused) return unchanged(state);
  return narrow(
    { ...state, paused: true },
    { kind: 'session-paused', sessionId: state.sessionId, grantId: state.grant.id },
  );
}

function liftPause(state: SessionState): SessionStep {
  if (!isInSession(state) || !state.paused) outOfTurn(state);
  return widen(
    { ...state, paused: false },
    {
      kind: 'session-resumed',
      sessionId: state.sessionId,
      grantId: state.grant.id,
      after: 'pause',
    },
  );
}

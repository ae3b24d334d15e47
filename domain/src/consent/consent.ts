/**
 * What the operator is asked, and what an answer creates.
 *
 * A session request is what a technician's licensed workstation signed for exactly this session of this cart; the cart
 * has checked that signature before a request gets here. Consent is the operator's touch on one request,
 * with the activities chosen; it creates one grant. Nothing else creates one.
 */
import type { Activity } from '../activity/activity.ts';
import { isGrantable } from '../activity/activity.ts';
import type { Instant } from '../clock/instant.ts';
import type { DeidentificationRule } from '../deidentification/deidentification.ts';
import { stricterRule } from '../deidentification/deidentification.ts';
import { DomainError } from '../error/domain-error.ts';
import type {
  CaseId,
  GrantId,
  RequestId,
  SessionId,
  TechnicianId,
  WorkstationId,
} from '../id/id.ts';

export interface OfferedCase {
  readonly id: CaseId;
  /** What people say on the telephone, such as `SC-2026-0042`. */
  readonly number: string;
  readonly facility: string;
  /** What the case promises; earlier versions do not say, which counts as `not-required`. */
  readonly deidentification?: DeidentificationRule;
  /** The gateway says that it records what is shown; absent: it does not say so. */
  readonly recordsScreen?: true;
}

/** A designated technician's verified wish to come in. */
export interface SessionRequest {
  readonly id: RequestId;
  readonly sessionId: SessionId;
  readonly caseId: CaseId;
  readonly technician: { readonly id: TechnicianId; readonly name: string };
  readonly workstation: { readonly id: WorkstationId; readonly keyThumbprint: string };
  /** The most that the technician asks for; the operator may grant less, never more. */
  readonly activities: readonly Activity[];
  /** Six digits that operator and technician compare over the telephone. */
  readonly comparisonCode: string;
  /** Past this reading of the cart's monotonic clock the request is no longer shown. */
  readonly expiresMonotonicMs: number;
  /** Under which rule the technician's workstation signed; absent: `not-required`. */
  readonly deidentification?: DeidentificationRule;
}

/** The right that a consent creates: one technician, one case, named activities, an end. */
export interface Grant {
  readonly id: GrantId;
  readonly sessionId: SessionId;
  readonly caseId: CaseId;
  readonly caseNumber: string;
  readonly technician: { readonly id: TechnicianId; readonly name: string };
  readonly workstation: { readonly id: WorkstationId; readonly keyThumbprint: string };
  readonly activities: readonly Activity[];
  readonly issuedUtcMs: number;
  readonly endsMonotonicMs: number;
  /** The stricter one of what the case promised and what was signed; it holds as long as the grant. */
  readonly deidentification?: DeidentificationRule;
  /** The operator was told, before the consent, that what is shown is recorded. */
  readonly recordsScreen?: true;
}

export class ConsentInvalid extends DomainError {
  readonly code = 'CONSENT_INVALID';
}

/**
 * Lets a choice be consented to, or a second person be asked about it.
 * @throws ConsentInvalid when the choice is empty, inconsistent or wider than what was asked, or when the
 *   request has expired or belongs to another session or case
 */
export function requireConsentable(
  request: SessionRequest,
  offered: OfferedCase,
  sessionId: SessionId,
  chosen: readonly Activity[],
  now: Instant,
): void {
  if (request.sessionId !== sessionId || request.caseId !== offered.id) {
    throw new ConsentInvalid('This request was made for another session or another case.');
  }
  if (now.monotonicMs >= request.expiresMonotonicMs) {
    throw new ConsentInvalid('This request has expired. Ask the technician to request again.');
  }
  if (!isGrantable(chosen)) {
    throw new ConsentInvalid('Choose at least one activity; control also needs viewing.');
  }
  if (!chosen.every((activity) => request.activities.includes(activity))) {
    throw new ConsentInvalid('An activity was chosen that the technician did not ask for.');
  }
}

/**
 * Turns the operator's touch on one request into a grant.
 *
 * @param chosen what the operator left switched on
 * @param durationMs how long the grant lasts at most, milliseconds of the monotonic clock
 * @throws ConsentInvalid see {@link requireConsentable}
 */
export function giveConsent(
  request: SessionRequest,
  offered: OfferedCase,
  sessionId: SessionId,
  chosen: readonly Activity[],
  grantId: GrantId,
  durationMs: number,
  now: Instant,
): Grant {
  requireConsentable(request, offered, sessionId, chosen, now);
  return {
    id: grantId,
    sessionId,
    caseId: offered.id,
    caseNumber: offered.number,
    technician: request.technician,
    workstation: request.workstation,
    activities: [...chosen],
    issuedUtcMs: now.utcMs,
    endsMonotonicMs: now.monotonicMs + durationMs,
    deidentification: stricterRule(
      offered.deidentification ?? 'not-required',
      request.deidentification ?? 'not-required',
    ),
    ...(offered.recordsScreen === true ? { recordsScreen: true } : {}),
  };
}

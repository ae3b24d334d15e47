/**
 * A service case: the reason for the work, and the owner of everything retrieved for it.
 *
 *   open → resolving → resolved
 *
 * Resolving is a decision that cannot be taken back; destruction then runs until it is verified, and only a
 * verified destruction makes the case resolved. A legal hold blocks the decision, never a destruction begun.
 */
import type { Instant } from '../clock/instant.ts';
import { DomainError } from '../error/domain-error.ts';
import type { CartSerial, CaseId, TechnicianId } from '../id/id.ts';
import { ExportsOwed } from '../record-export/record-export.ts';

export const CASE_STATES = ['open', 'resolving', 'resolved'] as const;
export type CaseState = (typeof CASE_STATES)[number];

export interface ServiceCase {
  readonly id: CaseId;
  readonly number: string;
  readonly state: CaseState;
  readonly facility: string;
  readonly cart: CartSerial;
  readonly openedUtcMs: number;
  readonly resolvedUtcMs: number | null;
  readonly legalHold: boolean;
  readonly designated: readonly TechnicianId[];
}

export class CaseNotOpen extends DomainError {
  readonly code = 'CASE_NOT_OPEN';
}
export class CaseUnderLegalHold extends DomainError {
  readonly code = 'CASE_UNDER_LEGAL_HOLD';
}
export class CaseInSession extends DomainError {
  readonly code = 'CASE_IN_SESSION';
}
export class DestructionNotVerified extends DomainError {
  readonly code = 'DESTRUCTION_NOT_VERIFIED';
}

/**
 * Decides to resolve a case. From here on nothing new can be retrieved for it.
 *
 * @param owed how many copies are outside that nobody has attested as deleted
 * @throws CaseNotOpen, CaseUnderLegalHold, CaseInSession (end the session first), ExportsOwed
 */
export function beginResolving(
  serviceCase: ServiceCase,
  inSession: boolean,
  owed: number,
): ServiceCase {
  if (serviceCase.state !== 'open') throw new CaseNotOpen('This case is not open any more.');
  if (serviceCase.legalHold) {
    throw new CaseUnderLegalHold('A legal hold keeps this case from being resolved.');
  }
  if (inSession) throw new CaseInSession('End the remote session before you resolve the case.');
  if (owed > 0) throw new ExportsOwed(owed);
  return { ...serviceCase, state: 'resolving' };
}

/** @throws DestructionNotVerified unless the destruction's verification found nothing left */
export function completeResolving(
  serviceCase: ServiceCase,
  destruction: { readonly verified: boolean },
  now: Instant,
): ServiceCase {
  if (serviceCase.state !== 'resolving') throw new CaseNotOpen('This case is not being resolved.');
  if (!destruction.verified) {
    throw new DestructionNotVerified(
      'The destruction could not be verified, so it is not certified.',
    );
  }
  return { ...serviceCase, state: 'resolved', resolvedUtcMs: now.utcMs };
}

/** Adds a designated technician. @throws CaseNotOpen */
export function designate(serviceCase: ServiceCase, technician: TechnicianId): ServiceCase {
  if (serviceCase.state !== 'open') throw new CaseNotOpen('This case is not open any more.');
  if (serviceCase.designated.includes(technician)) return serviceCase;
  return { ...serviceCase, designated: [...serviceCase.designated, technician] };
}

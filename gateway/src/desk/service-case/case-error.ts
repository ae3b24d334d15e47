/** Why a request about a case is refused, beside the domain's own rules. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** There is none, or the caller may not know that there is. */
export class CaseUnknown extends DomainError {
  readonly code = 'CASE_UNKNOWN';
  constructor() {
    super('There is no such case.');
  }
}
/** A cart shows its operator one case at a time. */
export class CartHasOpenCase extends DomainError {
  readonly code = 'CART_HAS_OPEN_CASE';
}
export class CartUnknown extends DomainError {
  readonly code = 'CART_UNKNOWN';
}
/** The licence of the cart names a facility, and the request another one. */
export class CaseFacilityOther extends DomainError {
  readonly code = 'CASE_FACILITY_OTHER';
}
/** Neither the licence of the cart nor the request names a facility. */
export class CaseFacilityMissing extends DomainError {
  readonly code = 'CASE_FACILITY_MISSING';
}
/** The licence of the cart names no facility, and nobody knows the one that was typed. */
export class CaseFacilityUnknown extends DomainError {
  readonly code = 'CASE_FACILITY_UNKNOWN';
}
/** The number typed to confirm is not the case's. */
export class ConfirmationWrong extends DomainError {
  readonly code = 'CONFIRMATION_WRONG';
}
export class CertificateNotIssued extends DomainError {
  readonly code = 'CERTIFICATE_NOT_ISSUED';
}
export class TechnicianUnknown extends DomainError {
  readonly code = 'TECHNICIAN_UNKNOWN';
}

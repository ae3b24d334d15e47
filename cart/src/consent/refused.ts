/** Why a session request is not shown to the operator: codes of docs/protocol.md section 7. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** The certificate or the signature does not prove a licensed workstation. */
export class RequestUntrusted extends DomainError {
  readonly code = 'REQUEST_UNTRUSTED';
}
/** It is for another cart, session, connection, case or time. */
export class RequestStale extends DomainError {
  readonly code = 'REQUEST_STALE';
}
/** It asks for what cannot be asked. */
export class RequestInvalid extends DomainError {
  readonly code = 'REQUEST_INVALID';
}
/** It is fresh beyond doubt (it signs the current challenge), but dated at another time than the cart's. */
export class ClockSkewed extends DomainError {
  readonly code = 'CLOCK_SKEWED';
}

/** Why a request of the desk is not even looked at. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export class HelloFirst extends DomainError {
  readonly code = 'HELLO_FIRST';
}
export class SessionNotCurrent extends DomainError {
  readonly code = 'SESSION_NOT_CURRENT';
}
export class RateLimited extends DomainError {
  readonly code = 'RATE_LIMITED';
}

/** Why the engineer page stays closed. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export class EngineerPinWrong extends DomainError {
  readonly code = 'ENGINEER_PIN_WRONG';
}
export class EngineerPinNotSet extends DomainError {
  readonly code = 'ENGINEER_PIN_NOT_SET';
}
/** Too many wrong PINs. */
export class EngineerLocked extends DomainError {
  readonly code = 'ENGINEER_LOCKED';
  readonly retryAfterSeconds: number;
  constructor(retryAfterSeconds: number) {
    super(`Too many wrong PINs. Wait ${retryAfterSeconds} s, then try again.`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
/** The credential is missing, another one's, or has died. */
export class EngineerClosed extends DomainError {
  readonly code = 'ENGINEER_CLOSED';
}
export class EngineerPinMalformed extends DomainError {
  readonly code = 'ENGINEER_PIN_MALFORMED';
}

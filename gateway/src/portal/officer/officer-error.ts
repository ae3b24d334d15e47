/** Why an officer is not enrolled, or not let in. A refusal tells nothing about what would have been right. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export class OfficerMalformed extends DomainError {
  readonly code = 'OFFICER_MALFORMED';
}
export class OfficerUnknown extends DomainError {
  readonly code = 'OFFICER_UNKNOWN';
  constructor() {
    super('There is no officer of this id. `chaperone portal officer list` lists them.');
  }
}
/** A wrong, old or used code, or an officer who is none any more. */
export class OfficerCodeRefused extends DomainError {
  readonly code = 'OFFICER_CODE_REFUSED';
  constructor() {
    super('This code was not accepted.');
  }
}

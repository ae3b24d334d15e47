/** Somebody is known, and their role does not allow what they ask for. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export class NotAllowed extends DomainError {
  readonly code = 'NOT_ALLOWED';
  constructor() {
    super('Your role does not allow this.');
  }
}

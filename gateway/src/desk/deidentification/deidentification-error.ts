/** What can be wrong with a wish to de-identify, beside what the file itself is refused for. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export class AlreadyDeidentified extends DomainError {
  readonly code = 'ALREADY_DEIDENTIFIED';

  constructor() {
    super('There is a de-identified result of this file already, or it is one itself.');
  }
}

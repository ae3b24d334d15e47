/** Why an act on a record in quarantine is refused. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** A released record is destroyed with its case, not before. */
export class RecordReleased extends DomainError {
  readonly code = 'RECORD_RELEASED';
  constructor() {
    super('This file was released. It is destroyed when the case is resolved.');
  }
}

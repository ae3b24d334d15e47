/** What can go wrong with the cart's journal. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** A fact could not be written, so the act that waited for it must not happen. Usually the disk is full. */
export class JournalUnwritable extends DomainError {
  readonly code = 'JOURNAL_UNWRITABLE';
}

/** The journal on the disk is not what was written. No session is opened on it. */
export class JournalDamaged extends DomainError {
  readonly code = 'JOURNAL_DAMAGED';
  constructor(what: string) {
    super(
      `${what} Nothing was changed. Restore the file from its copy, or keep it elsewhere and enrol the cart again: ` +
        'the service centre has what it read of it.',
    );
  }
}

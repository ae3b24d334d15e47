import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** Thrown when a peer's bytes break RFB or one of our limits: the stream cannot be read any further. */
export class MalformedRFB extends DomainError {
  readonly code = 'RFB_MALFORMED';
}

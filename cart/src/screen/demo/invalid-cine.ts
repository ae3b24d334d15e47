import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** Thrown when a DICOM file is not a cine that the demo can play. */
export class InvalidCine extends DomainError {
  readonly code = 'DEMO_CINE_INVALID';
}

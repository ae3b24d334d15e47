/** Asked to revoke what was never issued, or to retire what was never licensed. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export class CertificateUnknown extends DomainError {
  readonly code = 'CERTIFICATE_UNKNOWN';
  constructor() {
    super('There is no certificate with this serial number.');
  }
}
export class WorkstationUnknown extends DomainError {
  readonly code = 'WORKSTATION_UNKNOWN';
  constructor() {
    super('No workstation has this id.');
  }
}

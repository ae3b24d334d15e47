/** Asked to revoke what was never issued. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export class CertificateUnknown extends DomainError {
  readonly code = 'CERTIFICATE_UNKNOWN';
  constructor() {
    super('There is no certificate with this serial number.');
  }
}

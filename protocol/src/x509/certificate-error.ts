/** What can be wrong with a certificate, wherever it is read: in Node or in a browser. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export class MalformedCertificate extends DomainError {
  readonly code = 'MALFORMED_CERTIFICATE';
}
export class CertificateNotTrusted extends DomainError {
  readonly code = 'CERTIFICATE_NOT_TRUSTED';
}
export class CertificateNotInTime extends DomainError {
  readonly code = 'CERTIFICATE_NOT_IN_TIME';
}

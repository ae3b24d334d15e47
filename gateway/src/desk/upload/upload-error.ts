/** Why an upload is refused, beside what room and vault say. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** There is none of this id that the caller may go on with, or it is over. */
export class UploadUnknown extends DomainError {
  readonly code = 'UPLOAD_UNKNOWN';
  constructor() {
    super('There is no such upload. Begin it again.');
  }
}
/** A piece does not begin where the last one that was kept ended. */
export class UploadOffsetMismatch extends DomainError {
  readonly code = 'UPLOAD_OFFSET_MISMATCH';
}
/** A piece does not have the digest that was sent with it: nothing of it was kept. */
export class UploadChecksumMismatch extends DomainError {
  readonly code = 'UPLOAD_CHECKSUM_MISMATCH';
}
export class UploadHeaderMalformed extends DomainError {
  readonly code = 'UPLOAD_HEADER_MALFORMED';
}
export class TusVersionUnsupported extends DomainError {
  readonly code = 'TUS_VERSION_UNSUPPORTED';
}

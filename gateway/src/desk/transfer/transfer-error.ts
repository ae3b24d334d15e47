/** Why a transfer is refused or fails, beside what the cart and the vault say. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export class TransferUnknown extends DomainError {
  readonly code = 'TRANSFER_UNKNOWN';
  constructor() {
    super('There is no such transfer.');
  }
}
export class TooManyTransfers extends DomainError {
  readonly code = 'TOO_MANY_TRANSFERS';
}
/** Larger than the gateway's configuration allows. */
export class FileTooLarge extends DomainError {
  readonly code = 'FILE_TOO_LARGE';
}
/** The session ended before the whole file had moved. */
export class SessionOver extends DomainError {
  readonly code = 'SESSION_OVER';
}
/** The upload broke off: its length was not what it announced. */
export class UploadBroken extends DomainError {
  readonly code = 'UPLOAD_BROKEN';
}
/** The record is not one that was uploaded to be sent. */
export class RecordNotToSend extends DomainError {
  readonly code = 'RECORD_NOT_TO_SEND';
}

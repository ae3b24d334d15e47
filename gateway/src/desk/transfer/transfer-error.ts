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
/** Only who began a transfer goes on with it: the ledger says who asked for it. */
export class TransferOfAnother extends DomainError {
  readonly code = 'TRANSFER_OF_ANOTHER';
  constructor() {
    super('Another technician began this transfer. Cancel it, and begin it yourself.');
  }
}
/** The transfer is not in a state in which this can be done. */
export class TransferNotHeld extends DomainError {
  readonly code = 'TRANSFER_NOT_HELD';
}
/** More files, directories or levels than one fetch takes. */
export class FolderTooLarge extends DomainError {
  readonly code = 'FOLDER_TOO_LARGE';
}
/** The cart's version of the protocol knows no folders in its inbox. */
export class CartWithoutFolders extends DomainError {
  readonly code = 'CART_WITHOUT_FOLDERS';
}
/** What came is not what its sender has, though no block of it differs; or it was spoilt again and again. */
export class ContentDiffers extends DomainError {
  readonly code = 'CONTENT_DIFFERS';
}
/** The upload broke off: its length was not what it announced. */
export class UploadBroken extends DomainError {
  readonly code = 'UPLOAD_BROKEN';
}
/** The record is not one that was uploaded to be sent. */
export class RecordNotToSend extends DomainError {
  readonly code = 'RECORD_NOT_TO_SEND';
}
/** A cart gave a file that was to be de-identified as it is. */
export class CartSentOriginal extends DomainError {
  readonly code = 'CART_SENT_ORIGINAL';
}

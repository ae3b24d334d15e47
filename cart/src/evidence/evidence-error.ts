/** What the cart answers when evidence that the gateway shows is not taken. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** The checkpoint is not signed by the ledger that this cart has pinned, or is in no form of one. */
export class LedgerNotOurs extends DomainError {
  readonly code = 'LEDGER_NOT_OURS';
}
/** The ledger that is shown is not a continuation of the one that this cart remembers. It is noted for good. */
export class LedgerDiverged extends DomainError {
  readonly code = 'LEDGER_DIVERGED';
}
/** There is no such receipt on this cart. */
export class ReceiptUnknown extends DomainError {
  readonly code = 'RECEIPT_UNKNOWN';
}
/** The countersignature, or the entry that came with it, is not about this receipt. */
export class CountersignatureRefused extends DomainError {
  readonly code = 'COUNTERSIGNATURE_REFUSED';
}
/** What the cart has kept cannot be read or written now. */
export class EvidenceUnreadable extends DomainError {
  readonly code = 'EVIDENCE_UNREADABLE';
}

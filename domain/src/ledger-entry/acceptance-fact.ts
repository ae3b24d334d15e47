/** What the ledger keeps of carts that were commissioned: that a report came, and what it said in a word. */
import type { AcceptanceId } from '../id/id.ts';
import type { ValidationStep } from '../validation/finding.ts';

export interface AcceptanceFact {
  /** Written before the report is countersigned, once: twice only when two desks took the same report at the same moment. */
  readonly kind: 'acceptance-report-received';
  readonly cart: string;
  readonly certificateSerial: string;
  readonly reportId: AcceptanceId;
  /** Of the signed report, base64url. */
  readonly sha256: string;
  readonly result: 'accepted' | 'not-accepted';
  /** The first step that failed; null when none did. */
  readonly failedStep: ValidationStep | null;
}

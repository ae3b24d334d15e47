/** What the ledger says of covered parts of a cart's screen. The reason is a note of the case; the operator's answer is in the cart's journal and receipt. */
import type { CaseId, GrantId, SessionId, TechnicianId } from '../id/id.ts';

export interface UnmaskLedgerFact {
  /** The technician asks the operator to see it. */
  readonly kind: 'unmask-asked';
  readonly caseId: CaseId;
  readonly sessionId: SessionId;
  readonly grantId: GrantId;
  readonly by: TechnicianId;
  /** As the cart's template names it: `layout/mask`, or `whole-screen`. */
  readonly mask: string;
  readonly minutes: number;
}

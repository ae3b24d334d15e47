/** What the ledger says of a second technician who watches a session. */
import type { CaseId, GrantId, SessionId, TechnicianId } from '../id/id.ts';

export interface WatchLedgerFact {
  /** The operator is asked; let them watch, by the cart's signature; it is over. */
  readonly kind: 'watch-asked' | 'watch-granted' | 'watch-ended';
  readonly caseId: CaseId;
  readonly sessionId: SessionId;
  /** Of the session that is watched. */
  readonly grantId: GrantId;
  /** Who watches. */
  readonly technicianId: TechnicianId;
  /** What the cart signed for it; null while it has not. */
  readonly watchGrantId: GrantId | null;
}

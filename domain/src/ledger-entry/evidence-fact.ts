/** What the ledger says of evidence that left the desk: it names who did what, and when. Facilities' own reading is in `portal-fact.ts`. */
import type { CaseId, TechnicianId } from '../id/id.ts';

export interface EvidenceFact {
  readonly kind: 'evidence-exported';
  readonly by: TechnicianId;
  readonly workstationId: string;
  /** Null: an auditor's, of the whole ledger. */
  readonly caseId: CaseId | null;
}

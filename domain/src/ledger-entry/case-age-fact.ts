/** What the ledger says of a case that nobody resolves: decision 0035. */
import type { CaseId } from '../id/id.ts';

export type CaseAgeFact =
  | {
      /** It holds records for longer than the gateway's configuration finds usual. */
      readonly kind: 'case-aged';
      readonly caseId: CaseId;
      /** Days since it was opened, by the gateway's clock. */
      readonly days: number;
    }
  | {
      /** It will be destroyed by the limit unless somebody resolves it, or holds it, before. */
      readonly kind: 'case-end-announced' | 'case-end-reminded';
      readonly caseId: CaseId;
      /** Not before then. */
      readonly earliestUtcMs: number;
    }
  | { readonly kind: 'case-end-withdrawn'; readonly caseId: CaseId };

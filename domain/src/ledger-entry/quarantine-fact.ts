/** What became of a record in its quarantine. No name and no signature: only ids, codes and the version of definitions. */
import type { CaseId, RecordId, TechnicianId } from '../id/id.ts';
import type { HeldReason } from '../quarantine/quarantine.ts';

export type QuarantineFact =
  | {
      /** From here on its content can be had. Of a demo without a scanner, and of what the gateway made itself, it says so. */
      readonly kind: 'record-released';
      readonly caseId: CaseId;
      readonly recordId: RecordId;
      readonly by: 'scan' | 'no-scanner' | 'made-here';
      readonly definitions: number | null;
    }
  | {
      readonly kind: 'record-held';
      readonly caseId: CaseId;
      readonly recordId: RecordId;
      readonly code: HeldReason;
      readonly definitions: number | null;
    }
  | {
      readonly kind: 'record-infected';
      readonly caseId: CaseId;
      readonly recordId: RecordId;
      readonly definitions: number | null;
    }
  | {
      /** A record that was never released was destroyed before its case. */
      readonly kind: 'record-destroyed';
      readonly caseId: CaseId;
      readonly recordId: RecordId;
      readonly by: TechnicianId;
    };

/** What the ledger says of looking at records, and of copies that leave: who may, who did, why, and who says that they are deleted. */
import type { CaseId, ExportId, RecordId, TechnicianId } from '../id/id.ts';
import type { DeletionStatement } from '../record-export/record-export.ts';
import type { Commitment } from './commitment.ts';

export type RecordExportFact =
  | {
      /** Once for a person, a record and a sign-in, before the first byte. */
      readonly kind: 'record-viewed';
      readonly caseId: CaseId;
      readonly recordId: RecordId;
      readonly by: TechnicianId;
    }
  | {
      readonly kind: 'record-exported';
      readonly caseId: CaseId;
      readonly recordId: RecordId;
      readonly by: TechnicianId;
      /** Entries of earlier versions have neither. */
      readonly exportId?: ExportId;
      readonly reasonCommitment?: Commitment;
    }
  | {
      readonly kind: 'export-permitted' | 'export-withdrawn';
      readonly caseId: CaseId;
      readonly technicianId: TechnicianId;
      readonly by: TechnicianId;
    }
  | {
      readonly kind: 'export-attested';
      readonly caseId: CaseId;
      readonly recordId: RecordId;
      readonly exportId: ExportId;
      readonly by: TechnicianId;
      /** Number of the words that were attested. */
      readonly statement: DeletionStatement;
      /** Why somebody else than who exported it attests; null where it is their own. */
      readonly reasonCommitment: Commitment | null;
    };

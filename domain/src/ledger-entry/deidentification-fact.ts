/** What the ledger says of de-identification: which rule a case has, and what came of a record. No names, no values: ids and codes. */
import type {
  DeidentificationRefusal,
  DeidentificationRule,
} from '../deidentification/deidentification.ts';
import type { CaseId, RecordId, TechnicianId } from '../id/id.ts';

export type DeidentificationFact =
  | {
      /** What was promised when the case was opened; only stricter ones may follow. */
      readonly kind: 'deidentification-ruled';
      readonly caseId: CaseId;
      readonly by: TechnicianId;
      readonly rule: DeidentificationRule;
    }
  | {
      readonly kind: 'record-deidentified';
      readonly caseId: CaseId;
      /** The record it was made from; null when the cart did it before anything left. */
      readonly recordId: RecordId | null;
      readonly resultId: RecordId;
      /** Who asked for it; null when the case's rule did. */
      readonly by: TechnicianId | null;
      /** Codes of DICOM CID 7050; none for a log. */
      readonly methods: readonly string[];
    }
  | {
      readonly kind: 'deidentification-refused';
      readonly caseId: CaseId;
      readonly recordId: RecordId;
      readonly by: TechnicianId | null;
      readonly code: DeidentificationRefusal;
    };

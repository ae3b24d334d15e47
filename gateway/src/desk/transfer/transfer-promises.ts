/** What a transfer has to keep to that was promised for its case. */
import type { DeidentificationReport } from '@chaperone/domain/deidentification/report.ts';
import type { CaseId, RecordId } from '@chaperone/domain/id/id.ts';

/** What was promised for a case, and where reports of a cart that keeps it go. */
export interface TransferPromises {
  isDeidentifiedOnly(caseId: CaseId): Promise<boolean>;
  keepReport(caseId: CaseId, record: RecordId, report: DeidentificationReport): Promise<void>;
}

export const NOTHING_PROMISED: TransferPromises = {
  isDeidentifiedOnly: () => Promise.resolve(false),
  keepReport: () => Promise.resolve(),
};

/** What the ledger says of recordings of a cart's screen (decision 0052). */
import type { CaseId, RecordId, SessionId, TechnicianId, TransferId } from '../id/id.ts';
import type { Commitment } from './commitment.ts';

/**
 * How a recording ended: as its screen did, with the gateway in between, before anything was shown, or with its case before
 * it could be closed.
 */
export const RECORDING_OUTCOMES = ['whole', 'interrupted', 'nothing-shown', 'destroyed'] as const;
export type RecordingOutcome = (typeof RECORDING_OUTCOMES)[number];

export type RecordingFact =
  | {
      /** Written before the technician is shown anything. */
      readonly kind: 'recording-begun';
      readonly caseId: CaseId;
      readonly sessionId: SessionId;
      readonly transferId: TransferId;
      readonly by: TechnicianId;
    }
  | {
      /** The service centre's configuration says that screens are not recorded; written before anything is shown. */
      readonly kind: 'recording-off';
      readonly caseId: CaseId;
      readonly sessionId: SessionId;
      readonly by: TechnicianId;
    }
  | {
      /** A record that is named here was read back, and is what was written. */
      readonly kind: 'recording-closed';
      readonly caseId: CaseId;
      readonly sessionId: SessionId;
      readonly transferId: TransferId;
      readonly outcome: RecordingOutcome;
      /** Null where there is none. */
      readonly recordId: RecordId | null;
      readonly durationMs: number;
      readonly bytes: number;
      /** Of its SHA-256; null where there is no record. */
      readonly digestCommitment: Commitment | null;
    };

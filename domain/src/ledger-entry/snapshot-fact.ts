/** What the ledger says of pictures of the cart's screen that become records. */
import type { CaseId, SessionId, TechnicianId, TransferId } from '../id/id.ts';

/** Whether the technician's picture was the cart's pixel for pixel, as their page said; `unknown` when the cart did not say. */
export const SNAPSHOT_PICTURES = ['exact', 'moving', 'unknown'] as const;
export type SnapshotPicture = (typeof SNAPSHOT_PICTURES)[number];

export type SnapshotFact = {
  /** Written before the picture is sealed: an entry without a record says that the sealing failed. */
  readonly kind: 'snapshot-taken';
  readonly caseId: CaseId;
  readonly sessionId: SessionId;
  /** The record's, by which it is found. */
  readonly transferId: TransferId;
  readonly by: TechnicianId;
  readonly bytes: number;
  readonly picture: SnapshotPicture;
};

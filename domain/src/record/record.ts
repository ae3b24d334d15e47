/** A record: a file retrieved from, or sent to, a cart for one case. Treated as PHI until proven otherwise. */
import type { CaseId, RecordId, TransferId } from '../id/id.ts';

export const RECORD_ORIGINS = ['fetched', 'to-send'] as const;
export type RecordOrigin = (typeof RECORD_ORIGINS)[number];

export interface CaseRecord {
  readonly id: RecordId;
  readonly caseId: CaseId;
  readonly transferId: TransferId;
  readonly origin: RecordOrigin;
  /** Unsealed on read; at rest it is sealed under the case's key. */
  readonly name: string;
  readonly bytes: number;
  /** SHA-256 of the content, base64url; sealed at rest like the name. */
  readonly sha256: string;
  readonly sealedUtcMs: number;
}

/** A record: a file retrieved from, or sent to, a cart for one case, or a picture or a recording of its screen. Treated as PHI until proven otherwise. */
import type { CaseId, RecordId, TransferId } from '../id/id.ts';
import type { Quarantine } from '../quarantine/quarantine.ts';

export const RECORD_ORIGINS = [
  'fetched',
  'to-send',
  'de-identified',
  'snapshot',
  'recording',
] as const;
export type RecordOrigin = (typeof RECORD_ORIGINS)[number];

export interface CaseRecord {
  readonly id: RecordId;
  readonly caseId: CaseId;
  readonly transferId: TransferId;
  readonly origin: RecordOrigin;
  /** Unsealed on read; at rest it is sealed under the case's key. */
  readonly name: string;
  /** The folder in which it came, a relative path that obeys `checkRelativePath`; '' for a file by itself. Sealed at rest like the name. */
  readonly folder: string;
  readonly bytes: number;
  /** SHA-256 of the content, base64url; sealed at rest like the name. */
  readonly sha256: string;
  readonly sealedUtcMs: number;
  /** Only a released record is given to anybody. */
  readonly quarantine: Quarantine;
}

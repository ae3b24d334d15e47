/** What a caller brings along to move a file: the grant, and where the moving is written down. */
import type { FileDirection } from '@chaperone/domain/facility-policy/facility-policy.ts';
import type { CaseId, GrantId, SessionId } from '@chaperone/domain/id/id.ts';
import type { MovedFile } from '../session/session.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';

export interface FileRight {
  /**
   * Lets a file be moved by what it is, its name and its first bytes (see `FILE_HEAD_BYTES`), by the facility's policy.
   * @throws FacilityPolicyNotInForce, FacilityClosed, FileTypeNotAllowed
   */
  admitFile(direction: FileDirection, name: string, head: Uint8Array): void;
  /** The case for which files may leave only when they are de-identified; null where they may leave as they are. */
  readonly deidentifyFor: CaseId | null;
  readonly sessionId: SessionId;
  readonly grantId: GrantId;
  /**
   * Records what is about to happen, durably, and asks once more whether it still may.
   * @throws JournalUnwritable, GrantNotInForce, ActivityNotGranted, SessionPaused
   */
  recordFirst(facts: readonly JournalFact[]): Promise<void>;
  /** Records what has happened. */
  recordAfter(facts: readonly JournalFact[]): void;
  /** Counts for the tally, and as activity. */
  moved(change: {
    readonly filesFetched?: number;
    readonly bytesFetched?: number;
    readonly filesPlaced?: number;
    readonly bytesPlaced?: number;
  }): void;
  /** Notes for the receipt what became of a file; again when it went on after a break. */
  settled(file: MovedFile): void;
}

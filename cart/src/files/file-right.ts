/** What a caller brings along to move a file: the grant, and where the moving is written down. */
import type { GrantId, SessionId } from '@chaperone/domain/id/id.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';

export interface FileRight {
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
}

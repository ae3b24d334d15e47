/** Finds the session that a stop of the agent left without its end in the journal. */
import type { GrantId, SessionId } from '@chaperone/domain/id/id.ts';
import type { JournalEntry, JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';

/** How many lines are looked at in one go, from the end backwards. */
const STRETCH_LINES = 200;

/** A part of a journal that can be read back. */
export interface JournalLines {
  readonly size: number;
  lines(from: number): Promise<readonly string[]>;
}

export interface UnfinishedSession {
  readonly sessionId: SessionId;
  readonly grantId: GrantId | null;
}

/** Reads the journal backwards up to the last beginning or end of a session. */
export async function unfinishedSession(journal: JournalLines): Promise<UnfinishedSession | null> {
  let grantId: GrantId | null = null;
  let grantedSession: SessionId | null = null;
  let end = journal.size;
  while (end > 0) {
    const from = Math.max(0, end - STRETCH_LINES);
    const lines = (await journal.lines(from)).slice(0, end - from);
    for (const fact of lines.map(factOf).toReversed()) {
      if (fact.kind === 'session-ended') return null;
      if (fact.kind === 'grant-issued' && grantedSession === null) {
        grantId = fact.grantId;
        grantedSession = fact.sessionId;
      }
      if (fact.kind === 'notice-accepted') {
        const { sessionId } = fact;
        return { sessionId, grantId: grantedSession === sessionId ? grantId : null };
      }
    }
    end = from;
  }
  return null;
}

function factOf(line: string): JournalFact {
  return (JSON.parse(line) as JournalEntry).fact;
}

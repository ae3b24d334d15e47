/**
 * Writes down the end of a session: first the row with the receipt, from which the ledger's entry is made anew after a kill
 * (`missing-ends.ts`).
 */
import type { EndReason } from '@chaperone/domain/session/state.ts';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { GrantedSession, SessionStore } from './session-store.ts';

/**
 * Writes an end that has happened. The ledger hears of it also when the row cannot be written.
 * @param receipt what the cart signed of it; null when it could not say so
 */
export async function writeEnd(
  { ledger, clock }: Pick<DeskContext, 'ledger' | 'clock'>,
  store: SessionStore,
  session: Pick<GrantedSession, 'caseId' | 'session' | 'grant'>,
  reason: EndReason,
  receipt: string | null,
): Promise<void> {
  const { caseId, session: sessionId, grant: grantId } = session;
  let receiptDigest: string | null = null;
  try {
    await store.end(sessionId, { atUtcMs: clock.utcMs(), reason, receiptJWS: receipt });
    // Only now: an entry that names a receipt which no row keeps would look like one that was taken away.
    if (receipt !== null) receiptDigest = statementDigest(receipt);
  } finally {
    const ids = { caseId, sessionId, grantId, reason, receiptDigest };
    ledger.appendLater({ kind: 'session-ended', ...ids });
  }
}

/**
 * Finds ends of sessions that the ledger lacks, because the gateway was killed between two writes.
 *
 * An end is written to the table of sessions first, then to the ledger; a grant the other way round. So after a kill the table
 * may know of an end, or of a receipt, that the ledger does not; and the ledger of a grant that the table does not, which
 * nobody can use any more. It is not about sessions that go on.
 */
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import type { Ledger } from '../../ledger/contract.ts';
import type { SessionStore } from './session-store.ts';

type Kind<K extends LedgerFact['kind']> = LedgerFact & { readonly kind: K };
type Ended = Kind<'session-ended'>;

/** Gives the entries that are missing of a case, oldest session first. */
export async function missingEnds(
  ledger: Pick<Ledger, 'entriesOf'>,
  store: SessionStore,
  caseId: CaseId,
): Promise<readonly Ended[]> {
  const facts = (await ledger.entriesOf(caseId)).map(({ fact }) => fact);
  const told = facts.filter((fact): fact is Ended => fact.kind === 'session-ended');
  const missing: Ended[] = [];
  for (const fact of facts) {
    if (fact.kind !== 'grant-received') continue;
    const { sessionId, grantId } = fact;
    if (grantId === null) continue;
    const known = await store.find(sessionId);
    if (known !== null && !('reason' in known)) continue;
    const receiptDigest = known?.receiptJWS == null ? null : statementDigest(known.receiptJWS);
    const own = told.filter((each) => each.grantId === grantId);
    if (own.some((each) => receiptDigest === null || each.receiptDigest === receiptDigest))
      continue;
    const reason = known?.reason ?? 'gateway-ended';
    missing.push({ kind: 'session-ended', caseId, sessionId, grantId, reason, receiptDigest });
  }
  return missing;
}

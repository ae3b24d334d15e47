/**
 * Finds ends of sessions that the ledger lacks, because the gateway was killed, or its database failed, between two writes.
 *
 * An end is written to the table of sessions first, then to the ledger; a grant the other way round. So after either the table
 * may know of an end, or of a receipt, that the ledger does not; and the ledger of a grant that the table does not, which
 * nobody can use any more. It is not about sessions that go on.
 */
import type { CaseId, SessionId } from '@chaperone/domain/id/id.ts';
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import type { Ledger } from '../../ledger/contract.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import { writeEnd } from './session-end.ts';
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

/**
 * Writes what is missing of a case that is being resolved: nobody is in a session of it, whatever a failed write left behind.
 * @param held sessions whose end is still to come by itself, because their cart has not said goodbye
 */
export async function writeMissingEnds(
  context: Pick<DeskContext, 'ledger' | 'clock'>,
  store: SessionStore,
  caseId: CaseId,
  held: ReadonlySet<SessionId>,
): Promise<void> {
  const told = new Set(held);
  for (const session of await store.running()) {
    if (session.caseId !== caseId || told.has(session.session)) continue;
    told.add(session.session);
    await writeEnd(context, store, session, 'gateway-ended', null);
  }
  for (const fact of await missingEnds(context.ledger, store, caseId)) {
    if (fact.sessionId === null || !told.has(fact.sessionId)) context.ledger.appendLater(fact);
  }
}

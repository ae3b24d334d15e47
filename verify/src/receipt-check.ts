/** Checks session receipts: signed by the cart, about its journal as it is, and named in the ledger. */
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import { TYP, sessionReceiptClaims } from '@chaperone/protocol/signed/claims.ts';
import type { SessionReceiptClaims } from '@chaperone/protocol/signed/claims.ts';
import { StatementInvalid } from '@chaperone/protocol/signed/statement.ts';
import type { CartSigner, CertifiedKey } from './cart-signer.ts';
import { Findings } from './check.ts';
import type { Check } from './check.ts';
import type { CheckedJournal } from './journal-check.ts';
import { textsOf } from './line.ts';
import type { ReadLine } from './line.ts';

export interface KnownCart {
  readonly signer: CartSigner;
  readonly journal: CheckedJournal | null;
}

/** Checks each receipt, and that none which the ledger names is missing. */
export async function checkReceipts(
  receipts: readonly string[],
  carts: readonly KnownCart[],
  entries: readonly ReadLine[],
  caseId: string | null,
): Promise<Check> {
  const found = new Findings(
    'The session receipts are signed by the carts, and ledger and journal agree',
  );
  const ends = entries.filter(({ fact }) => fact.kind === 'session-ended');
  const present = new Set(receipts.map(statementDigest));
  for (const { index, fact } of ends) {
    const digest = fact['receiptDigest'];
    // One connection can serve two cases in turn; the other's receipt is not in this one's bundle.
    if (caseId !== null && fact['caseId'] !== caseId) continue;
    if (typeof digest === 'string' && !present.has(digest)) {
      found.problem(`The receipt that entry ${index} names is missing or was altered.`);
    }
  }
  for (const [at, jws] of receipts.entries()) {
    const read = await readReceipt(jws, carts);
    const named = ends.find(({ fact }) => fact['receiptDigest'] === statementDigest(jws));
    if (named === undefined) found.problem(`No entry of the ledger names receipt ${at + 1}.`);
    if (read === null) found.problem(`Receipt ${at + 1} is not signed by any cart of this bundle.`);
    else compare(at + 1, read, named, entries, caseId, found);
  }
  if (found.holds)
    found.note(receipts.length === 1 ? '1 receipt.' : `${receipts.length} receipts.`);
  return found.done();
}

interface ReadReceipt {
  readonly claims: SessionReceiptClaims;
  readonly by: CertifiedKey;
  readonly cart: KnownCart;
}

async function readReceipt(jws: string, carts: readonly KnownCart[]): Promise<ReadReceipt | null> {
  for (const cart of carts) {
    try {
      const { signer } = cart;
      const { claims, by } = await signer.read(jws, TYP.sessionReceipt, sessionReceiptClaims);
      if (claims.iss === signer.serial) return { claims, by, cart };
    } catch (fault) {
      if (!(fault instanceof StatementInvalid)) throw fault;
    }
  }
  return null;
}

function compare(
  number: number,
  { claims, by, cart: { journal, signer } }: ReadReceipt,
  named: ReadLine | undefined,
  entries: readonly ReadLine[],
  caseId: string | null,
  found: Findings,
): void {
  if (named !== undefined && named.fact['sessionId'] !== claims.session) {
    found.problem(`Receipt ${number} is about another session than entry ${named.index}.`);
  }
  if (named !== undefined) checkKey(number, by, signer, named, entries, found);
  const root = journal?.rootAt(claims.journalSize);
  // A bundle about everything has no journals; one about a case has them, or is not whole.
  if (journal === null && caseId === null) {
    found.note(
      `The journal of cart ${signer.serial} is not here: receipt ${number} was not compared with it.`,
    );
  } else if (root === undefined) {
    found.problem(
      `Receipt ${number} vouches for ${claims.journalSize} lines of the journal of cart ${signer.serial}; ` +
        'not so many are here. If the cart was cut off, export again after it has connected.',
    );
  } else if (root !== claims.journalRoot) {
    found.problem(`When it signed receipt ${number}, cart ${signer.serial} had another journal.`);
  }
  if (claims.startedUtcMs > claims.endedUtcMs)
    found.problem(`Receipt ${number} says that the session ended before it began.`);
  if (claims.grant === null) return;
  const { jti, sub, activities } = claims.grant;
  if (claims.grant.iss !== claims.iss || claims.grant.session !== claims.session)
    found.problem(`The grant inside receipt ${number} is that of another cart or session.`);
  if (caseId !== null && claims.grant.case !== caseId)
    found.problem(`The grant inside receipt ${number} is for another case.`);
  if (named !== undefined && named.fact['grantId'] !== jti)
    found.problem(`Receipt ${number} is about another grant than entry ${named.index}.`);
  const granted = entries.find(
    ({ fact }) =>
      fact.kind === 'grant-received' &&
      fact['sessionId'] === claims.session &&
      fact['grantId'] === jti,
  );
  if (granted === undefined)
    found.problem(`The ledger does not have the grant that receipt ${number} is about.`);
  else if (granted.fact['technicianId'] !== sub) {
    found.problem(`Receipt ${number} names another technician than entry ${granted.index}.`);
  } else if (
    granted.fact['caseId'] !== claims.grant.case ||
    textsOf(granted.fact['activities']).toSorted().join() !== activities.toSorted().join()
  ) {
    found.problem(`Receipt ${number} tells of another grant than entry ${granted.index}.`);
  }
}

/** The certificate must have been in date when the receipt came, and the cart have connected with it. */
function checkKey(
  number: number,
  by: CertifiedKey,
  signer: CartSigner,
  { fact, utcMs }: ReadLine,
  entries: readonly ReadLine[],
  found: Findings,
): void {
  const same = signer.keys.filter(({ keyThumbprint }) => keyThumbprint === by.keyThumbprint);
  if (!same.some(({ notBeforeMs, notAfterMs }) => notBeforeMs <= utcMs && utcMs <= notAfterMs))
    found.problem(`The certificate of who signed receipt ${number} was not in date when it came.`);
  const serials = new Set<unknown>(same.map(({ certificateSerial }) => certificateSerial));
  const connected = entries.some(
    (entry) =>
      entry.fact.kind === 'cart-connected' &&
      entry.fact['cart'] === signer.serial &&
      entry.fact['sessionId'] === fact['sessionId'] &&
      serials.has(entry.fact['certificateSerial']),
  );
  if (!connected)
    found.problem(
      `The ledger knows no connection with the certificate that signed receipt ${number}.`,
    );
}

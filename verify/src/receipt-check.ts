/** Checks session receipts: signed by the cart, about its journal as it is, and named in the ledger. */
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import { TYP, sessionReceiptClaims } from '@chaperone/protocol/signed/claims.ts';
import type { SessionReceiptClaims } from '@chaperone/protocol/signed/claims.ts';
import { StatementInvalid } from '@chaperone/protocol/signed/statement.ts';
import type { CartSigner } from './cart-signer.ts';
import { Findings } from './check.ts';
import type { Check } from './check.ts';
import type { CheckedJournal } from './journal-check.ts';
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
): Promise<Check> {
  const found = new Findings(
    'The session receipts are signed by the carts, and ledger and journal agree',
  );
  const ends = entries.filter(({ fact }) => fact.kind === 'session-ended');
  const present = new Set(receipts.map(statementDigest));
  for (const { index, fact } of ends) {
    const digest = fact['receiptDigest'];
    if (typeof digest === 'string' && !present.has(digest)) {
      found.problem(`The receipt that entry ${index} names is missing or was altered.`);
    }
  }
  for (const [at, jws] of receipts.entries()) {
    const read = await readReceipt(jws, carts);
    const named = ends.find(({ fact }) => fact['receiptDigest'] === statementDigest(jws));
    if (named === undefined) found.problem(`No entry of the ledger names receipt ${at + 1}.`);
    if (read === null) found.problem(`Receipt ${at + 1} is not signed by any cart of this bundle.`);
    else compare(at + 1, read.claims, read.cart, named, entries, found);
  }
  if (found.holds)
    found.note(receipts.length === 1 ? '1 receipt.' : `${receipts.length} receipts.`);
  return found.done();
}

async function readReceipt(
  jws: string,
  carts: readonly KnownCart[],
): Promise<{ readonly claims: SessionReceiptClaims; readonly cart: KnownCart } | null> {
  for (const cart of carts) {
    try {
      const claims = await cart.signer.read(jws, TYP.sessionReceipt, sessionReceiptClaims);
      if (claims.iss === cart.signer.serial) return { claims, cart };
    } catch (fault) {
      if (!(fault instanceof StatementInvalid)) throw fault;
    }
  }
  return null;
}

function compare(
  number: number,
  claims: SessionReceiptClaims,
  { journal, signer }: KnownCart,
  named: ReadLine | undefined,
  entries: readonly ReadLine[],
  found: Findings,
): void {
  if (named !== undefined && named.fact['sessionId'] !== claims.session) {
    found.problem(`Receipt ${number} is about another session than entry ${named.index}.`);
  }
  const root = journal?.rootAt(claims.journalSize);
  if (root === undefined) {
    found.note(
      `The journal of cart ${signer.serial} is not here as far as receipt ${number} goes.`,
    );
  } else if (root !== claims.journalRoot) {
    found.problem(`When it signed receipt ${number}, cart ${signer.serial} had another journal.`);
  }
  if (claims.grant === null) return;
  const { jti, sub } = claims.grant;
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
  }
}

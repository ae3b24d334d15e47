/** Checks what the ledger's key signed under session receipts. */
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import { readReceiptCountersignature } from '@chaperone/protocol/receipt/countersignature.ts';
import type { ReceiptCountersignatureClaims } from '@chaperone/protocol/receipt/countersignature.ts';
import { StatementInvalid } from '@chaperone/protocol/signed/statement.ts';
import type { VerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import { isStrict } from './cart-signer.ts';
import { Findings } from './check.ts';
import type { Check } from './check.ts';
import type { ReadLine } from './line.ts';

/** Reads one, or says what is wrong with it. */
export async function readCountersignature(
  jws: string,
  key: VerifierKey,
  found: Findings,
): Promise<ReceiptCountersignatureClaims | null> {
  try {
    if (!isStrict(jws)) throw new StatementInvalid('countersignature');
    const claims = await readReceiptCountersignature(jws, key);
    if (claims.iss !== key.name) found.problem('A countersignature names another ledger.');
    if (claims.files === 'differ')
      found.problem(
        "The gateway says itself that the cart's list of files is not what its ledger says.",
      );
    return claims;
  } catch (fault) {
    if (!(fault instanceof StatementInvalid)) throw fault;
    found.problem('A countersignature was altered, or is not by the key of the ledger.');
    return null;
  }
}

/** Checks those of a bundle: each is about a receipt that is here, and each that the ledger knows of is here. */
export async function checkCountersignatures(
  signatures: readonly string[] | undefined,
  receipts: readonly string[],
  key: VerifierKey,
  entries: readonly ReadLine[],
  caseId: string | null,
): Promise<Check> {
  const found = new Findings("The gateway's ledger has signed the receipts, too");
  const present = new Set(receipts.map(statementDigest));
  const signed = new Set<string>();
  for (const jws of signatures ?? []) {
    const claims = await readCountersignature(jws, key, found);
    if (claims === null) continue;
    signed.add(claims.receipt);
    if (!present.has(claims.receipt))
      found.problem('A countersignature is for a receipt that is not here, or was altered.');
    if (caseId !== null && claims.case !== caseId)
      found.problem('A countersignature is for a receipt of another case.');
  }
  for (const { index, fact } of entries) {
    if (fact.kind !== 'receipt-countersigned') continue;
    if (caseId !== null && fact['caseId'] !== caseId) continue;
    if (signatures !== undefined && !signed.has(String(fact['receiptDigest'])))
      found.problem(`The countersignature of entry ${index} is missing.`);
  }
  if (signatures === undefined)
    found.note('None is here: the bundle is of an earlier version, which had none.');
  else if (found.holds) found.note(`${signed.size} of ${receipts.length} receipts countersigned.`);
  return found.done();
}

/** Checks what the gateway gives for a receipt: its signature, and that the session's end is in the ledger that this cart knows. */
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import type { CountersignedReceipt } from '@chaperone/protocol/cart-api/evidence.ts';
import { readReceiptCountersignature } from '@chaperone/protocol/receipt/countersignature.ts';
import type { SessionReceiptFile } from '@chaperone/protocol/receipt/receipt-file.ts';
import { sessionReceiptClaims } from '@chaperone/protocol/signed/claims.ts';
import type { SessionReceiptClaims } from '@chaperone/protocol/signed/claims.ts';
import { decodeBase64 } from '@chaperone/protocol/tree/base64.ts';
import { openCheckpoint, readCheckpoint } from '@chaperone/protocol/tree/checkpoint.ts';
import { verifyInclusion } from '@chaperone/protocol/tree/inclusion-proof.ts';
import { lineHash, sameHash } from '@chaperone/protocol/tree/merkle-hash.ts';
import { parseVerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import { decodeJwt } from 'jose';
import { CountersignatureRefused } from './evidence-error.ts';

/** @param checkpoint the newest that this cart remembers @throws CountersignatureRefused */
export async function checkCountersigned(
  file: SessionReceiptFile,
  given: CountersignedReceipt,
  checkpoint: string | null,
): Promise<void> {
  try {
    // The cart signed it itself.
    const claims = sessionReceiptClaims.parse(decodeJwt(file.receipt));
    await checkSignature(file, given, claims);
    await checkEntry(file, given, claims, checkpoint);
  } catch (cause) {
    throw new CountersignatureRefused('The countersignature is not for this receipt.', { cause });
  }
}

async function checkSignature(
  { receipt, ledgerKey }: SessionReceiptFile,
  { countersignature }: CountersignedReceipt,
  claims: SessionReceiptClaims,
): Promise<void> {
  const key = parseVerifierKey(ledgerKey);
  const said = await readReceiptCountersignature(countersignature, key);
  const isOfIt =
    said.iss === key.name &&
    said.cart === claims.iss &&
    said.session === claims.session &&
    said.case === claims.grant?.case &&
    said.receipt === statementDigest(receipt);
  if (!isOfIt) throw new Error('it names another receipt');
}

/** The end of the session has to be in the very ledger that was shown just now. */
async function checkEntry(
  { receipt, ledgerKey }: SessionReceiptFile,
  { ledger }: CountersignedReceipt,
  claims: SessionReceiptClaims,
  checkpoint: string | null,
): Promise<void> {
  const [entry, ...more] = ledger.entries;
  if (entry === undefined || more.length > 0) throw new Error('there must be one entry');
  if (checkpoint === null) throw new Error('no checkpoint was shown');
  const { size, root } = readCheckpoint(checkpoint);
  const under = await openCheckpoint(ledger.checkpoint, parseVerifierKey(ledgerKey));
  if (under.size !== size || !sameHash(under.root, root))
    throw new Error('its checkpoint is not the one that was shown');
  const path = (entry.proof ?? []).flatMap((hash) => decodeBase64(hash) ?? []);
  verifyInclusion(entry.index, size, lineHash(entry.line), path, root);
  const { fact } = JSON.parse(entry.line) as { readonly fact: Record<string, unknown> };
  const isEnd =
    fact['kind'] === 'session-ended' &&
    fact['sessionId'] === claims.session &&
    fact['receiptDigest'] === statementDigest(receipt);
  if (!isEnd) throw new Error('the entry is not the end of this session');
}

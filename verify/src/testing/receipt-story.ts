/** Test support: the receipt of the story's session as one file, and what somebody makes of it who may sign anything. */
import { randomBytes } from 'node:crypto';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import { RECEIPT_COUNTERSIGNATURE_TYP } from '@chaperone/protocol/receipt/countersignature.ts';
import type { SessionReceiptFile } from '@chaperone/protocol/receipt/receipt-file.ts';
import { receiptFilesOf, writeReceiptFile } from '@chaperone/protocol/receipt/receipt-files.ts';
import { TYP } from '@chaperone/protocol/signed/claims.ts';
import {
  cartCertificate,
  ids,
  ledgerFacts,
  ledgerKey,
  ledgerOf,
  linesOf,
  partOf,
  receiptClaims,
  rootCertificate,
  signAsCart,
  signAsLedger,
  verifierLine,
} from './story.ts';

export const fileLines = ['doppler.log', 'bericht Müller.pdf'].map((name, at) =>
  writeReceiptFile({
    transfer: ids.transferId,
    direction: 'from-cart',
    outcome: at === 0 ? 'whole' : 'broken',
    bytes: 10,
    name,
    sha256: at === 0 ? randomBytes(32).toString('base64url') : null,
    utcMs: 3,
    salt: randomBytes(32).toString('base64url'),
  }),
);

const claims = {
  ...receiptClaims,
  opened: ['fetch-files'],
  files: receiptFilesOf(fileLines, 0),
  unmaskings: [],
};

/** Makes a file of a receipt; what the cart and the ledger sign may be changed. */
export async function receiptFileOf(
  changes: {
    readonly claims?: object;
    readonly countersigned?: object;
    readonly lines?: readonly string[];
  } = {},
): Promise<SessionReceiptFile> {
  const receipt = await signAsCart(TYP.sessionReceipt, { ...claims, ...changes.claims });
  const digest = statementDigest(receipt);
  const said = {
    iss: ledgerKey.name,
    cart: receiptClaims.iss,
    session: ids.sessionId,
    case: ids.caseId,
    receipt: digest,
    files: 'agree',
    receivedUtcMs: 4,
    iat: 4,
    ...changes.countersigned,
  };
  const facts = ledgerFacts.map((fact) =>
    fact['kind'] === 'session-ended' ? { ...fact, receiptDigest: digest } : fact,
  );
  const ledger = await ledgerOf(linesOf(facts));
  return {
    kind: 'chaperone-session-receipt',
    version: 1,
    receipt,
    countersignature: await signAsLedger(RECEIPT_COUNTERSIGNATURE_TYP, said),
    files: [...(changes.lines ?? fileLines)],
    certificate: cartCertificate,
    root: rootCertificate,
    ledger: await partOf(ledger, (line) => line.includes('"session-ended"')),
    ledgerKey: verifierLine,
  };
}

/**
 * The gateway's signature under a cart's session receipt: the second of the two, over the same content.
 *
 * It names the receipt by the digest of its bytes, says when it came, and whether the gateway's own account of the files
 * that moved is the same. Works in Node and in a browser. Normative: docs/protocol.md.
 */
import { z } from 'zod';
import { base64url32, caseId, sessionId } from '../cart-api/schema.ts';
import { readStatement } from '../signed/statement.ts';
import type { VerifierKey } from '../tree/verifier-key.ts';

export const RECEIPT_COUNTERSIGNATURE_TYP = 'chaperone-receipt-countersignature+jwt';

/** agree: what each whole file was begun, sealed or sent as is in the ledger. not-compared: the list did not come. */
export const FILES_COMPARED = ['agree', 'differ', 'not-compared'] as const;
export type FilesCompared = (typeof FILES_COMPARED)[number];

export const receiptCountersignatureClaims = z.strictObject({
  /** The ledger's name. */
  iss: z.string().max(200),
  /** Serial number of the cart. */
  cart: z.string().max(64),
  session: sessionId,
  case: caseId,
  /** SHA-256 of the receipt's compact form, base64url. */
  receipt: base64url32,
  files: z.enum(FILES_COMPARED),
  receivedUtcMs: z.number().int(),
  iat: z.number().int().min(0),
});
export type ReceiptCountersignatureClaims = z.infer<typeof receiptCountersignatureClaims>;

/** Checks a countersignature by the ledger's key. @throws StatementInvalid */
export async function readReceiptCountersignature(
  jws: string,
  key: VerifierKey,
): Promise<ReceiptCountersignatureClaims> {
  const raw = Uint8Array.from(key.publicKey);
  const publicKey = await crypto.subtle.importKey('raw', raw, 'Ed25519', false, ['verify']);
  const typ = RECEIPT_COUNTERSIGNATURE_TYP;
  return await readStatement(jws, typ, receiptCountersignatureClaims, publicKey, 'EdDSA');
}

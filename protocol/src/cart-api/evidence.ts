/**
 * Messages of the cart's service API about evidence: what the cart remembers of the ledger, and its session receipts.
 *
 * None of them needs a grant, and all are answered after a session's end too: they give nothing of the cart's files but the
 * lists that its receipts vouch for. Normative: docs/protocol.md, "Evidence at the cart". Decision 0037.
 */
import { z } from 'zod';
import { boundedList } from '../evidence/bounded-list.ts';
import { ledgerEvidence } from '../evidence/schema.ts';
import { receiptFileLine } from '../receipt/receipt-files.ts';
import { PROOF_HASHES_MAX } from '../tree/inclusion-proof.ts';
import { base64url32, compactJWS, sessionId } from './schema.ts';

/** Receipts that one answer names; the rest follows when these are countersigned. */
export const AWAITING_RECEIPTS_MAX = 16;
const base64Hash = z.string().regex(/^[A-Za-z0-9+/]{43}=$/);

/** GET /v1/ledger: the newest checkpoint that this cart has kept. */
export const rememberedLedger = z.strictObject({
  /** 0 when it has kept none. */
  size: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  /** Of the tree of that size; null when it has kept none. */
  root: base64url32.nullable(),
  /** Granted sessions whose receipt the gateway has not countersigned, the oldest first. */
  awaiting: z.array(sessionId).max(AWAITING_RECEIPTS_MAX),
});
export type RememberedLedger = z.infer<typeof rememberedLedger>;

/** PUT /v1/ledger: 204 when it continues what the cart remembers, and is remembered from now on. */
export const shownLedger = z.strictObject({
  /** C2SP tlog-checkpoint, signed. */
  checkpoint: z.string().max(16_384),
  /** From the size that the cart remembers, base64 (RFC 6962 §2.1.2). */
  proof: boundedList(base64Hash, PROOF_HASHES_MAX + 1),
});
export type ShownLedger = z.infer<typeof shownLedger>;

/** PUT /v1/receipts/{session}: 204 when both hold and are kept. */
export const countersignedReceipt = z.strictObject({
  countersignature: compactJWS,
  /** One entry, the end of the session, under the checkpoint that the cart remembers. */
  ledger: ledgerEvidence,
});
export type CountersignedReceipt = z.infer<typeof countersignedReceipt>;

/** Lines of one page of GET /v1/receipt-files/{session}?from=, and characters of them all. */
export const RECEIPT_FILES_PAGE_MAX = 500;
export const RECEIPT_FILES_PAGE_CHARACTERS_MAX = 4 * 1024 * 1024;
/** The rest of the list when it is less than a full page. */
export const receiptFilesPage = z.strictObject({
  lines: z.array(receiptFileLine).max(RECEIPT_FILES_PAGE_MAX),
  /** How many there are in all. */
  count: z.number().int().min(0),
  /** The receipt itself: a broken connection may have kept it from the gateway. */
  receipt: compactJWS,
});
export type ReceiptFilesPage = z.infer<typeof receiptFilesPage>;

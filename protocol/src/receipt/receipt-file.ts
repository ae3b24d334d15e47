/**
 * The receipt of one session with all that is needed to check it: one JSON file, kept by the cart and given to the facility.
 *
 * With `files` it holds names and digests of files, and so perhaps PHI: it is the facility's. Without, it holds none.
 */
import { z } from 'zod';
import { compactJWS } from '../cart-api/schema.ts';
import { boundedList } from '../evidence/bounded-list.ts';
import { ledgerEvidence } from '../evidence/schema.ts';
import { RECEIPT_FILES_MAX, receiptFileLine } from './receipt-files.ts';

export const RECEIPT_FILE_KIND = 'chaperone-session-receipt';

export const sessionReceiptFile = z.strictObject({
  kind: z.literal(RECEIPT_FILE_KIND),
  version: z.literal(1),
  /** As the cart signed it. */
  receipt: compactJWS,
  /** Null while the gateway has not countersigned. */
  countersignature: compactJWS.nullable(),
  /** The lines behind the receipt's `files`; null where they are not kept (any more). */
  files: boundedList(receiptFileLine, RECEIPT_FILES_MAX).nullable(),
  /** The cart's certificate, PEM. */
  certificate: z.string().max(16_384),
  /** PEM: the root of the cart's certificate; or all that carts had, and what leads from one to the next. */
  root: z.string().max(128 * 1024),
  /** The entry that ended the session, with its proof; null while the ledger's word has not come. */
  ledger: ledgerEvidence.nullable(),
  /** The ledger's verifier key, one line. */
  ledgerKey: z.string().max(1024),
});
export type SessionReceiptFile = z.infer<typeof sessionReceiptFile>;

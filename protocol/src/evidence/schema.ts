/**
 * The evidence bundle: what a facility hands to `chaperone verify` (verify/README.md).
 *
 * It is plain JSON of texts that are themselves signed or hashed; nothing in the bundle's own structure is
 * trusted. Lines are the exact bytes that were hashed. It holds no PHI.
 */
import { z } from 'zod';
import { base64url32, caseId, compactJWS } from '../cart-api/schema.ts';
import { boundedList } from './bounded-list.ts';

/** Bytes of a bundle's file. A million ledger lines have about 300 MB. */
export const EVIDENCE_BYTES_MAX = 512 * 1024 * 1024;
/** Bytes of one line of a ledger or journal. */
export const LINE_BYTES_MAX = 4096;
const ENTRIES_MAX = 2_000_000;
const RECEIPTS_MAX = 100_000;
const CARTS_MAX = 10_000;
/** One for each level of the largest tree. */
const PROOF_HASHES_MAX = 48;

const base64Hash = z.string().regex(/^[A-Za-z0-9+/]{43}=$/);
const index = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const line = z.string().min(2).max(LINE_BYTES_MAX);
const pem = z.string().max(16_384);

/** A checkpoint that a witness vouched for, and the proof that the bundle's own one continues it. */
export const witnessedCheckpoint = z.strictObject({
  /** The witness's verifier key. Trusted only when the verifier was given the same. */
  witness: z.string().max(512),
  /** Signed by the ledger, with the cosignature among the signatures. */
  checkpoint: z.string().max(16_384),
  /** RFC 6962 §2.1.2, base64. */
  proof: boundedList(base64Hash, PROOF_HASHES_MAX + 1),
});
export type WitnessedCheckpoint = z.infer<typeof witnessedCheckpoint>;
/** Witnesses in one bundle. */
const WITNESSES_MAX = 16;

export const ledgerEvidence = z.strictObject({
  /** `name+hash+base64` (C2SP signed-note). Trusted only when it is the one that the verifier pinned. */
  verifierKey: z.string().max(512),
  checkpoint: z.string().max(16_384),
  /**
   * Either every entry from 0 to the checkpoint's size, each with `proof: null`; or some, each with the
   * hashes that lead from it to the checkpoint's root (RFC 6962 §2.1.1, base64).
   */
  entries: boundedList(
    z.strictObject({ index, line, proof: boundedList(base64Hash, PROOF_HASHES_MAX).nullable() }),
    ENTRIES_MAX,
  ),
  /** Who vouches for it; absent in bundles of earlier versions. */
  witnessed: z.array(witnessedCheckpoint).max(WITNESSES_MAX).optional(),
});
export type LedgerEvidence = z.infer<typeof ledgerEvidence>;

export const journalEvidence = z.strictObject({
  /** The frontier of the lines before the first one here: size 0 and no hashes for a whole journal. */
  before: z.strictObject({ size: index, hashes: boundedList(base64url32, PROOF_HASHES_MAX) }),
  lines: boundedList(line, ENTRIES_MAX),
  head: compactJWS,
});
export type JournalEvidence = z.infer<typeof journalEvidence>;

export const cartEvidence = z.strictObject({
  serial: z.string().max(64),
  /** Each certificate that this cart has had, PEM, the newest last. */
  certificates: z.array(pem).min(1).max(64),
  journal: journalEvidence.nullable(),
});
export type CartEvidence = z.infer<typeof cartEvidence>;

export const EVIDENCE_FORMAT = 'chaperone-evidence/1';

export const evidenceBundle = z.strictObject({
  format: z.literal(EVIDENCE_FORMAT),
  /** The case that the bundle is about; null when it is about everything. */
  case: caseId.nullable(),
  madeUtcMs: z.number().int(),
  ledger: ledgerEvidence,
  /** Certificate of destruction; null while the case is open. */
  certificate: compactJWS.nullable(),
  /** Session receipts, as the carts signed them. */
  receipts: boundedList(compactJWS, RECEIPTS_MAX),
  /** What the ledger's key signed under those receipts; absent in bundles of earlier versions. */
  countersignatures: boundedList(compactJWS, RECEIPTS_MAX).optional(),
  carts: boundedList(cartEvidence, CARTS_MAX),
  /** The cart root's certificate, PEM; once it was changed every root and what leads from each to the next; null when not known. */
  cartRoot: pem.nullable(),
});
export type EvidenceBundle = z.infer<typeof evidenceBundle>;

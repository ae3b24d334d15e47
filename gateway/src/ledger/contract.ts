/**
 * The ledger, as other zones see it: an append-only list of facts that nobody can change unseen.
 *
 * Acts that widen access wait for `append` before they take effect. Acts that narrow it take effect first and
 * use `appendLater`, which never waits and never fails. Neither is called inside a database transaction.
 */
import type { CaseId, OfficerId } from '@chaperone/domain/id/id.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import type { JournalPage } from '@chaperone/protocol/cart-api/schema.ts';
import type { LedgerEvidence } from '@chaperone/protocol/evidence/schema.ts';
import type { AcceptanceReceiptClaims } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import type { ReceiptCountersignatureClaims } from '@chaperone/protocol/receipt/countersignature.ts';
import type { DestructionCertificateClaims } from '@chaperone/protocol/signed/claims.ts';
import type { Found } from '../platform/database/search.ts';
import type { StatementAlgorithm, StatementKey } from '@chaperone/protocol/signed/statement.ts';

/** The fact could not be written, so the act that waited for it must not happen. It may succeed later. */
export class LedgerUnavailable extends DomainError {
  readonly code = 'LEDGER_UNAVAILABLE';
}

/** What is stored contradicts itself or its signed checkpoint. The gateway does not start on it. */
export class LedgerBroken extends DomainError {
  readonly code = 'LEDGER_BROKEN';

  constructor(what: string, options?: { readonly cause?: unknown }) {
    super(
      `${what} Nothing was changed: restore the database and ledger/ from their copies.`,
      options,
    );
  }
}

/** No such entry, or a page that is too large. */
export class LedgerEntryUnknown extends DomainError {
  readonly code = 'LEDGER_ENTRY_UNKNOWN';
}

/** A witness's signature does not hold, or is not under this ledger. */
export class CosignatureRefused extends DomainError {
  readonly code = 'COSIGNATURE_REFUSED';
}

/** One entry as it stands: the tree's leaf is exactly `line`. */
export interface LedgerLine {
  readonly index: number;
  readonly utcMs: number;
  readonly fact: LedgerFact;
  /** `{"index":…,"utcMs":…,"fact":{…}}`, without a newline. */
  readonly line: string;
}

export interface LedgerSearch {
  readonly kind: string | null;
  /** UTC milliseconds, both included; null for no bound. */
  readonly fromUtcMs: number | null;
  readonly toUtcMs: number | null;
  /** An entry is found that holds any of these; none finds everything. */
  readonly texts: readonly string[];
  readonly offset: number;
  readonly count: number;
}

export interface AppendedEntry {
  readonly index: number;
  /** Base64url. */
  readonly leafHash: string;
}

export interface InclusionProof {
  readonly index: number;
  /** The signed checkpoint that the proof leads to. */
  readonly checkpoint: string;
  /** Base64, the lowest first (RFC 6962 §2.1.1). */
  readonly hashes: readonly string[];
}

/** Who vouches for the ledger, and up to where. */
export interface WitnessStanding {
  /** Its verifier key: `name+hash+base64`. */
  readonly witness: string;
  readonly facility: string;
  readonly size: number;
  readonly seenUtcMs: number;
}

export interface LedgerTile {
  /** Full ones never change; a partial one is gone when it has become full. */
  readonly isFull: boolean;
  readonly bytes: Uint8Array;
}

export interface LedgerStatus {
  readonly size: number;
  /** Facts of `appendLater` that wait to be written. */
  readonly waiting: number;
  /** Facts of `appendLater` that were given up because too many waited. */
  readonly lost: number;
}

export interface SignedCertificate {
  readonly jws: string;
  /** SHA-256 of the JWS, base64url: the `certificateDigest` of the fact `case-resolved`. */
  readonly digest: string;
}

export interface Ledger {
  /**
   * Writes a fact. When it resolves, the entry is on the disk and under a signed checkpoint.
   * @throws LedgerUnavailable
   */
  append(fact: LedgerFact): Promise<AppendedEntry>;
  /** Takes a fact of an act that narrowed access; it is written in order as soon as that is possible. */
  appendLater(fact: LedgerFact): void;
  /** Waits until every fact of `appendLater` so far is written. @throws LedgerUnavailable when one cannot be */
  settle(): Promise<void>;
  /** Every entry that speaks of a case, or of a session that was held for it; oldest first. */
  entriesOf(caseId: CaseId): Promise<readonly LedgerLine[]>;
  /** @param count at most 1,000 */
  page(from: number, count: number): Promise<readonly LedgerLine[]>;
  /** Entries by kind, time and text, newest first. @throws LedgerBroken */
  search(search: LedgerSearch): Promise<Found<LedgerLine>>;
  /** The latest signed checkpoint, a C2SP tlog-checkpoint. */
  checkpoint(): string;
  /** @throws LedgerEntryUnknown */
  inclusionProof(index: number): Promise<InclusionProof>;
  /** Base64, as in RFC 6962 §2.1.2. @throws LedgerEntryUnknown */
  consistencyProof(earlierSize: number, laterSize: number): Promise<readonly string[]>;
  /**
   * A piece of the tree by its path, `tile/…` (C2SP tlog-tiles).
   * @param of what may be read: entries are for who may read all of them
   * @throws TileUnknown
   */
  tile(path: string, of: 'hashes' | 'hashes and entries'): Promise<LedgerTile>;
  /**
   * What is shown to a witness that saw `old` entries last (C2SP tlog-witness). One that saw more than there are is an entry: this
   * ledger was put back.
   * @throws LedgerEntryUnknown
   */
  witnessRequest(old: number, officerId: OfficerId): Promise<string>;
  /** Keeps a witness's cosignature; its first one is an entry. @throws CosignatureRefused, LedgerUnavailable */
  keepCosignature(given: {
    readonly officerId: OfficerId;
    readonly facility: string;
    readonly witness: string;
    readonly note: string;
  }): Promise<void>;
  /** @param facility null: of every facility */
  witnesses(facility: string | null): Promise<readonly WitnessStanding[]>;
  /** The line by which anybody checks this ledger: `name+hash+base64`. */
  verifierKey(): string;
  /** Signs a certificate of destruction (JWS, EdDSA) with the ledger's key. */
  signCertificate(claims: DestructionCertificateClaims): Promise<SignedCertificate>;
  /** Countersigns a cart's acceptance report (JWS, EdDSA) under this ledger's name: when it came, and nothing of its truth. */
  signReceipt(claims: Omit<AcceptanceReceiptClaims, 'iss'>): Promise<string>;
  /** Signs under a cart's session receipt (JWS, EdDSA), in this ledger's name. */
  countersign(claims: Omit<ReceiptCountersignatureClaims, 'iss'>): Promise<string>;
  /**
   * Gathers entries for `chaperone verify`: of one case with a proof for each, or the whole ledger.
   * @param facility whose witnesses' cosignatures go with a case; with everything go all
   * A case's part shows that nothing in it was altered; only the whole shows that nothing was left out.
   */
  evidence(of: CaseId | 'everything', facility?: string): Promise<LedgerEvidence>;
  /** What stands before the entries of the whole: they are read page by page, up to `size`. */
  evidenceHead(): Promise<Omit<LedgerEvidence, 'entries'> & { readonly size: number }>;
  status(): LedgerStatus;
  /** Reads everything again and recomputes every hash. @throws LedgerBroken saying where */
  verifyAll(): Promise<{ readonly size: number }>;
  /** Writes what waits, if that is possible, and stops. */
  close(): Promise<void>;
}

export interface CartKey {
  readonly key: StatementKey;
  readonly algorithm: StatementAlgorithm;
}

/** What is known of a cart's journal: where the next reading begins. */
export interface JournalPosition {
  readonly size: number;
  /** Base64url; of the empty tree when size is 0. */
  readonly root: string;
}

export type Reconciliation =
  | { readonly is: 'ok'; readonly size: number; readonly root: string; readonly added: number }
  | { readonly is: 'diverged'; readonly size: number; readonly code: DivergenceCode };

/**
 * head-invalid: not signed by this cart. shorter: smaller than what was seen before. rewritten: the lines seen
 * before, with the new ones, do not give the head's root. malformed: a line is no journal entry or out of order.
 */
export const DIVERGENCE_CODES = [
  'JOURNAL_HEAD_INVALID',
  'JOURNAL_SHORTER',
  'JOURNAL_REWRITTEN',
  'JOURNAL_MALFORMED',
] as const;
export type DivergenceCode = (typeof DIVERGENCE_CODES)[number];

export interface CartJournalLine {
  readonly index: number;
  readonly line: string;
}

/** Keeps copies of the carts' journals and notices when one is not a continuation of what was seen. */
export interface CartJournals {
  /** Where to go on reading: ask the cart for `GET /v1/journal?from=<size>` until a page reaches its head. */
  position(cart: string): Promise<JournalPosition>;
  /**
   * Checks the pages since `position`, stores their lines, and writes `journal-reconciled` or
   * `journal-diverged` to the ledger. What diverged is not stored.
   */
  reconcile(cart: string, pages: readonly JournalPage[], key: CartKey): Promise<Reconciliation>;
  /** @param count at most 1,000 */
  lines(cart: string, from: number, count: number): Promise<readonly CartJournalLine[]>;
  /** The last signed head that fitted, or null. */
  head(cart: string): Promise<string | null>;
}

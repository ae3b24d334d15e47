/**
 * The vault, as other zones see it: what was retrieved for a case, sealed under that case's own key.
 *
 * Everything that may hold PHI passes through here on its way to the disk: files as records, and names, notes and
 * salts as sealed text. Destroying a case erases its key first; what remains is unreadable from then on.
 */
import type { CaseCounts } from '@chaperone/domain/destruction/case-counts.ts';
import type { DestructionStep, Remains } from '@chaperone/domain/destruction/destruction.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { CaseId, RecordId, TransferId } from '@chaperone/domain/id/id.ts';
import type { Quarantine, QuarantineState } from '@chaperone/domain/quarantine/quarantine.ts';
import type { CaseRecord, RecordOrigin } from '@chaperone/domain/record/record.ts';

/** A stored file, key or text is not what was stored: flipped, cut short or from elsewhere. */
export class RecordDamaged extends DomainError {
  readonly code = 'RECORD_DAMAGED';
}
export class RecordUnknown extends DomainError {
  readonly code = 'RECORD_UNKNOWN';
}
/** There is no key for this case: never made, or destroyed with the case. */
export class CaseKeyMissing extends DomainError {
  readonly code = 'CASE_KEY_MISSING';
}
/** This transfer's file is a record already; or somebody else is receiving it now. */
export class TransferTaken extends DomainError {
  readonly code = 'TRANSFER_TAKEN';
}
/** The received bytes are not those that were announced. What was staged is gone. */
export class RecordDigestMismatch extends DomainError {
  readonly code = 'RECORD_DIGEST_MISMATCH';
}
/** The disk failed; what is staged so far stays. A full one is `DiskFull`. */
export class VaultUnavailable extends DomainError {
  readonly code = 'VAULT_UNAVAILABLE';
}
/** A destruction stopped on its way. It is remembered, and goes on by itself, when asked again, or at the next start. */
export class DestructionInterrupted extends DomainError {
  readonly code = 'DESTRUCTION_INTERRUPTED';
}

/** Bytes of content that are sealed in one piece; what is less waits in memory until more comes. */
export { CHUNK_BYTES as SEALED_AT_ONCE_BYTES } from './age/age.ts';

/** Text sealed under a case's key, base64url. */
export type SealedText = string;

export interface NewRecord {
  readonly origin: RecordOrigin;
  readonly name: string;
  /** See {@link CaseRecord.folder}. */
  readonly folder?: string;
  /** SHA-256 of the content, base64url. */
  readonly sha256: string;
}

/** A file on its way into the vault. Each byte is sealed before it touches the disk. */
export interface Staging {
  /** Bytes taken so far. After a crash, what was on the disk: fetch again from here. */
  readonly receivedBytes: number;
  /**
   * SHA-256 of each block (`BLOCK_BYTES`) that was there when it was opened, of the last one as far as it goes; null for one
   * that the disk spoilt. With such a one it can go on, but must be mended before it is finished.
   */
  readonly openedBlocks: readonly (Uint8Array | null)[];
  /** SHA-256 of all that came, base64url; null while something of it is spoilt. */
  digest(): string | null;
  /**
   * Replaces blocks, by index; each is as long as what is there. All others are written anew beside it: a spoilt one has to be
   * among those that are given. When it fails, what was staged is as it was.
   * @throws DiskFull, VaultUnavailable, and what a block's function throws
   */
  mend(blocks: ReadonlyMap<number, () => Promise<Uint8Array>>): Promise<void>;
  /** Takes the next bytes. The array may be used again when it resolves. @throws DiskFull, VaultUnavailable */
  append(chunk: Uint8Array): Promise<void>;
  /**
   * Makes durable what fills whole pieces of `SEALED_AT_ONCE_BYTES` and is followed by more.
   * @throws DiskFull, VaultUnavailable; the file takes nothing more then
   */
  makeDurable(): Promise<void>;
  /**
   * Compares the digest, makes the file durable and gives it its final name.
   * @throws RecordDigestMismatch (what was staged is gone), DiskFull, VaultUnavailable
   */
  finish(record: NewRecord): Promise<CaseRecord>;
  /** Makes what was taken durable and lets go; a later `openStaging` goes on from there. */
  suspend(): Promise<void>;
  /** Removes what was staged. */
  discard(): Promise<void>;
}

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export interface RecordContent {
  readonly record: CaseRecord;
  /** The bytes asked for. It ends with RecordDamaged when the disk gives something else. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** What a zone knows of a case outside the vault, and has to erase with it. */
export interface CaseTraces {
  /** Its tables, so that deleted rows are taken off the disk. */
  readonly tables: readonly string[];
  /** Deletes names, notes and all else that may hold PHI. May be called again after a crash. */
  eraseTraces(caseId: CaseId): Promise<void>;
  /** Counts what is still there. */
  countTraces(caseId: CaseId): Promise<number>;
  /** Counts, before anything is erased, what its certificate should say that there was. */
  count?(caseId: CaseId): Promise<CaseCounts>;
}

/** Who is told how a destruction goes. */
export interface DestructionWitness {
  /** After each completed step; must neither wait nor fail (`Ledger.appendLater`). */
  stepDone(caseId: CaseId, step: DestructionStep): void;
  /**
   * Issues the certificate and resolves the case. May be called again after a crash: what was issued
   * before is to be left as it is.
   */
  certify(outcome: DestructionOutcome): Promise<void>;
}

/** What a certificate of destruction says about the destruction itself (NIST SP 800-88r2 §4.6). */
export interface DestructionOutcome {
  readonly caseId: CaseId;
  readonly records: number;
  readonly bytes: number;
  readonly method: 'cryptographic erase and deletion';
  readonly technique: string;
  readonly verificationMethod: string;
  /** All zero. */
  readonly remains: Remains;
  /** Where it lay; the words of SP 800-88r2 for how it went. */
  readonly media: string;
  readonly category: 'clear' | 'purge';
  /** What there was when the destruction was decided. */
  readonly counts: CaseCounts;
  /** Every kind of place that was searched: tables by name, and what of the vault. */
  readonly lookedIn: readonly string[];
  readonly decidedUtcMs: number;
  /** When the verification found nothing left. */
  readonly destroyedUtcMs: number;
}

/** How many records of a case are where in their quarantine: for its certificate of destruction. */
export interface QuarantineCounts {
  readonly released: number;
  /** Waiting, being scanned or held: their content was never given to anybody. */
  readonly neverReleased: number;
  readonly infected: number;
}

export interface QuarantinedRecord {
  readonly id: RecordId;
  readonly caseId: CaseId;
  readonly state: QuarantineState;
}

/**
 * The one door to content that is not released. Only what puts the gateway together has it, and gives it to the desk's
 * scans alone; whoever holds a `Vault` cannot come here.
 */
export interface QuarantineDoor {
  /**
   * Says who is told of each new record, once, before the first comes. It is awaited before the record is acknowledged, and
   * must not fail.
   */
  attend(arrived: (record: CaseRecord) => Promise<void>): void;
  /** Records in these states, of all cases that are not being destroyed, oldest first. */
  list(states: readonly QuarantineState[]): Promise<readonly QuarantinedRecord[]>;
  /** Opens the content of a record that is being scanned. @throws RecordUnknown, CaseKeyMissing, RecordDamaged, RangeError */
  contentToScan(caseId: CaseId, recordId: RecordId, range?: ByteRange): Promise<RecordContent>;
  /**
   * Writes down where a record is now; a released or infected one is moved no more.
   * @throws RecordUnknown when it is not (any more) in the state `from`; CaseKeyMissing
   */
  move(caseId: CaseId, recordId: RecordId, from: QuarantineState, to: Quarantine): Promise<void>;
}

export interface Vault {
  /**
   * Says who else keeps something of a case, and who is told of destructions. Once, before the first
   * destruction: the zones that are named here are themselves built on the vault.
   */
  attend(traces: readonly CaseTraces[], witness: DestructionWitness): void;
  /** Makes the key of a new case; durable when it resolves. @throws DiskFull */
  createCaseKey(caseId: CaseId): Promise<void>;
  hasCaseKey(caseId: CaseId): Promise<boolean>;
  /** @throws CaseKeyMissing */
  sealText(caseId: CaseId, text: string): Promise<SealedText>;
  /** @throws CaseKeyMissing, RecordDamaged */
  unsealText(caseId: CaseId, sealed: SealedText): Promise<string>;
  /** Begins to receive a file, or goes on after an interruption. @throws CaseKeyMissing, TransferTaken, DiskFull */
  openStaging(caseId: CaseId, transferId: TransferId): Promise<Staging>;
  /**
   * Removes what is staged of all transfers but these: uploads that a crash cut off, and what failed in that moment. Call
   * it at start, before anything is received.
   * @returns how many files
   */
  discardForgotten(known: ReadonlySet<TransferId>): Promise<number>;
  /** Records of a case, oldest first. @throws CaseKeyMissing */
  records(caseId: CaseId): Promise<readonly CaseRecord[]>;
  /** How many records a case holds; 0 when it is destroyed. */
  countRecords(caseId: CaseId): Promise<number>;
  /** How many of them are where in their quarantine; zeros when it is destroyed. */
  countQuarantine(caseId: CaseId): Promise<QuarantineCounts>;
  /** Bytes of content of all records of a case; 0 when it is destroyed. */
  bytesOf(caseId: CaseId): Promise<number>;
  /** Bytes that are free on the disk of the records. */
  freeBytes(): Promise<number>;
  /** @throws RecordUnknown, CaseKeyMissing */
  record(caseId: CaseId, recordId: RecordId): Promise<CaseRecord>;
  /**
   * Opens the content of a released record, or a part. This is the only way to it for people and carts: viewers, exports,
   * sends and all that is made from a record come here, and pass the refusal on.
   * @throws RecordInQuarantine, RecordUnknown, CaseKeyMissing, RecordDamaged, RangeError
   */
  content(caseId: CaseId, recordId: RecordId, range?: ByteRange): Promise<RecordContent>;
  /** Reads a whole record again and compares its digest. @throws RecordDamaged, RecordUnknown, CaseKeyMissing */
  verifyRecord(caseId: CaseId, recordId: RecordId): Promise<void>;
  /** Removes one record: a file that was only on its way to a cart, for instance. @throws RecordUnknown */
  removeRecord(caseId: CaseId, recordId: RecordId): Promise<void>;
  /**
   * Destroys everything that a case holds, and verifies and certifies it; done twice, it tells the same outcome.
   * New work for the case is refused from the start.
   * @throws DestructionInterrupted
   */
  destroyCase(caseId: CaseId): Promise<DestructionOutcome>;
  /** Goes on with destructions that a crash or fault cut off. Call it at start. @throws DestructionInterrupted */
  resumeDestructions(): Promise<readonly CaseId[]>;
  /** Lets go of files and wipes the keys in memory. */
  close(): Promise<void>;
}

/**
 * The vault, as other zones see it: what was retrieved for a case, sealed under that case's own key.
 *
 * Everything that may hold PHI passes through here on its way to the disk: files as records, and names, notes and
 * salts as sealed text. Destroying a case erases its key first; what remains is unreadable from then on.
 */
import type { DestructionStep, Remains } from '@chaperone/domain/destruction/destruction.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { CaseId, RecordId, TransferId } from '@chaperone/domain/id/id.ts';
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

/** Text sealed under a case's key, base64url. */
export type SealedText = string;

export interface NewRecord {
  readonly origin: RecordOrigin;
  readonly name: string;
  /** SHA-256 of the content, base64url. */
  readonly sha256: string;
}

/** A file on its way into the vault. Each byte is sealed before it touches the disk. */
export interface Staging {
  /** Bytes taken so far. After a crash, what was on the disk: fetch again from here. */
  readonly receivedBytes: number;
  /** Takes the next bytes. The array may be used again when it resolves. @throws DiskFull, VaultUnavailable */
  append(chunk: Uint8Array): Promise<void>;
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
  readonly decidedUtcMs: number;
  /** When the verification found nothing left. */
  readonly destroyedUtcMs: number;
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
  /** Bytes of content of all records of a case; 0 when it is destroyed. */
  bytesOf(caseId: CaseId): Promise<number>;
  /** Bytes that are free on the disk of the records. */
  freeBytes(): Promise<number>;
  /** @throws RecordUnknown, CaseKeyMissing */
  record(caseId: CaseId, recordId: RecordId): Promise<CaseRecord>;
  /** Opens a record's content, or a part. @throws RecordUnknown, CaseKeyMissing, RecordDamaged, RangeError */
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

/**
 * Where whole, sealed records lie: a local directory or an S3-compatible store.
 *
 * An object has its final name only when it is whole, and becomes a record only when what was stored has been
 * compared with what was given. Everything in it is sealed already; the store sees cases' and records' ids, lengths
 * and times, and nothing else. What is on its way in stays in `StagingFiles`, on this machine. Decision 0028.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { CaseId, RecordId } from '@chaperone/domain/id/id.ts';

/** The store as configured cannot keep the vault's promise: what is removed from it would still be there. */
export class RecordStoreUnfit extends DomainError {
  readonly code = 'RECORD_STORE_UNFIT';
}

export interface RecordPlace {
  readonly caseId: CaseId;
  readonly recordId: RecordId;
}

/** A stored object, opened for reading. */
export interface StoredObject {
  readonly sealedBytes: number;
  /**
   * Reads so many bytes from a place, fewer only at the object's end.
   * @throws VaultUnavailable, RecordUnknown when it was removed meanwhile
   */
  read(place: number, bytes: number): Promise<Buffer>;
  close(): Promise<void>;
}

export interface RecordStore {
  /** Bytes that are best read at once: a disk is near, a store in a network is not. */
  readonly readBytesAtOnce: number;
  /** Makes ready for a case. @throws DiskFull, VaultUnavailable */
  makeRoom(caseId: CaseId): Promise<void>;
  /**
   * Takes a whole staged file under its final name. When it resolves, the object is durable and was compared with the
   * file, and the file is gone. After a crash or fault it may be done again with the same file.
   * @throws DiskFull, VaultUnavailable; the file is still there then
   */
  take(stagedFile: string, place: RecordPlace): Promise<void>;
  /** Tells whether there is an object under a final name. @throws VaultUnavailable */
  has(place: RecordPlace): Promise<boolean>;
  /** @throws RecordUnknown, VaultUnavailable */
  open(place: RecordPlace): Promise<StoredObject>;
  /** Removes an object with all that the store keeps of it; it need not be there. @throws VaultUnavailable */
  remove(place: RecordPlace): Promise<void>;
  /** Removes everything of a case, durably. @throws VaultUnavailable */
  removeCase(caseId: CaseId): Promise<void>;
  /** Counts what there is of a case in any form: objects, versions, marks of deletion, unfinished uploads. */
  countOf(caseId: CaseId): Promise<number>;
  close(): Promise<void>;
}

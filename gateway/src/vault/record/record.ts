/**
 * Records: sealed files with a row each, from their first byte to their removal.
 *
 * A file is staged, compared with its digest, made durable, written down as `placing`, given its name, and written
 * down as `placed`. A crash anywhere in between is put right at the next opening: nothing that was acknowledged is
 * lost, and nothing stands under its final name before it is whole and verified.
 */
import { createHash } from 'node:crypto';
import type { CaseCounts } from '@chaperone/domain/destruction/case-counts.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CaseId, RandomBytes, RecordId, TransferId } from '@chaperone/domain/id/id.ts';
import { assertReleased } from '@chaperone/domain/quarantine/quarantine.ts';
import type { Quarantine, QuarantineState } from '@chaperone/domain/quarantine/quarantine.ts';
import type { CaseRecord } from '@chaperone/domain/record/record.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import type { Database } from '../../platform/database/database.ts';
import { removeDurably } from '../../platform/durable-file/durable-file.ts';
import {
  CaseKeyMissing,
  RecordDamaged,
  RecordDigestMismatch,
  RecordUnknown,
  TransferTaken,
} from '../contract.ts';
import type {
  ByteRange,
  NewRecord,
  QuarantineCounts,
  QuarantinedRecord,
  RecordContent,
  Staging,
} from '../contract.ts';
import type { CaseKeys, Keyring } from '../keyring/keyring.ts';
import type { RecordStore } from '../record-store/record-store.ts';
import { RecordRows, recordOf } from './record-rows.ts';
import type { RecordRow } from './record-rows.ts';
import { checkSealedFile, readSealedFile } from './sealed-file.ts';
import { StagedFile } from './staged-file.ts';
import { StagingFiles } from './staging-files.ts';

export interface RecordsOptions {
  readonly database: Database;
  /** Holds `staging/`. */
  readonly directory: string;
  readonly store: RecordStore;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

export class Records {
  readonly #options: RecordsOptions;
  readonly #staging: StagingFiles;
  readonly #rows: RecordRows;
  /** Files being received, by transfer. */
  readonly #receiving = new Map<
    TransferId,
    { readonly caseId: CaseId; staged: StagedFile | null }
  >();
  readonly #closedCases = new Set<CaseId>();
  /** Who is told of each new record before it is acknowledged. */
  #arrived: (record: CaseRecord) => Promise<void> = async () => undefined;

  private constructor(options: RecordsOptions, staging: StagingFiles) {
    this.#options = options;
    this.#staging = staging;
    this.#rows = new RecordRows(options.database, options.random);
  }

  /** Opens the records and puts right what a crash left. */
  static async open(options: RecordsOptions): Promise<Records> {
    const records = new Records(options, await StagingFiles.open(options.directory));
    for (const row of await records.#rows.placing()) await records.#finishPlacing(row);
    return records;
  }

  /** @throws CaseKeyMissing, TransferTaken, DiskFull, VaultUnavailable */
  async openStaging(caseId: CaseId, transferId: TransferId): Promise<Staging> {
    if (this.#receiving.has(transferId))
      throw new TransferTaken('This file is being received already.');
    const slot: { readonly caseId: CaseId; staged: StagedFile | null } = { caseId, staged: null };
    this.#receiving.set(transferId, slot);
    try {
      const keys = await this.#keysOf(caseId);
      if (await this.#isTaken(transferId))
        throw new TransferTaken('This file is a record already.');
      await this.#makeRoom(caseId);
      const file = this.#staging.fileOf(caseId, transferId);
      const staged = await StagedFile.open(file, keys, this.#options.random);
      slot.staged = staged;
      this.#assertOpen(caseId);
      return this.#stagingOf(staged, caseId, transferId);
    } catch (fault) {
      // Its case was closed while the file was being made, too late for `closeCase` to find it.
      if (this.#closedCases.has(caseId)) await slot.staged?.discard();
      else await slot.staged?.suspend();
      this.#receiving.delete(transferId);
      throw fault;
    }
  }

  /** Removes staged files of all transfers but these. */
  async discardForgotten(known: ReadonlySet<TransferId>): Promise<number> {
    const forgotten = (await this.#staging.list()).filter(({ transferId }) => {
      const id = transferId as TransferId;
      return !known.has(id) && !this.#receiving.has(id);
    });
    for (const { file } of forgotten) await removeDurably(file);
    return forgotten.length;
  }

  async freeBytes(): Promise<number> {
    return await this.#staging.freeBytes();
  }

  async list(caseId: CaseId): Promise<readonly CaseRecord[]> {
    const keys = await this.#keysOf(caseId);
    return (await this.#rows.ofCase(caseId)).map((row) => recordOf(row, keys));
  }

  async count(caseId: CaseId): Promise<{ readonly rows: number; readonly bytes: number }> {
    return await this.#rows.count(caseId);
  }

  /** Counts what a certificate of destruction tells: records by their origin, and those that were never released. */
  async countForCertificate(caseId: CaseId): Promise<CaseCounts> {
    const byOrigin = await this.#rows.countByOrigin(caseId);
    const { infected, neverReleased } = await this.#rows.countQuarantine(caseId);
    return { ...byOrigin, 'held-infected': infected, 'held-unreleased': neverReleased };
  }

  async one(caseId: CaseId, recordId: RecordId): Promise<CaseRecord> {
    const keys = await this.#keysOf(caseId);
    return recordOf(await this.#rows.one(caseId, recordId), keys);
  }

  /** @throws RecordInQuarantine; RangeError when the range is not inside the content */
  async content(caseId: CaseId, recordId: RecordId, range?: ByteRange): Promise<RecordContent> {
    return await this.#read(caseId, recordId, range, ({ quarantine }) =>
      assertReleased(quarantine),
    );
  }

  /** Opens what is being scanned, and nothing else. */
  async contentToScan(
    caseId: CaseId,
    recordId: RecordId,
    range?: ByteRange,
  ): Promise<RecordContent> {
    return await this.#read(caseId, recordId, range, ({ quarantine }) => {
      if (quarantine.state !== 'scanning') throw new RecordUnknown('This is not being scanned.');
    });
  }

  attend(arrived: (record: CaseRecord) => Promise<void>): void {
    this.#arrived = arrived;
  }

  async inQuarantine(states: readonly QuarantineState[]): Promise<readonly QuarantinedRecord[]> {
    const found = await this.#rows.inQuarantine(states);
    return found.filter(({ caseId }) => !this.#closedCases.has(caseId));
  }

  async countQuarantine(caseId: CaseId): Promise<QuarantineCounts> {
    return await this.#rows.countQuarantine(caseId);
  }

  async moveQuarantine(
    caseId: CaseId,
    recordId: RecordId,
    from: QuarantineState,
    to: Quarantine,
  ): Promise<void> {
    const keys = await this.#keysOf(caseId);
    if (!(await this.#rows.move(keys, recordId, from, to)))
      throw new RecordUnknown('There is no such record in this state.');
  }

  /** @param admit looks at the record before its content is opened */
  async #read(
    caseId: CaseId,
    recordId: RecordId,
    range: ByteRange | undefined,
    admit: (record: CaseRecord) => void,
  ): Promise<RecordContent> {
    const keys = await this.#keysOf(caseId);
    const record = recordOf(await this.#rows.one(caseId, recordId), keys);
    admit(record);
    const { offset, length } = range ?? { offset: 0, length: record.bytes };
    const fits = [offset, length].every((each) => Number.isSafeInteger(each) && each >= 0);
    if (!fits || offset + length > record.bytes) throw new RangeError('a range outside the record');
    const sealed = {
      store: this.#options.store,
      place: { caseId, recordId },
      keys,
      bytes: record.bytes,
    };
    await checkSealedFile(sealed);
    return { record, bytes: readSealedFile(sealed, { offset, length }) };
  }

  /** @throws RecordDamaged when the content does not have its digest any more */
  async verify(caseId: CaseId, recordId: RecordId): Promise<void> {
    // What is only compared with its digest is given to nobody.
    const { record, bytes } = await this.#read(caseId, recordId, undefined, () => undefined);
    const hash = createHash('sha256');
    for await (const part of bytes) hash.update(part);
    if (hash.digest('base64url') !== record.sha256) {
      throw new RecordDamaged('A stored record does not have its digest any more.');
    }
  }

  async remove(caseId: CaseId, recordId: RecordId): Promise<void> {
    await this.#rows.one(caseId, recordId);
    await this.#options.store.remove({ caseId, recordId });
    await this.#rows.remove(recordId);
  }

  /** Refuses everything new for a case and lets go of what is being received. */
  async closeCase(caseId: CaseId): Promise<void> {
    this.#closedCases.add(caseId);
    const own = [...this.#receiving].filter(([, slot]) => slot.caseId === caseId);
    for (const [transferId, { staged }] of own) {
      await staged?.discard();
      this.#receiving.delete(transferId);
    }
  }

  async eraseFiles(caseId: CaseId): Promise<void> {
    await this.#staging.removeCase(caseId);
    await this.#options.store.removeCase(caseId);
  }

  async eraseRows(caseId: CaseId): Promise<void> {
    await this.#rows.removeCase(caseId);
  }

  /** Looks again at disk and database. */
  async remainsOf(
    caseId: CaseId,
  ): Promise<{ readonly records: number; readonly temporaryFiles: number; readonly rows: number }> {
    const records = await this.#options.store.countOf(caseId);
    const temporaryFiles = await this.#staging.countOf(caseId);
    return { records, temporaryFiles, rows: (await this.#rows.count(caseId)).rows };
  }

  /** Lets go of what is being received; it can be continued later. */
  async close(): Promise<void> {
    for (const { staged } of this.#receiving.values()) await staged?.suspend();
    this.#receiving.clear();
  }

  #stagingOf(opened: StagedFile, caseId: CaseId, transferId: TransferId): Staging {
    const release = (): void => void this.#receiving.delete(transferId);
    let staged = opened;
    return {
      get receivedBytes() {
        return staged.receivedBytes;
      },
      get openedBlocks() {
        return staged.openedBlocks;
      },
      append: async (chunk) => await staged.append(chunk),
      digest: () => (staged.isSpoilt ? null : staged.digest()),
      mend: async (blocks) => {
        staged = await staged.mended(blocks, this.#options.random);
        const slot = this.#receiving.get(transferId);
        if (slot !== undefined) slot.staged = staged;
        if (slot !== undefined && !this.#closedCases.has(caseId)) return;
        // Its case was closed meanwhile, too late for `closeCase` to find the new file.
        await staged.discard().finally(release);
        this.#assertOpen(caseId);
      },
      makeDurable: async () => await staged.makeDurable(),
      finish: async (record) => {
        const done = await this.#finish(staged, caseId, transferId, record);
        release();
        return done;
      },
      suspend: async () => await staged.suspend().finally(release),
      discard: async () => await staged.discard().finally(release),
    };
  }

  async #finish(
    staged: StagedFile,
    caseId: CaseId,
    transferId: TransferId,
    { origin, name, folder = '', sha256 }: NewRecord,
  ): Promise<CaseRecord> {
    const keys = await this.#keysOf(caseId);
    if (staged.isSpoilt || staged.digest() !== sha256) {
      await staged.discard();
      this.#receiving.delete(transferId);
      throw new RecordDigestMismatch('The received bytes are not those that were announced.');
    }
    const bytes = staged.receivedBytes;
    await staged.complete();
    const { clock, random } = this.#options;
    const id = newId('record', random);
    const sealedUtcMs = clock.utcMs();
    const quarantine: Quarantine = { state: 'waiting' };
    const made = {
      id,
      caseId,
      transferId,
      origin,
      name,
      folder,
      bytes,
      sha256,
      sealedUtcMs,
      quarantine,
    };
    await this.#rows.add(keys, made);
    await this.#place(made);
    this.#assertOpen(caseId);
    await this.#arrived(made);
    return await this.one(caseId, id);
  }

  /**
   * Gives a whole file its final name. When that fails it is no record yet, and what was received stays staged.
   */
  async #place(record: Pick<CaseRecord, 'id' | 'caseId' | 'transferId'>): Promise<void> {
    const { id, caseId, transferId } = record;
    try {
      await this.#options.store.take(this.#staging.fileOf(caseId, transferId), {
        caseId,
        recordId: id,
      });
    } catch (fault) {
      this.#assertOpen(caseId);
      await this.#forget(record);
      throw fault;
    }
    await this.#rows.markPlaced(id);
  }

  /** What this leaves behind is put right at the next opening, and goes with the case. */
  async #forget({ id, caseId }: Pick<CaseRecord, 'id' | 'caseId'>): Promise<void> {
    try {
      await this.#options.store.remove({ caseId, recordId: id });
      await this.#rows.remove(id);
    } catch {
      // The store that failed, or the database.
    }
  }

  /**
   * Tells whether a transfer has its record. One whose placing broke off because the database went away is placed now, or was none.
   * Only for who holds the transfer's slot, so that nobody is placing it at the moment.
   */
  async #isTaken(transferId: TransferId): Promise<boolean> {
    if (!(await this.#rows.isTaken(transferId))) return false;
    const rows = await this.#rows.placing();
    const broken = rows.find((row) => row.transfer_id === transferId);
    if (broken === undefined) return true;
    await this.#finishPlacing(broken);
    if (!(await this.#rows.isTaken(transferId))) return false;
    await this.#arrived(await this.one(broken.case_id, broken.id));
    return true;
  }

  async #finishPlacing(row: RecordRow): Promise<void> {
    const ids = { id: row.id, caseId: row.case_id, transferId: row.transfer_id };
    // As long as the staged file is there, nobody has compared the stored one with it.
    if (await this.#staging.has(ids.caseId, ids.transferId)) {
      await this.#makeRoom(ids.caseId);
      await this.#place(ids);
    } else if (await this.#options.store.has({ caseId: ids.caseId, recordId: ids.id }))
      await this.#rows.markPlaced(ids.id);
    // Its case was destroyed in between, or somebody removed the file: there is no record.
    else await this.#rows.remove(ids.id);
  }

  async #makeRoom(caseId: CaseId): Promise<void> {
    await this.#staging.makeRoom(caseId);
    await this.#options.store.makeRoom(caseId);
  }

  async #keysOf(caseId: CaseId): Promise<CaseKeys> {
    this.#assertOpen(caseId);
    return await this.#options.keyring.keysOf(caseId);
  }

  #assertOpen(caseId: CaseId): void {
    if (this.#closedCases.has(caseId)) throw new CaseKeyMissing('This case is being destroyed.');
  }
}

/**
 * Records: sealed files with a row each, from their first byte to their removal.
 *
 * A file is staged, compared with its digest, made durable, written down as `placing`, given its name, and written
 * down as `placed`. A crash anywhere in between is put right at the next opening: nothing that was acknowledged is
 * lost, and nothing stands under its final name before it is whole and verified.
 */
import { access, rename } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CaseId, RandomBytes, RecordId, TransferId } from '@chaperone/domain/id/id.ts';
import type { CaseRecord } from '@chaperone/domain/record/record.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import type { Database } from '../../platform/database/database.ts';
import { removeDurably, syncDirectory } from '../../platform/durable-file/durable-file.ts';
import { CaseKeyMissing, RecordDamaged, RecordDigestMismatch, TransferTaken } from '../contract.ts';
import type { ByteRange, NewRecord, RecordContent, Staging } from '../contract.ts';
import type { CaseKeys, Keyring } from '../keyring/keyring.ts';
import { onDisk } from './on-disk.ts';
import { RecordFiles } from './record-files.ts';
import { RecordRows, recordOf } from './record-rows.ts';
import type { RecordRow } from './record-rows.ts';
import { checkSealedFile, readSealedFile } from './sealed-file.ts';
import { StagedFile } from './staged-file.ts';

export interface RecordsOptions {
  readonly database: Database;
  /** Holds `records/` and `staging/`. */
  readonly directory: string;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

export class Records {
  readonly #options: RecordsOptions;
  readonly #files: RecordFiles;
  readonly #rows: RecordRows;
  /** Files being received, by transfer. */
  readonly #receiving = new Map<
    TransferId,
    { readonly caseId: CaseId; staged: StagedFile | null }
  >();
  readonly #closedCases = new Set<CaseId>();

  private constructor(options: RecordsOptions, files: RecordFiles) {
    this.#options = options;
    this.#files = files;
    this.#rows = new RecordRows(options.database, options.random);
  }

  /** Opens the records and puts right what a crash left. */
  static async open(options: RecordsOptions): Promise<Records> {
    const records = new Records(options, await RecordFiles.open(options.directory));
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
      if (await this.#rows.isTaken(transferId))
        throw new TransferTaken('This file is a record already.');
      await this.#files.makeRoom(caseId);
      const file = this.#files.stagedFile(caseId, transferId);
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
    const forgotten = (await this.#files.staged()).filter(({ transferId }) => {
      const id = transferId as TransferId;
      return !known.has(id) && !this.#receiving.has(id);
    });
    for (const { file } of forgotten) await removeDurably(file);
    return forgotten.length;
  }

  async freeBytes(): Promise<number> {
    return await this.#files.freeBytes();
  }

  async list(caseId: CaseId): Promise<readonly CaseRecord[]> {
    const keys = await this.#keysOf(caseId);
    return (await this.#rows.ofCase(caseId)).map((row) => recordOf(row, keys));
  }

  async count(caseId: CaseId): Promise<{ readonly rows: number; readonly bytes: number }> {
    return await this.#rows.count(caseId);
  }

  async one(caseId: CaseId, recordId: RecordId): Promise<CaseRecord> {
    const keys = await this.#keysOf(caseId);
    return recordOf(await this.#rows.one(caseId, recordId), keys);
  }

  /** @throws RangeError when the range is not inside the content */
  async content(caseId: CaseId, recordId: RecordId, range?: ByteRange): Promise<RecordContent> {
    const keys = await this.#keysOf(caseId);
    const record = recordOf(await this.#rows.one(caseId, recordId), keys);
    const { offset, length } = range ?? { offset: 0, length: record.bytes };
    const fits = [offset, length].every((each) => Number.isSafeInteger(each) && each >= 0);
    if (!fits || offset + length > record.bytes) throw new RangeError('a range outside the record');
    const file = this.#files.recordFile(caseId, recordId);
    await checkSealedFile(file, keys, record.bytes);
    return { record, bytes: readSealedFile(file, keys, record.bytes, { offset, length }) };
  }

  /** @throws RecordDamaged when the content does not have its digest any more */
  async verify(caseId: CaseId, recordId: RecordId): Promise<void> {
    const { record, bytes } = await this.content(caseId, recordId);
    const hash = createHash('sha256');
    for await (const part of bytes) hash.update(part);
    if (hash.digest('base64url') !== record.sha256) {
      throw new RecordDamaged('A stored record does not have its digest any more.');
    }
  }

  async remove(caseId: CaseId, recordId: RecordId): Promise<void> {
    await this.#rows.one(caseId, recordId);
    await removeDurably(this.#files.recordFile(caseId, recordId));
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
    await this.#files.removeCase(caseId);
  }

  async eraseRows(caseId: CaseId): Promise<void> {
    await this.#rows.removeCase(caseId);
  }

  /** Looks again at disk and database. */
  async remainsOf(
    caseId: CaseId,
  ): Promise<{ readonly records: number; readonly temporaryFiles: number; readonly rows: number }> {
    const records = (await this.#files.list('records', caseId)).length;
    const temporaryFiles = (await this.#files.list('staging', caseId)).length;
    return { records, temporaryFiles, rows: (await this.#rows.count(caseId)).rows };
  }

  /** Lets go of what is being received; it can be continued later. */
  async close(): Promise<void> {
    for (const { staged } of this.#receiving.values()) await staged?.suspend();
    this.#receiving.clear();
  }

  #stagingOf(staged: StagedFile, caseId: CaseId, transferId: TransferId): Staging {
    const release = (): void => void this.#receiving.delete(transferId);
    return {
      get receivedBytes() {
        return staged.receivedBytes;
      },
      append: async (chunk) => await staged.append(chunk),
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
    { origin, name, sha256 }: NewRecord,
  ): Promise<CaseRecord> {
    const keys = await this.#keysOf(caseId);
    if (staged.digest() !== sha256) {
      await staged.discard();
      this.#receiving.delete(transferId);
      throw new RecordDigestMismatch('The received bytes are not those that were announced.');
    }
    const bytes = staged.receivedBytes;
    await staged.complete();
    const { clock, random } = this.#options;
    const id = newId('record', random);
    const sealedUtcMs = clock.utcMs();
    const record = { id, caseId, transferId, origin, name, bytes, sha256, sealedUtcMs };
    await this.#rows.add(keys, record);
    await this.#place(record);
    this.#assertOpen(caseId);
    return record;
  }

  /** Gives a whole file its final name. */
  async #place({
    id,
    caseId,
    transferId,
  }: Pick<CaseRecord, 'id' | 'caseId' | 'transferId'>): Promise<void> {
    const from = this.#files.stagedFile(caseId, transferId);
    const to = this.#files.recordFile(caseId, id);
    try {
      await onDisk(async () => {
        await rename(from, to);
        await syncDirectory(path.dirname(to));
        await syncDirectory(path.dirname(from));
      });
    } catch (fault) {
      this.#assertOpen(caseId);
      throw fault;
    }
    await this.#rows.markPlaced(id);
  }

  async #finishPlacing(row: RecordRow): Promise<void> {
    const ids = { id: row.id, caseId: row.case_id, transferId: row.transfer_id };
    if (await isThere(this.#files.recordFile(ids.caseId, ids.id)))
      await this.#rows.markPlaced(ids.id);
    else if (await isThere(this.#files.stagedFile(ids.caseId, ids.transferId))) {
      await this.#files.makeRoom(ids.caseId);
      await this.#place(ids);
    }
    // Its case was destroyed in between, or somebody removed the file: there is no record.
    else await this.#rows.remove(ids.id);
  }

  async #keysOf(caseId: CaseId): Promise<CaseKeys> {
    this.#assertOpen(caseId);
    return await this.#options.keyring.keysOf(caseId);
  }

  #assertOpen(caseId: CaseId): void {
    if (this.#closedCases.has(caseId)) throw new CaseKeyMissing('This case is being destroyed.');
  }
}

async function isThere(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}

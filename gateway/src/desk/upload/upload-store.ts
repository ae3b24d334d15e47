/** Uploads in the database, what they say of themselves opened and sealed on the way. */
import type { CaseId, TechnicianId, TransferId } from '@chaperone/domain/id/id.ts';
import type { Kysely } from 'kysely';
import type { Database } from '../../platform/database/database.ts';
import type { Vault } from '../../vault/contract.ts';
import type { UploadRow, UploadTables } from './tables.ts';
import type { UploadMetadata } from './tus-header.ts';

export interface HeldUpload extends UploadMetadata {
  readonly id: TransferId;
  readonly caseId: CaseId;
  readonly technician: TechnicianId;
  readonly bytesTotal: number;
  readonly begunUtcMs: number;
}

export class UploadStore {
  readonly #database: Database;
  readonly #vault: Pick<Vault, 'sealText' | 'unsealText'>;

  constructor(database: Database, vault: Pick<Vault, 'sealText' | 'unsealText'>) {
    this.#database = database;
    this.#vault = vault;
  }

  async add(upload: HeldUpload): Promise<void> {
    const { name, folder, fingerprint } = upload;
    const said = JSON.stringify({ name, folder, fingerprint } satisfies UploadMetadata);
    const row: UploadRow = {
      id: upload.id,
      case_id: upload.caseId,
      technician_id: upload.technician,
      bytes_total: upload.bytesTotal,
      begun_at: upload.begunUtcMs,
      sealed: await this.#vault.sealText(upload.caseId, said),
    };
    await this.#db().insertInto('case_upload').values(row).execute();
  }

  /** Uploads of a case that one technician has begun, oldest first. */
  async of(caseId: CaseId, technician: TechnicianId): Promise<readonly HeldUpload[]> {
    const query = this.#db().selectFrom('case_upload').selectAll().where('case_id', '=', caseId);
    const own = query.where('technician_id', '=', technician).orderBy('begun_at').orderBy('id');
    return await Promise.all((await own.execute()).map(async (row) => await this.#opened(row)));
  }

  async one(caseId: CaseId, technician: TechnicianId, id: string): Promise<HeldUpload | null> {
    const query = this.#db().selectFrom('case_upload').selectAll().where('id', '=', id);
    const own = query.where('case_id', '=', caseId).where('technician_id', '=', technician);
    const row = await own.executeTakeFirst();
    return row === undefined ? null : await this.#opened(row);
  }

  /** What is there of every case, by id, with when it was begun. */
  async all(): Promise<readonly Pick<UploadRow, 'id' | 'case_id' | 'begun_at'>[]> {
    return await this.#db()
      .selectFrom('case_upload')
      .select(['id', 'case_id', 'begun_at'])
      .execute();
  }

  async remove(id: string): Promise<void> {
    await this.#db().deleteFrom('case_upload').where('id', '=', id).execute();
  }

  async eraseOf(caseId: CaseId): Promise<void> {
    await this.#db().deleteFrom('case_upload').where('case_id', '=', caseId).execute();
  }

  async countOf(caseId: CaseId): Promise<number> {
    return (await this.all()).filter((row) => row.case_id === caseId).length;
  }

  async #opened(row: UploadRow): Promise<HeldUpload> {
    const caseId = row.case_id as CaseId;
    const said = JSON.parse(await this.#vault.unsealText(caseId, row.sealed)) as UploadMetadata;
    return {
      ...said,
      id: row.id as TransferId,
      caseId,
      technician: row.technician_id as TechnicianId,
      bytesTotal: row.bytes_total,
      begunUtcMs: row.begun_at,
    };
  }

  #db(): Kysely<UploadTables> {
    return this.#database.db<UploadTables>();
  }
}

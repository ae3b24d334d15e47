/** The rows of records. What may be PHI in them (name and digest) is sealed under the case's key. */
import type { CaseId, RandomBytes, RecordId, TransferId } from '@chaperone/domain/id/id.ts';
import type { CaseRecord } from '@chaperone/domain/record/record.ts';
import type { Kysely } from 'kysely';
import type { Database } from '../../platform/database/database.ts';
import { RecordUnknown } from '../contract.ts';
import { sealText, unsealText } from '../keyring/keyring.ts';
import type { CaseKeys } from '../keyring/keyring.ts';
import type { VaultTables } from '../vault-schema.ts';

export type RecordRow = VaultTables['vault_record'];

interface SealedPart {
  readonly name: string;
  readonly sha256: string;
}

export class RecordRows {
  readonly #database: Database;
  readonly #random: RandomBytes;

  constructor(database: Database, random: RandomBytes) {
    this.#database = database;
    this.#random = random;
  }

  /** Writes down that a whole, verified file is about to get its name. */
  async add(keys: CaseKeys, record: CaseRecord): Promise<void> {
    const { id, transferId, origin, name, sha256, bytes, sealedUtcMs } = record;
    const part: SealedPart = { name, sha256 };
    const row: RecordRow = {
      id,
      case_id: record.caseId,
      transfer_id: transferId,
      origin,
      state: 'placing',
      sealed: sealText(keys, JSON.stringify(part), this.#random),
      bytes,
      sealed_at: sealedUtcMs,
    };
    await this.#db().insertInto('vault_record').values(row).execute();
  }

  async markPlaced(id: RecordId): Promise<void> {
    await this.#db()
      .updateTable('vault_record')
      .set({ state: 'placed' })
      .where('id', '=', id)
      .execute();
  }

  async remove(id: RecordId): Promise<void> {
    await this.#db().deleteFrom('vault_record').where('id', '=', id).execute();
  }

  async removeCase(caseId: CaseId): Promise<void> {
    await this.#db().deleteFrom('vault_record').where('case_id', '=', caseId).execute();
  }

  /** Rows whose file may not have its name yet: a crash came in between. */
  async placing(): Promise<readonly RecordRow[]> {
    return await this.#db()
      .selectFrom('vault_record')
      .selectAll()
      .where('state', '=', 'placing')
      .execute();
  }

  async isTaken(transferId: TransferId): Promise<boolean> {
    const found = await this.#db()
      .selectFrom('vault_record')
      .select('id')
      .where('transfer_id', '=', transferId)
      .executeTakeFirst();
    return found !== undefined;
  }

  async ofCase(caseId: CaseId): Promise<readonly RecordRow[]> {
    return await this.#db()
      .selectFrom('vault_record')
      .selectAll()
      .where('case_id', '=', caseId)
      .where('state', '=', 'placed')
      .orderBy('sealed_at')
      .orderBy('id')
      .execute();
  }

  /** @throws RecordUnknown */
  async one(caseId: CaseId, id: RecordId): Promise<RecordRow> {
    const row = await this.#db()
      .selectFrom('vault_record')
      .selectAll()
      .where('id', '=', id)
      .where('case_id', '=', caseId)
      .where('state', '=', 'placed')
      .executeTakeFirst();
    if (row === undefined) throw new RecordUnknown('There is no such record.');
    return row;
  }

  /** Counts all rows of a case, also of files without their name. */
  async count(caseId: CaseId): Promise<{ readonly rows: number; readonly bytes: number }> {
    const row = await this.#db()
      .selectFrom('vault_record')
      .select(({ fn }) => [
        fn.countAll<number>().as('rows'),
        fn.sum<number | null>('bytes').as('bytes'),
      ])
      .where('case_id', '=', caseId)
      .executeTakeFirstOrThrow();
    return { rows: row.rows, bytes: row.bytes ?? 0 };
  }

  #db(): Kysely<VaultTables> {
    return this.#database.db<VaultTables>();
  }
}

/** Unseals a row. @throws RecordDamaged, CaseKeyMissing */
export function recordOf(row: RecordRow, keys: CaseKeys): CaseRecord {
  const { name, sha256 } = JSON.parse(unsealText(keys, row.sealed)) as SealedPart;
  return {
    id: row.id,
    caseId: row.case_id,
    transferId: row.transfer_id,
    origin: row.origin,
    name,
    bytes: row.bytes,
    sha256,
    sealedUtcMs: row.sealed_at,
  };
}

/** The rows of records. What may be PHI in them (name and digest) is sealed under the case's key. */
import type { CaseCounts } from '@chaperone/domain/destruction/case-counts.ts';
import type { CaseId, RandomBytes, RecordId, TransferId } from '@chaperone/domain/id/id.ts';
import type { Quarantine, QuarantineState } from '@chaperone/domain/quarantine/quarantine.ts';
import type { CaseRecord, RecordOrigin } from '@chaperone/domain/record/record.ts';
import type { Kysely } from 'kysely';
import type { Database } from '../../platform/database/database.ts';
import { RecordDamaged, RecordUnknown } from '../contract.ts';
import type { QuarantinedRecord, QuarantineCounts } from '../contract.ts';
import { sealText, unsealText } from '../keyring/keyring.ts';
import type { CaseKeys } from '../keyring/keyring.ts';
import type { VaultTables } from '../vault-schema.ts';

export type RecordRow = VaultTables['vault_record'];

interface SealedPart {
  readonly name: string;
  readonly sha256: string;
  /** Records of earlier versions, and files that came by themselves, have none. */
  readonly folder?: string;
  /** Where it comes from, which decides whether it is scanned, with its id. Records of earlier versions have neither. */
  readonly of?: { readonly record: RecordId; readonly origin: RecordOrigin };
}

/** Sealed with the record's id, so that one record's verdict is not another's. */
interface SealedVerdict {
  readonly record: RecordId;
  readonly quarantine: Quarantine;
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
    const { id, transferId, origin, name, folder, sha256, bytes, sealedUtcMs } = record;
    const of = { record: id, origin };
    const part: SealedPart = { name, sha256, ...(folder === '' ? {} : { folder }), of };
    const row: RecordRow = {
      id,
      case_id: record.caseId,
      transfer_id: transferId,
      origin,
      state: 'placing',
      sealed: sealText(keys, JSON.stringify(part), this.#random),
      bytes,
      sealed_at: sealedUtcMs,
      quarantine: 'waiting',
      verdict: null,
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

  /**
   * Moves a record on in its quarantine.
   * @returns whether it was where it was thought to be
   */
  async move(
    keys: CaseKeys,
    id: RecordId,
    from: QuarantineState,
    to: Quarantine,
  ): Promise<boolean> {
    const isOpen = to.state === 'waiting' || to.state === 'scanning';
    const verdict: SealedVerdict = { record: id, quarantine: to };
    const sealed = isOpen ? null : sealText(keys, JSON.stringify(verdict), this.#random);
    const { numUpdatedRows } = await this.#db()
      .updateTable('vault_record')
      .set({ quarantine: to.state, verdict: sealed })
      .where('id', '=', id)
      .where('state', '=', 'placed')
      .where('quarantine', '=', from)
      .executeTakeFirstOrThrow();
    return numUpdatedRows === 1n;
  }

  /** Names the records that are in one of these states, oldest first, without unsealing any. */
  async inQuarantine(states: readonly QuarantineState[]): Promise<readonly QuarantinedRecord[]> {
    const rows = await this.#db()
      .selectFrom('vault_record')
      .select(['id', 'case_id', 'quarantine'])
      .where('state', '=', 'placed')
      .where('quarantine', 'in', states)
      .orderBy('sealed_at')
      .orderBy('id')
      .execute();
    return rows.map((row) => ({ id: row.id, caseId: row.case_id, state: row.quarantine }));
  }

  async countQuarantine(caseId: CaseId): Promise<QuarantineCounts> {
    const rows = await this.#db()
      .selectFrom('vault_record')
      .select(({ fn }) => ['quarantine', fn.countAll<number>().as('rows')])
      .where('case_id', '=', caseId)
      .groupBy('quarantine')
      .execute();
    const of = (...states: readonly QuarantineState[]): number =>
      rows
        .filter(({ quarantine }) => states.includes(quarantine))
        .reduce((sum, each) => sum + Number(each.rows), 0);
    return {
      released: of('released'),
      neverReleased: of('waiting', 'scanning', 'held'),
      infected: of('infected'),
    };
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

  /** Counts the records of a case by their origin. */
  async countByOrigin(caseId: CaseId): Promise<CaseCounts> {
    const rows = await this.#db()
      .selectFrom('vault_record')
      .select(({ fn }) => ['origin', fn.countAll<number>().as('rows')])
      .where('case_id', '=', caseId)
      .groupBy('origin')
      .orderBy('origin')
      .execute();
    return Object.fromEntries(rows.map(({ origin, rows: count }) => [`records-${origin}`, count]));
  }

  #db(): Kysely<VaultTables> {
    return this.#database.db<VaultTables>();
  }
}

/** Unseals where a record is in its quarantine. A state that nobody sealed is nobody's word. */
function quarantineOf(row: RecordRow, keys: CaseKeys): Quarantine {
  const { quarantine: state, verdict } = row;
  if (state === 'waiting' || state === 'scanning') return { state };
  const said = verdict === null ? null : (JSON.parse(unsealText(keys, verdict)) as SealedVerdict);
  if (said?.record !== row.id || said.quarantine.state !== state)
    throw new RecordDamaged('What was found in a stored record is not what was written down.');
  return said.quarantine;
}

/** Unseals a row. @throws RecordDamaged, CaseKeyMissing */
export function recordOf(row: RecordRow, keys: CaseKeys): CaseRecord {
  const { name, sha256, folder, of } = JSON.parse(unsealText(keys, row.sealed)) as SealedPart;
  if (of !== undefined && (of.record !== row.id || of.origin !== row.origin))
    throw new RecordDamaged('A stored record is not what was written down.');
  return {
    id: row.id,
    caseId: row.case_id,
    transferId: row.transfer_id,
    origin: row.origin,
    name,
    folder: folder ?? '',
    bytes: row.bytes,
    sha256,
    sealedUtcMs: row.sealed_at,
    quarantine: quarantineOf(row, keys),
  };
}

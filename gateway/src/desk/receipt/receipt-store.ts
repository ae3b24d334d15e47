/** Countersigned receipts in the database. */
import type { CaseId, SessionId } from '@chaperone/domain/id/id.ts';
import type { Database } from '../../platform/database/database.ts';
import type { ReceiptRow, ReceiptTables } from './tables.ts';

/** Countersignatures read at a time. */
const PAGE_ROWS = 500;

export class ReceiptStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(session: SessionId): Promise<ReceiptRow | null> {
    const row = await this.#db
      .selectFrom('countersigned_receipt')
      .selectAll()
      .where('session_id', '=', session)
      .executeTakeFirst();
    return row ?? null;
  }

  /** Countersignatures of a case's sessions. */
  async ofCase(caseId: CaseId): Promise<readonly ReceiptRow[]> {
    return await this.#db
      .selectFrom('countersigned_receipt')
      .selectAll()
      .where('case_id', '=', caseId)
      .orderBy('session_id')
      .execute();
  }

  /** Every countersignature, page by page. */
  async *all(): AsyncGenerator<string, void, undefined> {
    for (let after = ''; ;) {
      const rows = await this.#db
        .selectFrom('countersigned_receipt')
        .select(['session_id', 'countersignature'])
        .where('session_id', '>', after)
        .orderBy('session_id')
        .limit(PAGE_ROWS)
        .execute();
      for (const { countersignature } of rows) yield countersignature;
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.session_id;
    }
  }

  /** The first one stays. */
  async add(row: ReceiptRow): Promise<void> {
    await this.#db
      .insertInto('countersigned_receipt')
      .values(row)
      .onConflict((conflict) => conflict.column('session_id').doNothing())
      .execute();
  }

  async eraseOf(caseId: CaseId): Promise<void> {
    await this.#db
      .updateTable('countersigned_receipt')
      .set({ files_sealed: null })
      .where('case_id', '=', caseId)
      .execute();
  }

  async countOf(caseId: CaseId): Promise<number> {
    const { count } = await this.#db
      .selectFrom('countersigned_receipt')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('case_id', '=', caseId)
      .where('files_sealed', 'is not', null)
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  get #db() {
    return this.#database.db<ReceiptTables>();
  }
}

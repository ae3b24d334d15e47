/** De-identification in the database. What is sealed is opened elsewhere. */
import type { DeidentificationRule } from '@chaperone/domain/deidentification/deidentification.ts';
import type { CaseId, RecordId } from '@chaperone/domain/id/id.ts';
import type { Database } from '../../platform/database/database.ts';
import type { DeidentificationTables } from './tables.ts';

const STRICTEST: DeidentificationRule = 'on-the-cart';

export interface StoredOutcome {
  readonly id: string;
  readonly sourceId: RecordId | null;
  readonly resultId: RecordId | null;
  readonly sealed: string;
  readonly doneUtcMs: number;
}

export class DeidentificationStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The rule of a case. Each has one: where it is not found the disk has lost it, and the strictest holds. */
  async rule(caseId: CaseId): Promise<DeidentificationRule> {
    return (await this.keptRule(caseId)) ?? STRICTEST;
  }

  /** The rule that was kept; null for a case that is not opened yet. */
  async keptRule(caseId: CaseId): Promise<DeidentificationRule | null> {
    const row = await this.#db
      .selectFrom('case_deidentification')
      .select('rule')
      .where('case_id', '=', caseId)
      .executeTakeFirst();
    return row?.rule ?? null;
  }

  async keepRule(caseId: CaseId, rule: DeidentificationRule): Promise<void> {
    await this.#db
      .insertInto('case_deidentification')
      .values({ case_id: caseId, rule, sealed: null })
      .onConflict((conflict) => conflict.column('case_id').doUpdateSet({ rule }))
      .execute();
  }

  async sealedOf(caseId: CaseId): Promise<string | null> {
    const row = await this.#db
      .selectFrom('case_deidentification')
      .select('sealed')
      .where('case_id', '=', caseId)
      .executeTakeFirst();
    return row?.sealed ?? null;
  }

  async keepSealed(caseId: CaseId, sealed: string): Promise<void> {
    await this.#db
      .insertInto('case_deidentification')
      .values({ case_id: caseId, rule: STRICTEST, sealed })
      .onConflict((conflict) => conflict.column('case_id').doUpdateSet({ sealed }))
      .execute();
  }

  async add(caseId: CaseId, outcome: StoredOutcome): Promise<void> {
    await this.#db
      .insertInto('record_deidentification')
      .values({
        id: outcome.id,
        case_id: caseId,
        source_id: outcome.sourceId,
        result_id: outcome.resultId,
        sealed: outcome.sealed,
        done_at: outcome.doneUtcMs,
      })
      .execute();
  }

  /** Oldest first. */
  async list(caseId: CaseId): Promise<readonly StoredOutcome[]> {
    const rows = await this.#db
      .selectFrom('record_deidentification')
      .selectAll()
      .where('case_id', '=', caseId)
      .orderBy('done_at')
      .execute();
    return rows.map((row) => ({
      id: row.id,
      sourceId: row.source_id as RecordId | null,
      resultId: row.result_id as RecordId | null,
      sealed: row.sealed,
      doneUtcMs: row.done_at,
    }));
  }

  async erase(caseId: CaseId): Promise<void> {
    await this.#db.deleteFrom('record_deidentification').where('case_id', '=', caseId).execute();
    await this.#db
      .updateTable('case_deidentification')
      .set({ sealed: null })
      .where('case_id', '=', caseId)
      .execute();
  }

  async count(caseId: CaseId): Promise<number> {
    const outcomes = await this.list(caseId);
    return outcomes.length + ((await this.sealedOf(caseId)) === null ? 0 : 1);
  }

  get #db() {
    return this.#database.db<DeidentificationTables>();
  }
}

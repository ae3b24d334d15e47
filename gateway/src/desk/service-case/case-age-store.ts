/** What is remembered of the cases' ages: one row for a case that has become old. */
import { YOUNG } from '@chaperone/domain/case-age/case-age.ts';
import type { CaseAge } from '@chaperone/domain/case-age/case-age.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { Database } from '../../platform/database/database.ts';
import type { CaseAgeRow, CaseTables } from './tables.ts';

export class CaseAgeStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async of(caseId: CaseId): Promise<CaseAge> {
    const row = await this.#database
      .db<CaseTables>()
      .selectFrom('case_age')
      .selectAll()
      .where('case_id', '=', caseId)
      .executeTakeFirst();
    return row === undefined ? YOUNG : ageOf(row);
  }

  async keep(caseId: CaseId, { isAged, announcement }: CaseAge): Promise<void> {
    const values = {
      is_aged: isAged ? 1 : 0,
      announced_at: announcement?.announcedUtcMs ?? null,
      // Whole milliseconds: rounded down, so that nothing has run that has not.
      run_ms: Math.floor(announcement?.runMs ?? 0),
      reminded_run_ms:
        announcement?.remindedRunMs == null ? null : Math.ceil(announcement.remindedRunMs),
      holds: announcement?.holds ?? 0,
    } as const;
    await this.#database
      .db<CaseTables>()
      .insertInto('case_age')
      .values({ case_id: caseId, ...values })
      .onConflict((conflict) => conflict.column('case_id').doUpdateSet(values))
      .execute();
  }
}

function ageOf(row: CaseAgeRow): CaseAge {
  return {
    isAged: row.is_aged === 1,
    announcement:
      row.announced_at === null
        ? null
        : {
            announcedUtcMs: row.announced_at,
            runMs: row.run_ms,
            remindedRunMs: row.reminded_run_ms,
            holds: row.holds,
          },
  };
}

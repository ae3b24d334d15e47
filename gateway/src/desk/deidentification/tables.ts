/**
 * The tables of de-identification. The rule of a case stays with it, and holds no PHI; its secret, its words and what became of
 * each record are sealed under the case's key, and erased with it.
 */
import { sql } from 'kysely';
import { DEIDENTIFICATION_RULES } from '@chaperone/domain/deidentification/deidentification.ts';
import type { DeidentificationRule } from '@chaperone/domain/deidentification/deidentification.ts';
import type { Migration } from '../../platform/database/migration.ts';
import { createIndex, createTable } from '../../platform/database/schema.ts';
import {
  allowedTransitions,
  immutableColumns,
  undeletable,
} from '../../platform/database/sql-rule.ts';

export interface CaseDeidentificationRow {
  readonly case_id: string;
  readonly rule: DeidentificationRule;
  /** Sealed `{secret, words}`; null before the first use, and once destroyed. */
  readonly sealed: string | null;
}

/** What came of one record: a result with its report, or a refusal. */
export interface RecordDeidentificationRow {
  readonly id: string;
  readonly case_id: string;
  /** The original; null when it never was here. */
  readonly source_id: string | null;
  readonly result_id: string | null;
  /** Sealed `{report}` or `{code}`. */
  readonly sealed: string;
  readonly done_at: number;
}

export interface DeidentificationTables {
  readonly case_deidentification: CaseDeidentificationRow;
  readonly record_deidentification: RecordDeidentificationRow;
}

export const DEIDENTIFICATION_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0071-deidentification',
    up: async (db, dialect) => {
      await createTable(db, dialect, 'case_deidentification', {
        case_id: { kind: 'text', primaryKey: true },
        rule: { kind: 'text', oneOf: DEIDENTIFICATION_RULES },
        sealed: { kind: 'text', nullable: true },
      });
      await undeletable(db, dialect, 'case_deidentification');
      await immutableColumns(db, dialect, 'case_deidentification', ['case_id']);
      // Only ever stricter, whatever the program believes.
      const stricter = [
        ['not-required', 'in-the-vault'],
        ['not-required', 'on-the-cart'],
        ['in-the-vault', 'on-the-cart'],
      ] as const;
      await allowedTransitions(
        db,
        dialect,
        'case_deidentification',
        'rule',
        stricter,
        DEIDENTIFICATION_RULES,
      );
      const lasting = {
        id: { kind: 'text', primaryKey: true },
        case_id: { kind: 'text' },
        source_id: { kind: 'text', nullable: true },
        result_id: { kind: 'text', nullable: true },
        sealed: { kind: 'text' },
        done_at: { kind: 'instant' },
      } as const;
      await createTable(db, dialect, 'record_deidentification', lasting);
      await createIndex(db, 'record_deidentification', ['case_id']);
      await immutableColumns(db, dialect, 'record_deidentification', Object.keys(lasting));
    },
  },
  {
    // From here on a case whose rule is not found has lost it: nothing leaves that is not de-identified.
    name: 'desk/0072-every-case-has-a-rule',
    up: async (db) => {
      await sql`insert into case_deidentification (case_id, rule) select id, 'not-required' from service_case where id not in (select case_id from case_deidentification)`.execute(
        db,
      );
    },
  },
];

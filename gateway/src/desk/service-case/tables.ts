/** The cases' tables, and how they came to be. Whatever may hold PHI is sealed text of the vault. */
import { CASE_STATES } from '@chaperone/domain/service-case/service-case.ts';
import type { CaseState } from '@chaperone/domain/service-case/service-case.ts';
import { sql } from 'kysely';
import type { Generated } from 'kysely';
import type { Migration } from '../../platform/database/migration.ts';
import { columnType, createIndex, createTable } from '../../platform/database/schema.ts';
import type { StoredBoolean } from '../../platform/database/schema.ts';
import {
  allowedTransitions,
  immutableColumns,
  undeletable,
} from '../../platform/database/sql-rule.ts';

export interface CaseRow {
  readonly id: string;
  readonly number: string;
  readonly state: CaseState;
  readonly facility: string;
  readonly cart: string;
  readonly opened_at: number;
  readonly opened_by: string;
  readonly resolved_at: number | null;
  readonly legal_hold: StoredBoolean;
  /** Sealed `{caller, complaint, salt}`; null once destroyed. */
  readonly detail: string | null;
  readonly decided_at: number | null;
  readonly decided_by: string | null;
  /** `{id, name, role}` as it was at the decision. */
  readonly decided_by_person: string | null;
  readonly decision_index: number | null;
  readonly certificate: string | null;
}

export interface DesignationRow {
  readonly case_id: string;
  readonly technician_id: string;
  readonly designated_at: number;
}

export interface NoteRow {
  readonly id: Generated<number>;
  readonly case_id: string;
  readonly written_at: number;
  readonly written_by: string;
  /** Sealed `{text, salt}`. */
  readonly sealed: string;
}

/** Why somebody decided something about the case. */
export interface CaseReasonRow {
  readonly id: Generated<number>;
  readonly case_id: string;
  readonly proposal_id: string;
  readonly act: string;
  readonly given_by: string;
  readonly workstation: string | null;
  readonly given_at: number;
  /** Sealed `{reason, salt}`. */
  readonly sealed: string;
}

/** How old a case that is not resolved has become; it holds no PHI. */
export interface CaseAgeRow {
  readonly case_id: string;
  readonly is_aged: StoredBoolean;
  readonly announced_at: number | null;
  /** Milliseconds of the time of grace that have run. */
  readonly run_ms: number;
  readonly reminded_run_ms: number | null;
  /** Holds that had been proposed when the end was announced. */
  readonly holds: number;
}

export interface CaseNumberRow {
  readonly year: number;
  readonly last: number;
}

export interface CaseTables {
  readonly service_case: CaseRow;
  readonly case_designation: DesignationRow;
  readonly case_note: NoteRow;
  readonly case_reason: CaseReasonRow;
  readonly case_number: CaseNumberRow;
  readonly case_age: CaseAgeRow;
}

export const CASE_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0001-service-cases',
    up: async (db, dialect) => {
      await createTable(db, dialect, 'service_case', {
        id: { kind: 'text', primaryKey: true },
        number: { kind: 'text', unique: true },
        state: { kind: 'text', oneOf: CASE_STATES },
        facility: { kind: 'text' },
        cart: { kind: 'text' },
        opened_at: { kind: 'instant' },
        opened_by: { kind: 'text' },
        resolved_at: { kind: 'instant', nullable: true },
        legal_hold: { kind: 'boolean' },
        detail: { kind: 'text', nullable: true },
        decided_at: { kind: 'instant', nullable: true },
        decided_by: { kind: 'text', nullable: true },
        decided_by_person: { kind: 'json', nullable: true },
        decision_index: { kind: 'integer', nullable: true },
        certificate: { kind: 'text', nullable: true },
      });
      await createIndex(db, 'service_case', ['cart', 'state']);
      await undeletable(db, dialect, 'service_case');
      const lasting = ['id', 'number', 'facility', 'cart', 'opened_at', 'opened_by'];
      await immutableColumns(db, dialect, 'service_case', lasting);
      await allowedTransitions(
        db,
        dialect,
        'service_case',
        'state',
        [
          ['open', 'resolving'],
          ['resolving', 'resolved'],
        ],
        ['open'],
      );
      await createTable(
        db,
        dialect,
        'case_designation',
        {
          case_id: { kind: 'text', references: 'service_case.id' },
          technician_id: { kind: 'text' },
          designated_at: { kind: 'instant' },
        },
        { primaryKey: ['case_id', 'technician_id'] },
      );
      await createTable(db, dialect, 'case_note', {
        id: { kind: 'sequence' },
        case_id: { kind: 'text', references: 'service_case.id' },
        written_at: { kind: 'instant' },
        written_by: { kind: 'text' },
        sealed: { kind: 'text' },
      });
      await createIndex(db, 'case_note', ['case_id']);
      await createTable(db, dialect, 'case_number', {
        year: { kind: 'integer', primaryKey: true },
        last: { kind: 'integer' },
      });
    },
  },
];

/** After the migrations of the proposals that they belong to. */
export const CASE_REASON_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0041-case-reasons',
    up: async (db, dialect) => {
      await createTable(db, dialect, 'case_reason', {
        id: { kind: 'sequence' },
        case_id: { kind: 'text', references: 'service_case.id' },
        proposal_id: { kind: 'text' },
        act: { kind: 'text' },
        given_by: { kind: 'text' },
        workstation: { kind: 'text', nullable: true },
        given_at: { kind: 'instant' },
        sealed: { kind: 'text' },
      });
      await createIndex(db, 'case_reason', ['case_id']);
      await createIndex(db, 'case_reason', ['proposal_id']);
    },
  },
];

/** After every other migration of the desk before it. */
export const CASE_AGE_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0080-case-age',
    up: async (db, dialect) => {
      await createTable(db, dialect, 'case_age', {
        case_id: { kind: 'text', primaryKey: true, references: 'service_case.id' },
        is_aged: { kind: 'boolean' },
        announced_at: { kind: 'instant', nullable: true },
        run_ms: { kind: 'integer' },
        reminded_run_ms: { kind: 'integer', nullable: true },
      });
      await undeletable(db, dialect, 'case_age');
      await immutableColumns(db, dialect, 'case_age', ['case_id']);
    },
  },
  {
    name: 'desk/0081-holds-of-announced-ends',
    up: async (db, dialect) => {
      const kind = sql.raw(columnType(dialect, 'integer'));
      await sql`alter table case_age add column holds ${kind} not null default 0`.execute(db);
    },
  },
];

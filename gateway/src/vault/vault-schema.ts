/**
 * The vault's tables.
 *
 * | table | holds |
 * |---|---|
 * | vault_record | where a record is, and sealed what may be PHI; `placing` until its file has its name |
 * | vault_destruction | how far a case's destruction is; stays as long as the database, and holds no PHI |
 */
import { DESTRUCTION_STEPS } from '@chaperone/domain/destruction/destruction.ts';
import type { DestructionStep } from '@chaperone/domain/destruction/destruction.ts';
import type { CaseId, RecordId, TransferId } from '@chaperone/domain/id/id.ts';
import { QUARANTINE_STATES } from '@chaperone/domain/quarantine/quarantine.ts';
import type { QuarantineState } from '@chaperone/domain/quarantine/quarantine.ts';
import type { RecordOrigin } from '@chaperone/domain/record/record.ts';
import { sql } from 'kysely';
import type { Migration } from '../platform/database/migration.ts';
import { columnType, createIndex, createTable } from '../platform/database/schema.ts';
import {
  allowedTransitions,
  immutableColumns,
  undeletable,
} from '../platform/database/sql-rule.ts';
import { widenColumn } from '../platform/database/widen-column.ts';

export interface VaultTables {
  readonly vault_record: {
    readonly id: RecordId;
    readonly case_id: CaseId;
    readonly transfer_id: TransferId;
    readonly origin: RecordOrigin;
    readonly state: 'placing' | 'placed';
    /** Sealed under the case's key: JSON of name and SHA-256. */
    readonly sealed: string;
    readonly bytes: number;
    readonly sealed_at: number;
    /** In the clear so that it can be asked for; it counts only where `verdict` says the same. */
    readonly quarantine: QuarantineState;
    /** Sealed under the case's key, with the record's id: what was found. Null while nothing was. */
    readonly verdict: string | null;
  };
  readonly vault_destruction: {
    readonly case_id: CaseId;
    readonly step: DestructionStep;
    readonly records: number;
    readonly bytes: number;
    readonly decided_at: number;
    readonly destroyed_at: number | null;
    /** `CaseCounts` as JSON, when it was decided; null of a destruction that an earlier version began. */
    readonly counts: string | null;
    /** `Remains` as JSON, as the verification counted them; null before, and of one that an earlier version verified. */
    readonly remains: string | null;
  };
}

const RECORDS: Migration = {
  name: 'vault/0001-records',
  up: async (db, dialect) => {
    await createTable(db, dialect, 'vault_record', {
      id: { kind: 'text', primaryKey: true },
      case_id: { kind: 'text' },
      transfer_id: { kind: 'text', unique: true },
      origin: { kind: 'text', oneOf: ['fetched', 'to-send'] },
      state: { kind: 'text', oneOf: ['placing', 'placed'] },
      sealed: { kind: 'text' },
      bytes: { kind: 'integer' },
      sealed_at: { kind: 'instant' },
    });
    await createIndex(db, 'vault_record', ['case_id']);
    const fixed = ['id', 'case_id', 'transfer_id', 'origin', 'sealed', 'bytes', 'sealed_at'];
    await immutableColumns(db, dialect, 'vault_record', fixed);
    await createTable(db, dialect, 'vault_destruction', {
      case_id: { kind: 'text', primaryKey: true },
      step: { kind: 'text', oneOf: DESTRUCTION_STEPS },
      records: { kind: 'integer' },
      bytes: { kind: 'integer' },
      decided_at: { kind: 'instant' },
      destroyed_at: { kind: 'instant', nullable: true },
    });
    await undeletable(db, dialect, 'vault_destruction');
    await immutableColumns(db, dialect, 'vault_destruction', [
      'case_id',
      'records',
      'bytes',
      'decided_at',
    ]);
    const forward = DESTRUCTION_STEPS.slice(1).map(
      (step, at) => [DESTRUCTION_STEPS[at] ?? 'decided', step] as const,
    );
    const again = ['traces-erased', 'decided'] as const;
    await allowedTransitions(
      db,
      dialect,
      'vault_destruction',
      'step',
      [...forward, again],
      ['decided'],
    );
  },
};

const DEIDENTIFIED_RECORDS: Migration = {
  name: 'vault/0002-deidentified-records',
  up: async (db, dialect) => {
    const origins = ['fetched', 'to-send', 'de-identified'];
    await widenColumn(db, dialect, 'vault_record', 'origin', origins);
  },
};

const SNAPSHOTS: Migration = {
  name: 'vault/0153-snapshots',
  up: async (db, dialect) => {
    const origins = ['fetched', 'to-send', 'de-identified', 'snapshot'];
    await widenColumn(db, dialect, 'vault_record', 'origin', origins);
  },
};

const RECORDINGS: Migration = {
  name: 'vault/0154-recordings',
  up: async (db, dialect) => {
    const origins = ['fetched', 'to-send', 'de-identified', 'snapshot', 'recording'];
    await widenColumn(db, dialect, 'vault_record', 'origin', origins);
  },
};

const DESTRUCTION_COUNTS: Migration = {
  name: 'vault/0080-destruction-counts',
  up: async (db, dialect) => {
    const type = columnType(dialect, 'json');
    await sql.raw(`alter table "vault_destruction" add column "counts" ${type}`).execute(db);
    await immutableColumns(db, dialect, 'vault_destruction', ['counts']);
  },
};

const DESTRUCTION_REMAINS: Migration = {
  name: 'vault/0091-destruction-remains',
  up: async (db, dialect) => {
    const type = columnType(dialect, 'json');
    await sql.raw(`alter table "vault_destruction" add column "remains" ${type}`).execute(db);
  },
};

/** What came before there was a quarantine waits for its first scan like everything else. */
const QUARANTINE: Migration = {
  name: 'vault/0090-quarantine',
  up: async (db, dialect) => {
    const type = columnType(dialect, 'text');
    const states = QUARANTINE_STATES.map((state) => `'${state}'`).join(', ');
    const add = async (column: string): Promise<void> => {
      await sql.raw(`alter table "vault_record" add column ${column}`).execute(db);
    };
    await add(
      `"quarantine" ${type} not null default 'waiting' check ("quarantine" in (${states}))`,
    );
    await add(`"verdict" ${type}`);
    await createIndex(db, 'vault_record', ['quarantine']);
    const pairs = [
      ['waiting', 'scanning'],
      ['scanning', 'waiting'],
      ['scanning', 'released'],
      ['scanning', 'infected'],
      ['scanning', 'held'],
      ['held', 'waiting'],
    ] as const;
    await allowedTransitions(db, dialect, 'vault_record', 'quarantine', pairs, ['waiting']);
  },
};

export const VAULT_MIGRATIONS: readonly Migration[] = [
  RECORDS,
  DEIDENTIFIED_RECORDS,
  DESTRUCTION_COUNTS,
  QUARANTINE,
  DESTRUCTION_REMAINS,
  SNAPSHOTS,
  RECORDINGS,
];

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
import { RECORD_ORIGINS } from '@chaperone/domain/record/record.ts';
import type { RecordOrigin } from '@chaperone/domain/record/record.ts';
import type { Migration } from '../platform/database/migration.ts';
import { createIndex, createTable } from '../platform/database/schema.ts';
import {
  allowedTransitions,
  immutableColumns,
  undeletable,
} from '../platform/database/sql-rule.ts';

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
  };
  readonly vault_destruction: {
    readonly case_id: CaseId;
    readonly step: DestructionStep;
    readonly records: number;
    readonly bytes: number;
    readonly decided_at: number;
    readonly destroyed_at: number | null;
  };
}

const RECORDS: Migration = {
  name: 'vault/0001-records',
  up: async (db, dialect) => {
    await createTable(db, dialect, 'vault_record', {
      id: { kind: 'text', primaryKey: true },
      case_id: { kind: 'text' },
      transfer_id: { kind: 'text', unique: true },
      origin: { kind: 'text', oneOf: RECORD_ORIGINS },
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

export const VAULT_MIGRATIONS: readonly Migration[] = [RECORDS];

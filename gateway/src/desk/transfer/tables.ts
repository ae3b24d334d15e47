/** The table of transfers. Names and paths are sealed with their case; the row goes when the case is destroyed. */
import type { TransferState } from '@chaperone/domain/transfer/transfer.ts';
import type { Migration } from '../../platform/database/migration.ts';
import { createIndex, createTable } from '../../platform/database/schema.ts';
import { immutableColumns } from '../../platform/database/sql-rule.ts';

export const DIRECTIONS = ['from-cart', 'to-cart'] as const;
/** The states of a row. What is held is `interrupted`, and says so in what is sealed. */
const ROW_STATES = [
  'queued',
  'moving',
  'interrupted',
  'verifying',
  'done',
  'failed',
  'cancelled',
] as const satisfies readonly TransferState[];
export type Direction = (typeof DIRECTIONS)[number];

export interface TransferRow {
  readonly id: string;
  readonly case_id: string;
  readonly session_id: string;
  readonly technician_id: string;
  readonly direction: Direction;
  readonly state: TransferState;
  readonly bytes: number;
  readonly bytes_total: number;
  readonly failure: string | null;
  readonly record_id: string | null;
  readonly begun_at: number;
  /** Sealed `TransferSecret`. */
  readonly sealed: string;
}

export interface TransferTables {
  readonly case_transfer: TransferRow;
}

export const TRANSFER_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0004-transfers',
    up: async (db, dialect) => {
      await createTable(db, dialect, 'case_transfer', {
        id: { kind: 'text', primaryKey: true },
        case_id: { kind: 'text', references: 'service_case.id' },
        session_id: { kind: 'text', references: 'remote_session.session_id' },
        technician_id: { kind: 'text' },
        direction: { kind: 'text', oneOf: DIRECTIONS },
        state: { kind: 'text', oneOf: ROW_STATES },
        bytes: { kind: 'integer' },
        bytes_total: { kind: 'integer' },
        failure: { kind: 'text', nullable: true },
        record_id: { kind: 'text', nullable: true },
        begun_at: { kind: 'instant' },
        sealed: { kind: 'text' },
      });
      await createIndex(db, 'case_transfer', ['case_id']);
      await createIndex(db, 'case_transfer', ['state']);
      const lasting = ['id', 'case_id', 'session_id', 'technician_id', 'direction', 'begun_at'];
      await immutableColumns(db, dialect, 'case_transfer', lasting);
    },
  },
];

/** The table of granted sessions: what has to survive a restart of the gateway. It holds no PHI. */
import type { Migration } from '../../platform/database/migration.ts';
import { createIndex, createTable } from '../../platform/database/schema.ts';
import {
  allowedTransitions,
  immutableColumns,
  undeletable,
} from '../../platform/database/sql-rule.ts';

export interface SessionRow {
  readonly session_id: string;
  readonly grant_id: string;
  readonly case_id: string;
  readonly cart: string;
  readonly technician_id: string;
  readonly workstation_id: string;
  readonly workstation_key: string;
  readonly cart_key: string;
  readonly grant_jws: string;
  readonly state: 'granted' | 'ended';
  readonly granted_at: number;
  readonly ended_at: number | null;
  readonly end_reason: string | null;
  readonly receipt_jws: string | null;
}

export interface SessionTables {
  readonly remote_session: SessionRow;
}

export const SESSION_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0003-remote-sessions',
    up: async (db, dialect) => {
      await createTable(db, dialect, 'remote_session', {
        session_id: { kind: 'text', primaryKey: true },
        grant_id: { kind: 'text', unique: true },
        case_id: { kind: 'text', references: 'service_case.id' },
        cart: { kind: 'text' },
        technician_id: { kind: 'text' },
        workstation_id: { kind: 'text' },
        workstation_key: { kind: 'text' },
        cart_key: { kind: 'text' },
        grant_jws: { kind: 'text' },
        state: { kind: 'text', oneOf: ['granted', 'ended'] },
        granted_at: { kind: 'instant' },
        ended_at: { kind: 'instant', nullable: true },
        end_reason: { kind: 'text', nullable: true },
        receipt_jws: { kind: 'text', nullable: true },
      });
      await createIndex(db, 'remote_session', ['case_id']);
      await createIndex(db, 'remote_session', ['state']);
      await undeletable(db, dialect, 'remote_session');
      await immutableColumns(db, dialect, 'remote_session', [
        'session_id',
        'grant_id',
        'case_id',
        'cart',
        'technician_id',
        'workstation_id',
        'workstation_key',
        'cart_key',
        'grant_jws',
        'granted_at',
      ]);
      // An ended session never comes back.
      await allowedTransitions(
        db,
        dialect,
        'remote_session',
        'state',
        [['granted', 'ended']],
        ['granted'],
      );
    },
  },
];

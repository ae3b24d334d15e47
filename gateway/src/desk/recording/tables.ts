/** The table of recordings. What may be PHI is sealed with the case; its rows go with it. */
import type { Migration } from '../../platform/database/migration.ts';
import { createIndex, createTable } from '../../platform/database/schema.ts';
import { allowedTransitions, immutableColumns } from '../../platform/database/sql-rule.ts';

export interface RecordingRow {
  readonly id: string;
  readonly case_id: string;
  readonly session_id: string;
  readonly state: 'open' | 'closed';
  readonly begun_at: number;
  /** Sealed `SealedRecording`. */
  readonly sealed: string;
}

export interface RecordingTables {
  readonly screen_recording: RecordingRow;
}

export const RECORDING_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0093-recordings',
    up: async (db, dialect) => {
      await createTable(db, dialect, 'screen_recording', {
        id: { kind: 'text', primaryKey: true },
        case_id: { kind: 'text', references: 'service_case.id' },
        session_id: { kind: 'text', references: 'remote_session.session_id' },
        state: { kind: 'text', oneOf: ['open', 'closed'] },
        begun_at: { kind: 'instant' },
        sealed: { kind: 'text' },
      });
      await createIndex(db, 'screen_recording', ['case_id']);
      const fixed = ['id', 'case_id', 'session_id', 'begun_at'];
      await immutableColumns(db, dialect, 'screen_recording', fixed);
      await allowedTransitions(
        db,
        dialect,
        'screen_recording',
        'state',
        [['open', 'closed']],
        ['open'],
      );
    },
  },
];

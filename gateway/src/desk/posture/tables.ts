/** The table of the workstations' newest reports, and how it came to be. */
import type { Migration } from '../../platform/database/migration.ts';
import { createTable } from '../../platform/database/schema.ts';
import { immutableColumns, undeletable } from '../../platform/database/sql-rule.ts';

export interface PostureRow {
  readonly workstation: string;
  readonly taken_at: number;
  /** JSON of what it said. */
  readonly posture: string;
  /** JSON list of the codes of what it lacked when the report came. */
  readonly lacks: string;
}

export interface PostureTables {
  readonly desk_workstation_posture: PostureRow;
}

export const POSTURE_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0020-posture',
    up: async (db, dialect) => {
      await createTable(db, dialect, 'desk_workstation_posture', {
        workstation: { kind: 'text', primaryKey: true },
        taken_at: { kind: 'instant' },
        posture: { kind: 'json' },
        lacks: { kind: 'json' },
      });
      // A report that is forgotten could be played again.
      await undeletable(db, dialect, 'desk_workstation_posture');
      await immutableColumns(db, dialect, 'desk_workstation_posture', ['workstation']);
    },
  },
];

/** Why somebody did something, in plain: the ledger has a commitment to it. Rows are never changed nor taken away. */
import type { Migration } from '../../platform/database/migration.ts';
import { createIndex, createTable } from '../../platform/database/schema.ts';
import { appendOnly } from '../../platform/database/sql-rule.ts';
import type { Generated } from 'kysely';

export interface ActRow {
  readonly id: Generated<number>;
  readonly act: string;
  readonly target: string;
  /** An account's id, or an account of the gateway's machine. */
  readonly done_by: string;
  readonly workstation: string | null;
  readonly reason: string;
  /** Of the commitment in the ledger, base64url. */
  readonly salt: string;
  readonly done_at: number;
}

export interface AdministrationTables {
  readonly desk_administration_act: ActRow;
}

export const ADMINISTRATION_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0031-administration',
    up: async (db, dialect) => {
      await createTable(db, dialect, 'desk_administration_act', {
        id: { kind: 'sequence' },
        act: { kind: 'text' },
        target: { kind: 'text' },
        done_by: { kind: 'text' },
        workstation: { kind: 'text', nullable: true },
        reason: { kind: 'text' },
        salt: { kind: 'text' },
        done_at: { kind: 'instant' },
      });
      await createIndex(db, 'desk_administration_act', ['target']);
      await appendOnly(db, dialect, 'desk_administration_act');
    },
  },
];

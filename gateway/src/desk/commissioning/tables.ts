/** The table of acceptance reports, and how it came to be. */
import type { Generated } from 'kysely';
import type { Migration } from '../../platform/database/migration.ts';
import { createIndex, createTable } from '../../platform/database/schema.ts';
import { appendOnly } from '../../platform/database/sql-rule.ts';
import type { StoredBoolean } from '../../platform/database/schema.ts';

export interface ReportRow {
  /** In the order in which they came. */
  readonly number: Generated<number>;
  readonly id: string;
  readonly cart: string;
  readonly certificate_serial: string;
  readonly received_at: number;
  readonly accepted: StoredBoolean;
  /** JSON of what a list and a comparison need, so that no list reads whole reports. */
  readonly summary: string;
  /** SHA-256 of the report, base64url. */
  readonly sha256: string;
  readonly report: string;
  readonly receipt: string;
}

export interface ReportTables {
  readonly desk_acceptance_report: ReportRow;
}

export const COMMISSIONING_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0050-acceptance-reports',
    up: async (db, dialect) => {
      await createTable(db, dialect, 'desk_acceptance_report', {
        number: { kind: 'sequence' },
        id: { kind: 'text', unique: true },
        cart: { kind: 'text' },
        certificate_serial: { kind: 'text' },
        received_at: { kind: 'instant' },
        accepted: { kind: 'boolean' },
        summary: { kind: 'json' },
        sha256: { kind: 'text' },
        report: { kind: 'text' },
        receipt: { kind: 'text' },
      });
      await createIndex(db, 'desk_acceptance_report', ['cart', 'accepted']);
      await appendOnly(db, dialect, 'desk_acceptance_report');
    },
  },
];

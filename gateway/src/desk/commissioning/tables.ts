/** The tables of acceptance reports and of what was changed since, and how they came to be. */
import { sql } from 'kysely';
import type { Generated } from 'kysely';
import { instant } from '@chaperone/protocol/commissioning/plain-value.ts';
import { z } from 'zod';
import type { Migration } from '../../platform/database/migration.ts';
import { createIndex, createTable } from '../../platform/database/schema.ts';
import { appendOnly, immutableColumns, undeletable } from '../../platform/database/sql-rule.ts';
import type { Column, StoredBoolean } from '../../platform/database/schema.ts';

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

const changedAt = z.object({ road: instant.optional(), network: instant.optional() });
/** What a cart's journal says was changed at its place, and when. */
export const siteChanges = z.object({
  /** The report that was received last; null while none was. */
  accepted: z.string().nullable(),
  since: changedAt,
  /** Since the report that was signed last, which may wait yet. */
  sinceSigned: changedAt,
});
export type SiteChanges = z.infer<typeof siteChanges>;

export interface ReportTables {
  readonly desk_cart_changes: {
    readonly cart: string;
    /** Of the copy of its journal, that are counted in. */
    readonly lines: number;
    /** JSON of `siteChanges`. */
    readonly changes: string;
  };
  readonly desk_acceptance_report: ReportRow;
}

const TABLE = 'desk_acceptance_report';
const COLUMNS = {
  number: { kind: 'sequence' },
  id: { kind: 'text' },
  cart: { kind: 'text' },
  certificate_serial: { kind: 'text' },
  received_at: { kind: 'instant' },
  accepted: { kind: 'boolean' },
  summary: { kind: 'json' },
  sha256: { kind: 'text' },
  report: { kind: 'text' },
  receipt: { kind: 'text' },
} as const satisfies Readonly<Record<string, Column>>;

export const COMMISSIONING_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0050-acceptance-reports',
    up: async (db, dialect) => {
      await createTable(db, dialect, TABLE, { ...COLUMNS, id: { kind: 'text', unique: true } });
      await createIndex(db, TABLE, ['cart', 'accepted']);
      await appendOnly(db, dialect, TABLE);
    },
  },
  {
    name: 'desk/0051-cart-changes',
    up: async (db, dialect) => {
      await createTable(db, dialect, 'desk_cart_changes', {
        cart: { kind: 'text', primaryKey: true },
        lines: { kind: 'integer' },
        changes: { kind: 'json' },
      });
      await undeletable(db, dialect, 'desk_cart_changes');
      await immutableColumns(db, dialect, 'desk_cart_changes', ['cart']);
    },
  },
  {
    // A cart chooses the ids of its reports: unique over all carts, one could take another's before it comes.
    name: 'desk/0052-acceptance-report-of-cart',
    up: async (db, dialect) => {
      if (dialect === 'postgresql') {
        const change = `drop constraint "${TABLE}_id_key", add unique ("cart", "id")`;
        await sql.raw(`alter table "${TABLE}" ${change}`).execute(db);
        return;
      }
      // SQLite keeps the constraints that a table was made with; dropping it fires no trigger, and takes its own along.
      const copy = `${TABLE}_copy`;
      await createTable(db, dialect, copy, COLUMNS, { unique: [['cart', 'id']] });
      const names = Object.keys(COLUMNS)
        .map((name) => `"${name}"`)
        .join(', ');
      await sql
        .raw(`insert into "${copy}" (${names}) select ${names} from "${TABLE}" order by "number"`)
        .execute(db);
      await sql.raw(`drop table "${TABLE}"`).execute(db);
      await sql.raw(`alter table "${copy}" rename to "${TABLE}"`).execute(db);
      await createIndex(db, TABLE, ['cart', 'accepted']);
      await appendOnly(db, dialect, TABLE);
    },
  },
];

/** The tables of acceptance reports and of what was changed since, and how they came to be. */
import type { Generated } from 'kysely';
import { z } from 'zod';
import type { Migration } from '../../platform/database/migration.ts';
import { createIndex, createTable } from '../../platform/database/schema.ts';
import { appendOnly, immutableColumns, undeletable } from '../../platform/database/sql-rule.ts';
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

const changedAt = z.object({ road: z.number().optional(), network: z.number().optional() });
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
];

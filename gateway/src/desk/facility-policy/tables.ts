/** The tables of facilities' policies and of the carts' receipts for them. */
import type { Migration } from '../../platform/database/migration.ts';
import { createTable } from '../../platform/database/schema.ts';
import { appendOnly, immutableColumns, undeletable } from '../../platform/database/sql-rule.ts';

export interface FacilityPolicyTables {
  readonly desk_facility_policy: {
    readonly facility: string;
    readonly version: number;
    /** SHA-256 of the policy as it was signed, base64url. */
    readonly sha256: string;
    readonly policy: string;
    readonly brought_by: string;
    readonly brought_at: number;
  };
  /** What each cart has taken last. */
  readonly desk_facility_policy_receipt: {
    readonly cart: string;
    readonly version: number;
    readonly sha256: string;
    readonly facility_key: string;
    readonly installed_at: number;
    readonly received_at: number;
    readonly receipt: string;
  };
}

export const FACILITY_POLICY_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0090-facility-policies',
    up: async (db, dialect) => {
      await createTable(
        db,
        dialect,
        'desk_facility_policy',
        {
          facility: { kind: 'text' },
          version: { kind: 'integer' },
          sha256: { kind: 'text' },
          policy: { kind: 'text' },
          brought_by: { kind: 'text' },
          brought_at: { kind: 'instant' },
        },
        { primaryKey: ['facility', 'version'] },
      );
      await appendOnly(db, dialect, 'desk_facility_policy');
      await createTable(db, dialect, 'desk_facility_policy_receipt', {
        cart: { kind: 'text', primaryKey: true },
        version: { kind: 'integer' },
        sha256: { kind: 'text' },
        facility_key: { kind: 'text' },
        installed_at: { kind: 'instant' },
        received_at: { kind: 'instant' },
        receipt: { kind: 'text' },
      });
      await undeletable(db, dialect, 'desk_facility_policy_receipt');
      await immutableColumns(db, dialect, 'desk_facility_policy_receipt', ['cart']);
    },
  },
];

/** The table of facilities' security officers. What is secret of it is sealed. */
import type { Migration } from '../../platform/database/migration.ts';
import { createTable } from '../../platform/database/schema.ts';
import {
  allowedTransitions,
  immutableColumns,
  undeletable,
} from '../../platform/database/sql-rule.ts';

export interface OfficerRow {
  readonly id: string;
  readonly name: string;
  readonly facility: string;
  readonly certificate_serial: string;
  /** Of the codes: sealed. */
  readonly secret: string;
  /** The last time step whose code was used (RFC 6238 §5.2); 0 before the first. */
  readonly counter: number;
  readonly state: 'in-force' | 'retired';
  readonly enrolled_at: number;
  readonly enrolled_by: string;
  readonly signed_in_at: number | null;
  readonly retired_at: number | null;
}

export interface OfficerTables {
  readonly portal_officer: OfficerRow;
}

export const OFFICER_MIGRATIONS: readonly Migration[] = [
  {
    name: 'portal/0001-officers',
    up: async (db, dialect) => {
      await createTable(db, dialect, 'portal_officer', {
        id: { kind: 'text', primaryKey: true },
        name: { kind: 'text' },
        facility: { kind: 'text' },
        certificate_serial: { kind: 'text', unique: true },
        secret: { kind: 'text' },
        counter: { kind: 'integer' },
        state: { kind: 'text', oneOf: ['in-force', 'retired'] },
        enrolled_at: { kind: 'instant' },
        enrolled_by: { kind: 'text' },
        signed_in_at: { kind: 'instant', nullable: true },
        retired_at: { kind: 'instant', nullable: true },
      });
      await undeletable(db, dialect, 'portal_officer');
      await immutableColumns(db, dialect, 'portal_officer', [
        'id',
        'name',
        'facility',
        'certificate_serial',
        'secret',
        'enrolled_at',
        'enrolled_by',
      ]);
      // Who is retired does not come back: it takes a new certificate.
      await allowedTransitions(
        db,
        dialect,
        'portal_officer',
        'state',
        [['in-force', 'retired']],
        ['in-force'],
      );
    },
  },
];

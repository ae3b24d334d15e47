/**
 * The tables of exports. That somebody exported, and that a deletion was attested, stays with the case for its certificate;
 * why, which may name patients, is sealed under the case's key and erased with it.
 */
import type { Migration } from '../../platform/database/migration.ts';
import { createIndex, createTable } from '../../platform/database/schema.ts';
import { immutableColumns, undeletable } from '../../platform/database/sql-rule.ts';

export interface RecordExportRow {
  readonly id: string;
  readonly case_id: string;
  readonly record_id: string;
  readonly exported_by: string;
  readonly exported_at: number;
  /** Sealed `{reason, salt}`; null once destroyed. */
  readonly reason: string | null;
}

/** A row for each attestation, so that the first word stays: the key is the export's. */
export interface ExportAttestationRow {
  readonly export_id: string;
  readonly case_id: string;
  readonly attested_by: string;
  readonly attested_at: number;
  readonly statement: number;
  /** Sealed `{reason, salt}` of somebody who attests in another's place; null otherwise, and once destroyed. */
  readonly reason: string | null;
}

export interface ExportPermissionRow {
  readonly case_id: string;
  readonly technician_id: string;
  readonly permitted_by: string;
  readonly permitted_at: number;
}

export interface ExportTables {
  readonly record_export: RecordExportRow;
  readonly export_attestation: ExportAttestationRow;
  readonly export_permission: ExportPermissionRow;
}

export const EXPORT_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0061-exports',
    up: async (db, dialect) => {
      const exported = {
        id: { kind: 'text', primaryKey: true },
        case_id: { kind: 'text', references: 'service_case.id' },
        record_id: { kind: 'text' },
        exported_by: { kind: 'text' },
        exported_at: { kind: 'instant' },
      } as const;
      await createTable(db, dialect, 'record_export', {
        ...exported,
        reason: { kind: 'text', nullable: true },
      });
      await createIndex(db, 'record_export', ['case_id']);
      await undeletable(db, dialect, 'record_export');
      await immutableColumns(db, dialect, 'record_export', Object.keys(exported));
      const attested = {
        export_id: { kind: 'text', primaryKey: true, references: 'record_export.id' },
        case_id: { kind: 'text', references: 'service_case.id' },
        attested_by: { kind: 'text' },
        attested_at: { kind: 'instant' },
        statement: { kind: 'integer' },
      } as const;
      await createTable(db, dialect, 'export_attestation', {
        ...attested,
        reason: { kind: 'text', nullable: true },
      });
      await createIndex(db, 'export_attestation', ['case_id']);
      await undeletable(db, dialect, 'export_attestation');
      await immutableColumns(db, dialect, 'export_attestation', Object.keys(attested));
      await createTable(
        db,
        dialect,
        'export_permission',
        {
          case_id: { kind: 'text', references: 'service_case.id' },
          technician_id: { kind: 'text' },
          permitted_by: { kind: 'text' },
          permitted_at: { kind: 'instant' },
        },
        { primaryKey: ['case_id', 'technician_id'] },
      );
    },
  },
];

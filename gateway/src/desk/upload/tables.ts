/** The table of uploads that are not whole yet. What may be PHI is sealed with the case; a row goes when its upload is over. */
import type { Migration } from '../../platform/database/migration.ts';
import { createIndex, createTable } from '../../platform/database/schema.ts';
import { immutableColumns } from '../../platform/database/sql-rule.ts';

export interface UploadRow {
  readonly id: string;
  readonly case_id: string;
  readonly technician_id: string;
  readonly bytes_total: number;
  readonly begun_at: number;
  /** Sealed `UploadMetadata`. */
  readonly sealed: string;
}

export interface UploadTables {
  readonly case_upload: UploadRow;
}

export const UPLOAD_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0091-uploads',
    up: async (db, dialect) => {
      await createTable(db, dialect, 'case_upload', {
        id: { kind: 'text', primaryKey: true },
        case_id: { kind: 'text', references: 'service_case.id' },
        technician_id: { kind: 'text' },
        bytes_total: { kind: 'integer' },
        begun_at: { kind: 'instant' },
        sealed: { kind: 'text' },
      });
      await createIndex(db, 'case_upload', ['case_id']);
      const lasting = ['id', 'case_id', 'technician_id', 'bytes_total', 'begun_at', 'sealed'];
      await immutableColumns(db, dialect, 'case_upload', lasting);
    },
  },
];

/**
 * What the desk has signed under carts' receipts. The lists of files, which may name patients, are sealed under their case's key and
 * erased with it; the signature stays.
 */
import type { Migration } from '../../platform/database/migration.ts';
import { createIndex, createTable } from '../../platform/database/schema.ts';
import { immutableColumns, undeletable } from '../../platform/database/sql-rule.ts';

export interface ReceiptRow {
  readonly session_id: string;
  readonly case_id: string;
  readonly countersignature: string;
  /** Sealed JSON: the lines. Null when none came, and once destroyed. */
  readonly files_sealed: string | null;
}

export interface ReceiptTables {
  readonly countersigned_receipt: ReceiptRow;
}

export const RECEIPT_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0069-countersigned-receipts',
    up: async (db, dialect) => {
      await createTable(db, dialect, 'countersigned_receipt', {
        session_id: { kind: 'text', primaryKey: true, references: 'remote_session.session_id' },
        case_id: { kind: 'text', references: 'service_case.id' },
        countersignature: { kind: 'text' },
        files_sealed: { kind: 'text', nullable: true },
      });
      await createIndex(db, 'countersigned_receipt', ['case_id']);
      await undeletable(db, dialect, 'countersigned_receipt');
      await immutableColumns(db, dialect, 'countersigned_receipt', [
        'session_id',
        'case_id',
        'countersignature',
      ]);
    },
  },
];

/**
 * The ledger's tables.
 *
 * | table | holds | rule |
 * |---|---|---|
 * | ledger_entry | each line as it was hashed, and what it is looked up by | append-only |
 * | ledger_node | each complete subtree's hash; level 0 is the leaves | append-only |
 * | ledger_head | one row: the size and the latest signed checkpoint | not deletable |
 * | ledger_cosignature | per witness: the newest checkpoint that it vouched for | not deletable |
 * | cart_journal | copies of the carts' journal lines | append-only |
 * | cart_journal_head | per cart: where the copy ends, and the cart's signed head | not deletable |
 */
import type { Migration } from '../platform/database/migration.ts';
import { createIndex, createTable } from '../platform/database/schema.ts';
import { appendOnly, immutableColumns, undeletable } from '../platform/database/sql-rule.ts';

export interface LedgerTables {
  readonly ledger_entry: {
    readonly entry_index: number;
    readonly utc_ms: number;
    readonly kind: string;
    readonly case_id: string | null;
    readonly session_id: string | null;
    readonly line: string;
  };
  readonly ledger_node: {
    readonly level: number;
    readonly node_index: number;
    readonly hash: Uint8Array;
  };
  readonly ledger_cosignature: {
    readonly facility: string;
    readonly witness: string;
    readonly officer_id: string;
    readonly size: number;
    readonly note: string;
    readonly seen_at: number;
  };
  readonly ledger_head: { readonly id: number; readonly size: number; readonly checkpoint: string };
  readonly cart_journal: {
    readonly cart: string;
    readonly line_index: number;
    readonly line: string;
  };
  readonly cart_journal_head: {
    readonly cart: string;
    readonly size: number;
    /** JSON: the frontier's hashes, base64url. */
    readonly frontier: string;
    readonly head: string;
  };
}

const ENTRIES: Migration = {
  name: 'ledger/0001-entries',
  up: async (db, dialect) => {
    await createTable(db, dialect, 'ledger_entry', {
      entry_index: { kind: 'integer', primaryKey: true },
      utc_ms: { kind: 'instant' },
      kind: { kind: 'text' },
      case_id: { kind: 'text', nullable: true },
      session_id: { kind: 'text', nullable: true },
      line: { kind: 'text' },
    });
    await createIndex(db, 'ledger_entry', ['case_id']);
    await createIndex(db, 'ledger_entry', ['session_id']);
    await appendOnly(db, dialect, 'ledger_entry');
    const node = {
      level: { kind: 'integer' },
      node_index: { kind: 'integer' },
      hash: { kind: 'bytes' },
    } as const;
    await createTable(db, dialect, 'ledger_node', node, { primaryKey: ['level', 'node_index'] });
    await appendOnly(db, dialect, 'ledger_node');
    await createTable(db, dialect, 'ledger_head', {
      id: { kind: 'integer', primaryKey: true },
      size: { kind: 'integer' },
      checkpoint: { kind: 'text' },
    });
    await undeletable(db, dialect, 'ledger_head');
    await immutableColumns(db, dialect, 'ledger_head', ['id']);
  },
};

const CART_JOURNALS: Migration = {
  name: 'ledger/0002-cart-journals',
  up: async (db, dialect) => {
    const line = {
      cart: { kind: 'text' },
      line_index: { kind: 'integer' },
      line: { kind: 'text' },
    } as const;
    await createTable(db, dialect, 'cart_journal', line, { primaryKey: ['cart', 'line_index'] });
    await appendOnly(db, dialect, 'cart_journal');
    await createTable(db, dialect, 'cart_journal_head', {
      cart: { kind: 'text', primaryKey: true },
      size: { kind: 'integer' },
      frontier: { kind: 'json' },
      head: { kind: 'text' },
    });
    await undeletable(db, dialect, 'cart_journal_head');
    await immutableColumns(db, dialect, 'cart_journal_head', ['cart']);
  },
};

const COSIGNATURES: Migration = {
  name: 'ledger/0003-cosignatures',
  up: async (db, dialect) => {
    const cosignature = {
      facility: { kind: 'text' },
      witness: { kind: 'text' },
      officer_id: { kind: 'text' },
      size: { kind: 'integer' },
      note: { kind: 'text' },
      seen_at: { kind: 'instant' },
    } as const;
    const key = { primaryKey: ['facility', 'witness'] };
    await createTable(db, dialect, 'ledger_cosignature', cosignature, key);
    await undeletable(db, dialect, 'ledger_cosignature');
    await immutableColumns(db, dialect, 'ledger_cosignature', ['facility', 'witness']);
  },
};

export const LEDGER_MIGRATIONS: readonly Migration[] = [ENTRIES, CART_JOURNALS, COSIGNATURES];

/** The tables of bytes carried: sums, and nothing of what they were. */
import type { Migration } from '../../platform/database/migration.ts';
import { createTable } from '../../platform/database/schema.ts';

export interface TrafficTables {
  readonly cart_month_traffic: {
    readonly cart: string;
    /** Such as 2026-11, in UTC. */
    readonly month: string;
    readonly bytes: number;
  };
  readonly session_traffic: { readonly session_id: string; readonly bytes: number };
}

/** After the migrations of sessions. */
export const TRAFFIC_MIGRATIONS: readonly Migration[] = [
  {
    name: 'desk/0155-bytes-carried',
    up: async (db, dialect) => {
      await createTable(
        db,
        dialect,
        'cart_month_traffic',
        { cart: { kind: 'text' }, month: { kind: 'text' }, bytes: { kind: 'integer' } },
        { primaryKey: ['cart', 'month'] },
      );
      await createTable(db, dialect, 'session_traffic', {
        session_id: {
          kind: 'text',
          primaryKey: true,
          references: 'remote_session.session_id',
        },
        bytes: { kind: 'integer' },
      });
    },
  },
];

/**
 * Takes what was deleted off the disk, as far as a database can.
 *
 * SQLite zeroes deleted content in its pages (`secure_delete`); what is left are older pages in the write-ahead
 * log, which is brought into the file and cut to nothing. VACUUM is not used: it writes a second copy of
 * everything that is still there. PostgreSQL keeps deleted rows in place: the tables are rewritten.
 *
 * What remains in both: blocks that the file system has freed, and on PostgreSQL its own write-ahead log, archives
 * and backups. Therefore anything about a patient is sealed under its case's key before it is stored; erasing that
 * key is what destroys it, and this is the second wall.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { DatabaseView } from './database-view.ts';
import { TracesRemain } from './database-error.ts';

/** Milliseconds to wait for transactions that began before and still see the deleted rows. */
const OLDER_TRANSACTIONS_WAIT_MS = 20_000;
const POLL_MS = 50;

/** Takes deleted rows of these tables off the disk; outside any transaction. @throws TracesRemain */
export async function eraseTraces(view: DatabaseView, tables: readonly string[]): Promise<void> {
  if (view.dialect === 'sqlite') await truncateLog(view);
  else await rewriteTables(view, tables);
}

async function truncateLog(view: DatabaseView): Promise<void> {
  const { rows } = await sql<{ readonly busy: number }>`pragma wal_checkpoint(truncate)`.execute(
    view.db(),
  );
  // Busy: another process, such as one that copies the file, still reads the log.
  if (rows[0]?.busy !== 0) throw new TracesRemain();
}

async function rewriteTables(view: DatabaseView, tables: readonly string[]): Promise<void> {
  await waitForOlderTransactions(view);
  await view
    .db()
    .connection()
    .execute(async (connection) => {
      // A rewrite of a large table takes longer than a statement may.
      await sql`set statement_timeout = 0`.execute(connection);
      try {
        for (const table of tables) await sql`vacuum full ${sql.id(table)}`.execute(connection);
      } finally {
        await sql`reset statement_timeout`.execute(connection);
      }
    });
}

/** VACUUM keeps what an older transaction of this database may still look at. */
async function waitForOlderTransactions(view: DatabaseView): Promise<void> {
  const db = view.db();
  const now = await sql<{
    readonly id: string;
  }>`select pg_current_xact_id()::xid::text as id`.execute(db);
  const id = now.rows[0]?.id ?? '0';
  for (let waitedMs = 0; waitedMs <= OLDER_TRANSACTIONS_WAIT_MS; waitedMs += POLL_MS) {
    const older = await sql`
      select pid from pg_stat_activity
      where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
        and greatest(age(backend_xmin), age(backend_xid)) >= age(${id}::text::xid)
      limit 1`.execute(db);
    if (older.rows.length === 0) return;
    await delay(POLL_MS);
  }
  throw new TracesRemain();
}

/**
 * Goal: after deleting and `eraseTraces`, the content is in no file of the database.
 * Method: a marker is written and deleted, and all files are searched for it, before (it must be found, or the
 * search proves nothing) and after. On PostgreSQL the write-ahead log is left out, as `erase-traces.ts` says.
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import type { Database, DatabaseLocation } from './database.ts';
import { forEachDatabase } from './testing/database-suite.ts';
import { createTable } from './schema.ts';

const MARKER = 'SMITH^JANE-1970-01-01';

interface Tables {
  readonly note: { readonly number: number; readonly body: string };
}

async function filled(database: Database): Promise<void> {
  await createTable(database.db(), database.dialect, 'note', {
    number: { kind: 'integer', primaryKey: true },
    body: { kind: 'text' },
  });
  const db = database.db<Tables>();
  for (let number = 1; number <= 40; number += 1) {
    const body = number % 2 === 0 ? `${MARKER} ${'x'.repeat(number * 60)}` : 'kept';
    await db.insertInto('note').values({ number, body }).execute();
  }
}

async function remove(database: Database): Promise<void> {
  await database.db<Tables>().deleteFrom('note').where('body', 'like', `${MARKER}%`).execute();
}

/** The names of the files that hold the marker. */
function filesWithMarker(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('pg_wal'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(MARKER));
}

async function directoryOf(location: DatabaseLocation, database: Database): Promise<string> {
  if (location.kind === 'sqlite') return path.dirname(location.file);
  const { rows } = await sql<{
    readonly at: string;
  }>`select current_setting('data_directory') as at`.execute(database.db());
  return rows[0]?.at ?? assert.fail();
}

/** Waits until the connection that erases has looked at the other transactions at least once, or is done. */
async function waitUntilPolled(database: Database, over: () => boolean): Promise<void> {
  while (!over()) {
    const { rows } = await sql`
      select 1 from pg_stat_activity where query like '%pg_stat_activity%backend_xid%' and pid <> pg_backend_pid()`.execute(
      database.db(),
    );
    if (rows.length > 0) return;
  }
}

forEachDatabase('erased traces', (open) => {
  test('are in no file of the database', async () => {
    const location = await open.place();
    const database = await open.at(location);
    await filled(database);
    const directory = await directoryOf(location, database);
    const flush = open.dialect === 'sqlite' ? sql`pragma wal_checkpoint(passive)` : sql`checkpoint`;
    await flush.execute(database.db());
    assert(filesWithMarker(directory).length > 0);
    await remove(database);
    await flush.execute(database.db());
    assert(filesWithMarker(directory).length > 0, 'deleting alone leaves traces');
    await database.eraseTraces(['note']);
    await flush.execute(database.db());
    assert.deepEqual(filesWithMarker(directory), []);
    const kept = await database.db<Tables>().selectFrom('note').select('body').execute();
    assert.deepEqual(new Set(kept.map((row) => row.body)), new Set(['kept']));
    assert.equal(kept.length, 20);
  });

  // SQLite's file has one process, and that has one connection.
  if (open.dialect === 'sqlite') return;
  test('wait for a transaction that still sees them, though it has not touched the table', async () => {
    const location = await open.place();
    const [database, other] = [await open.at(location), await open.at(location)];
    await database.migrate([]);
    await filled(database);
    const seen = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const reading = other.transaction(async (view) => {
      // Any first question fixes what the transaction sees; a lock on the table would make VACUUM wait anyway.
      await sql`select name from schema_migration`.execute(view.db());
      seen.resolve();
      await gate.promise;
    });
    await seen.promise;
    await remove(database);
    let erased = false;
    const erasing = database.eraseTraces(['note']).then(() => {
      erased = true;
    });
    await waitUntilPolled(database, () => erased);
    const early = erased;
    gate.resolve();
    await reading;
    await erasing;
    assert.equal(early, false);
    await sql`checkpoint`.execute(database.db());
    assert.deepEqual(filesWithMarker(await directoryOf(location, database)), []);
  });
});

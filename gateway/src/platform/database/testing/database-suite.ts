/**
 * Test support: runs the same tests on SQLite and on PostgreSQL, both real.
 *
 * ```ts
 * forEachDatabase('licences', (open) => {
 *   test('a code is used once', async () => {
 *     const database = await open(AUTHORITY_MIGRATIONS);
 *     …
 *   });
 * });
 * ```
 * Each call of `open` gives a new, empty database with the migrations applied; all are closed after the test.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe } from 'node:test';
import { openDatabase } from '../database.ts';
import type { Database, DatabaseLocation } from '../database.ts';
import type { Migration, SqlDialect } from '../migration.ts';
import { startPostgresql } from './postgresql-server.ts';
import type { PostgresqlServer } from './postgresql-server.ts';

export interface OpenTestDatabase {
  /** Opens a new database and applies the migrations. */
  (migrations?: readonly Migration[]): Promise<Database>;
  /** Opens a database again, or for the second time at once, as another process would. */
  readonly at: (location: DatabaseLocation) => Promise<Database>;
  /** Makes room for a new database without opening it, for tests that start programs or open it several times. */
  readonly place: () => Promise<DatabaseLocation>;
  readonly dialect: SqlDialect;
}

/** Declares one `describe` per kind of database. */
export function forEachDatabase(name: string, declare: (open: OpenTestDatabase) => void): void {
  describe(`${name} on SQLite`, () => {
    const directories: string[] = [];
    after(() => {
      for (const directory of directories) rmSync(directory, { recursive: true, force: true });
    });
    const place = async (): Promise<DatabaseLocation> => {
      const directory = mkdtempSync(join(tmpdir(), 'chaperone-sqlite-'));
      directories.push(directory);
      return { kind: 'sqlite', file: join(directory, 'gateway.db') };
    };
    declare(openerOf('sqlite', place));
  });
  describe(`${name} on PostgreSQL`, () => {
    before(async () => {
      await sharedServer();
    });
    declare(openerOf('postgresql', async () => await (await sharedServer()).newDatabase()));
  });
}

function openerOf(dialect: SqlDialect, place: () => Promise<DatabaseLocation>): OpenTestDatabase {
  const opened: Database[] = [];
  afterEach(async () => {
    for (const database of opened.splice(0)) await database.close();
  });
  const at = async (location: DatabaseLocation): Promise<Database> => {
    const database = await openDatabase({ location });
    opened.push(database);
    return database;
  };
  const open = async (migrations: readonly Migration[] = []): Promise<Database> => {
    const database = await at(await place());
    await database.migrate(migrations);
    return database;
  };
  return Object.assign(open, { at, place, dialect });
}

let server: Promise<PostgresqlServer> | undefined;

/** One server per test process (`node --test` runs each file in its own), started when first needed. */
async function sharedServer(): Promise<PostgresqlServer> {
  server ??= startPostgresql();
  return await server;
}

after(async () => {
  await (await server?.catch(() => undefined))?.stop();
});

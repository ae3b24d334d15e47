/**
 * Brings a database up to date: all pending migrations in one transaction, or none.
 *
 * The table `schema_migration` remembers each by its name. Programs that start at the same time wait for each
 * other: on PostgreSQL by an advisory lock, on SQLite because a transaction holds the file.
 */
import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { DatabaseNewer } from './database-error.ts';
import type { DatabaseView } from './database-view.ts';
import type { Migration, SqlDialect } from './migration.ts';
import { createTable } from './schema.ts';

interface MigrationTables {
  readonly schema_migration: { readonly name: string; readonly applied_at: number };
}

const TABLE = 'schema_migration';
const NAME = /^([a-z][a-z0-9-]*)\/(\d{4})-[a-z0-9-]+$/;
/** Any number that nothing else in the same PostgreSQL database locks: "chaperon" in ASCII. */
const ADVISORY_LOCK = '0x6368617065726f6e';

/** Applies what is pending, inside the transaction of the view. @throws DatabaseNewer */
export async function migrate(
  view: DatabaseView,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  checkNames(migrations);
  const db = view.db<MigrationTables>();
  await lock(view.db(), view.dialect);
  await makeTable(view.db(), view.dialect);
  const rows = await db.selectFrom(TABLE).select('name').orderBy('name').execute();
  const applied = new Set(rows.map((row) => row.name));
  const known = new Set(migrations.map((migration) => migration.name));
  const unknown = [...applied].filter((name) => !known.has(name));
  if (unknown.length > 0) throw new DatabaseNewer(unknown);
  const pending = migrations.filter((migration) => !applied.has(migration.name));
  checkOrder(pending, applied);
  for (const migration of pending) {
    await migration.up(view.db(), view.dialect);
    await db.insertInto(TABLE).values({ name: migration.name, applied_at: Date.now() }).execute();
  }
  return pending.map((migration) => migration.name);
}

async function lock(db: Kysely<unknown>, dialect: SqlDialect): Promise<void> {
  if (dialect === 'sqlite') return;
  await sql`select pg_advisory_xact_lock(${sql.lit(BigInt(ADVISORY_LOCK))})`.execute(db);
}

async function makeTable(db: Kysely<unknown>, dialect: SqlDialect): Promise<void> {
  const found =
    dialect === 'sqlite'
      ? await sql`select 1 from sqlite_schema where type = 'table' and name = ${TABLE}`.execute(db)
      : await sql`select 1 from information_schema.tables
                  where table_schema = current_schema() and table_name = ${TABLE}`.execute(db);
  if (found.rows.length > 0) return;
  await createTable(db, dialect, TABLE, {
    name: { kind: 'text', primaryKey: true },
    applied_at: { kind: 'instant' },
  });
}

/** The names are the program's own: a wrong one is a fault of the program. */
function checkNames(migrations: readonly Migration[]): void {
  const last = new Map<string, number>();
  for (const { name } of migrations) {
    const [, zone, number] = NAME.exec(name) ?? [];
    assert(
      zone !== undefined && number !== undefined,
      `migration ${name}: <zone>/<four digits>-<name>`,
    );
    assert(Number(number) > (last.get(zone) ?? 0), `migration ${name}: numbers of a zone go up`);
    last.set(zone, Number(number));
  }
}

/** A migration put in before one that ran already would build another schema here than on a new database. */
function checkOrder(pending: readonly Migration[], applied: ReadonlySet<string>): void {
  for (const { name } of pending) {
    const [, zone] = NAME.exec(name) ?? [];
    const later = [...applied].find((other) => other.startsWith(`${zone}/`) && other > name);
    assert(later === undefined, `migration ${name} comes before ${later}, which has been applied`);
  }
}

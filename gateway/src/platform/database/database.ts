/**
 * The gateway's one database, as each zone sees it.
 *
 * A zone names its own tables in an interface, looks at them through `db<Tables>()` and writes several rows
 * together through `transaction`. It is SQLite in the data directory by default and PostgreSQL by URL; the same
 * storage tests run on both (`testing/database-suite.ts`).
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Kysely, sql } from 'kysely';
import { DatabaseContended, DatabaseDamaged } from './database-error.ts';
import type { DatabaseLocation } from './database-location.ts';
import type { DatabaseView } from './database-view.ts';
import { eraseTraces } from './erase-traces.ts';
import { TransactionScope } from './guarded-driver.ts';
import { migrate } from './migrate.ts';
import type { Migration, SqlDialect } from './migration.ts';
import { postgresqlDialect } from './postgresql.ts';
import { IN_MEMORY, sqliteDialect } from './sqlite.ts';

/** Times that a transaction is run before it counts as contended. Collisions need the same rows and are rare. */
const ATTEMPTS_MAX = 8;
/** Milliseconds, at most and per attempt, before a collided transaction is run again. */
const BACKOFF_STEP_MS = 10;

export type { DatabaseLocation } from './database-location.ts';
export type { DatabaseView } from './database-view.ts';
export type { Migration, SqlDialect } from './migration.ts';

export interface DatabaseOptions {
  readonly location: DatabaseLocation;
}

export interface Database extends DatabaseView {
  /**
   * Runs `work` so that all of it holds or none of it, as if no other transaction ran at the same time.
   *
   * On PostgreSQL the work is run again from its start when it collided with another: it must do nothing
   * outside the database. Inside, ask only through the view that is handed in. A statement that fails
   * ends the transaction, also when its error is caught: use `on conflict` where a conflict is expected.
   * @throws DatabaseContended after several collisions, DatabaseFull, DatabaseUnavailable
   */
  transaction<Result>(work: (view: DatabaseView) => Promise<Result>): Promise<Result>;
  /**
   * Brings the schema up to date with all zones' migrations (in the order given; within a zone, by number).
   * @returns the names that were applied now
   * @throws DatabaseNewer when the database knows a migration that is not given, DatabaseDamaged
   */
  migrate(migrations: readonly Migration[]): Promise<readonly string[]>;
  /**
   * Makes sure that what was deleted is no longer in the database's files. `erase-traces.ts` says what remains.
   * @throws TracesRemain
   */
  eraseTraces(tables: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the database and asks it one question, so that a wrong address or password shows now. Nothing is migrated.
 * @throws DatabaseUnavailable, DatabaseMisconfigured, DatabaseDamaged, DatabaseFull
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const database = new KyselyDatabase(options.location);
  try {
    await sql`select 1`.execute(database.db());
  } catch (fault) {
    await database.close();
    throw fault;
  }
  return database;
}

class KyselyDatabase implements Database {
  readonly dialect: SqlDialect;
  readonly #scope = new TransactionScope();
  readonly #kysely: Kysely<unknown>;

  readonly #isSample: boolean;

  constructor(location: DatabaseLocation, isSample = false) {
    this.#isSample = isSample;
    this.dialect = location.kind;
    const dialect =
      location.kind === 'sqlite'
        ? sqliteDialect(location.file, this.#scope)
        : postgresqlDialect(location, this.#scope);
    this.#kysely = new Kysely<unknown>({ dialect });
  }

  db<Tables>(): Kysely<Tables> {
    return viewed<Tables>(this.#kysely);
  }

  async transaction<Result>(work: (view: DatabaseView) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt('serializable', work);
      } catch (fault) {
        if (attempt === ATTEMPTS_MAX || !isCollision(fault)) throw fault;
      }
      await delay(Math.random() * BACKOFF_STEP_MS * attempt);
    }
  }

  async migrate(migrations: readonly Migration[]): Promise<readonly string[]> {
    // Not serializable: what another starter committed while this one waited for the lock must be seen.
    const applied = await this.#attempt('read committed', (view) => migrate(view, migrations));
    if (this.dialect === 'sqlite' && !this.#isSample) await this.#checkSchema(migrations);
    return applied;
  }

  /**
   * Compares tables, indexes and rules with what the same migrations make anew: a disk may have changed them, and SQLite's
   * own check takes whatever stands there. @throws DatabaseDamaged
   */
  async #checkSchema(migrations: readonly Migration[]): Promise<void> {
    const sample = new KyselyDatabase({ kind: 'sqlite', file: IN_MEMORY }, true);
    try {
      await sample.migrate(migrations);
      const [own, made] = [await schemaOf(this), await schemaOf(sample)];
      if (own === made) return;
      throw new DatabaseDamaged({ cause: new Error('the schema is not what the migrations make') });
    } finally {
      await sample.close();
    }
  }

  async eraseTraces(tables: readonly string[]): Promise<void> {
    await eraseTraces(this, tables);
  }

  async close(): Promise<void> {
    await this.#kysely.destroy();
  }

  async #attempt<Result>(
    isolation: 'serializable' | 'read committed',
    work: (view: DatabaseView) => Promise<Result>,
  ): Promise<Result> {
    return await this.#scope.run(async () => {
      // SQLite's transactions are serializable anyway, and its driver takes no level.
      return await this.#kysely
        .transaction()
        .setIsolationLevel(isolation)
        .execute(async (transaction) => {
          const { dialect } = this;
          return await work({ dialect, db: <Tables>() => viewed<Tables>(transaction) });
        });
    });
  }
}

/** Everything that the file says of its tables, indexes and rules, with the types in which it says it. */
async function schemaOf(view: DatabaseView): Promise<string> {
  const { rows } = await sql`
    select quote(type) as type, quote(name) as name, quote(tbl_name) as of_table, quote(sql) as made_by
    from sqlite_schema where name <> 'sqlite_sequence' order by 1, 2, 3`.execute(view.db());
  return JSON.stringify(rows);
}

/** Kysely is typed by the tables that one looks at; each zone looks at its own. */
function viewed<Tables>(kysely: Kysely<unknown>): Kysely<Tables> {
  return kysely as Kysely<Tables>;
}

function isCollision(fault: unknown): boolean {
  for (let one = fault; one instanceof Error; one = one.cause) {
    if (one instanceof DatabaseContended) return true;
  }
  return false;
}

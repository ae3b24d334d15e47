/**
 * SQLite through `node:sqlite`: one file, one connection, whose turns are taken in the order of asking.
 *
 * An acknowledged commit is on the disk (write-ahead log, `synchronous=FULL`). Deleted content is overwritten with
 * zeros (`secure_delete`), temporary tables stay in memory. Not for several processes: a data directory has
 * one owner (`data-directory.ts`).
 */
import assert from 'node:assert/strict';
import { closeSync, openSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue } from 'node:sqlite';
import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely';
import {
  ConstraintViolation,
  DatabaseDamaged,
  DatabaseFull,
  DatabaseUnavailable,
  RuleViolation,
  UniqueViolation,
} from './database-error.ts';
import { GuardedDriver } from './guarded-driver.ts';
import type { TransactionScope } from './guarded-driver.ts';
import { ruleOf } from './sql-rule.ts';

/** Milliseconds to wait for another process, such as one that copies the file; the process stands still meanwhile. */
const BUSY_TIMEOUT_MS = 2_000;
/** Bytes up to which everything is compared at each start: about a second on a slow disk. */
const THOROUGH_BYTES_MAX = 256 * 1024 * 1024;

/** In place of a file: a database that is gone when it is closed, to see what migrations make. */
export const IN_MEMORY = ':memory:';

/** Describes the SQLite file to Kysely. The file is made, with mode 0600, when it is not there. */
export function sqliteDialect(file: string, scope: TransactionScope): Dialect {
  return {
    createDriver: () => new GuardedDriver(new SqliteFileDriver(file), readSqliteFault, scope),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new OwnTurnsAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

/** Kysely's own lock would be taken before the guard sees who asks; the driver below takes turns itself. */
class OwnTurnsAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }

  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class SqliteFileDriver implements Driver {
  readonly #file: string;
  readonly #waiting: (() => void)[] = [];
  #taken = false;
  #connection: SqliteConnection | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  async init(): Promise<void> {
    if (this.#file !== IN_MEMORY) closeSync(openSync(this.#file, 'a', 0o600));
    const database = new DatabaseSync(this.#file, { timeout: BUSY_TIMEOUT_MS });
    try {
      const mode = database.prepare('pragma journal_mode = wal').get();
      assert.equal(
        mode?.['journal_mode'],
        this.#file === IN_MEMORY ? 'memory' : 'wal',
        'the file system of the database has no shared memory',
      );
      database.exec('pragma synchronous = full');
      database.exec('pragma foreign_keys = on');
      database.exec('pragma secure_delete = on');
      database.exec('pragma temp_store = memory');
      database.exec('pragma trusted_schema = off');
      // Without it, REPLACE would remove rows behind the back of the triggers that forbid it.
      database.exec('pragma recursive_triggers = on');
      if (this.#file !== IN_MEMORY) checkIntegrity(database, this.#file);
    } catch (fault) {
      database.close();
      throw fault;
    }
    this.#connection = new SqliteConnection(database);
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    if (this.#taken) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#taken = true;
    return this.#open();
  }

  async releaseConnection(): Promise<void> {
    const next = this.#waiting.shift();
    // The turn passes directly to who waited longest; nobody can step in between.
    if (next === undefined) this.#taken = false;
    else next();
  }

  async beginTransaction(): Promise<void> {
    this.#open().begin();
  }

  async commitTransaction(): Promise<void> {
    this.#open().commit();
  }

  async rollbackTransaction(): Promise<void> {
    this.#open().rollback();
  }

  async destroy(): Promise<void> {
    this.#connection?.database.close();
    this.#connection = undefined;
  }

  #open(): SqliteConnection {
    assert(this.#connection !== undefined, 'the database is closed');
    return this.#connection;
  }
}

/**
 * Looks at every page, index and rule of the file once, at opening: what a disk has changed unseen is to be noticed
 * before anything is decided by it. A changed text or number inside a row is not seen here.
 */
function checkIntegrity(database: DatabaseSync, file: string): void {
  // On a large file each row is not looked up in each index: that would take minutes.
  const check = statSync(file).size > THOROUGH_BYTES_MAX ? 'quick_check' : 'integrity_check';
  const found = database.prepare(`pragma ${check}(1)`).get();
  const [verdict] = Object.values(found ?? {});
  if (verdict !== 'ok') throw new DatabaseDamaged({ cause: new Error(check) });
}

class SqliteConnection implements DatabaseConnection {
  readonly database: DatabaseSync;
  /** As on PostgreSQL, a transaction in which a statement failed can only be rolled back. */
  #failed = false;

  constructor(database: DatabaseSync) {
    this.database = database;
  }

  begin(): void {
    this.#failed = false;
    // Immediate: the right to write is taken now, so that no later statement finds it gone.
    this.database.exec('begin immediate');
  }

  commit(): void {
    assert(!this.#failed, 'a statement of this transaction failed, so it cannot be committed');
    this.database.exec('commit');
  }

  rollback(): void {
    this.#failed = false;
    // After a full disk SQLite has rolled back by itself.
    if (this.database.isTransaction) this.database.exec('rollback');
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    assert(
      !this.#failed,
      'a statement of this transaction failed: let its error end the transaction',
    );
    try {
      return this.#execute<Row>(query);
    } catch (fault) {
      this.#failed = this.database.isTransaction;
      throw fault;
    }
  }

  // eslint-disable-next-line require-yield
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    assert.fail('results are not streamed');
  }

  #execute<Row>(query: CompiledQuery): QueryResult<Row> {
    const statement = this.database.prepare(query.sql);
    const values = query.parameters.map(bound);
    if (statement.columns().length > 0) {
      // node:sqlite gives objects without a prototype; rows are plain objects on both databases.
      return { rows: statement.all(...values).map((row) => ({ ...row }) as Row) };
    }
    const { changes, lastInsertRowid } = statement.run(...values);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }
}

/** Integers are bound as integers: node:sqlite binds every number as a double. */
function bound(value: unknown): SQLInputValue {
  if (typeof value === 'number') return BigInt(value);
  return value as SQLInputValue;
}

/** Primary result codes, https://www.sqlite.org/rescode.html */
const RESULT = {
  BUSY: 5,
  LOCKED: 6,
  READONLY: 8,
  IOERR: 10,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
} as const;
const RESULT_CONSTRAINT = 19;
const RESULT_NOTADB = 26;
const CONSTRAINT_KINDS = new Map([
  [275, 'check'],
  [787, 'reference'],
  [1299, 'missing'],
  [3091, 'type'],
] as const);
const CONSTRAINT_TRIGGER = 1811;

/** Reads an error of `node:sqlite`. */
export function readSqliteFault(fault: unknown): unknown {
  if (!(fault instanceof Error)) return fault;
  const cause = { cause: fault };
  if ('syscall' in fault) {
    const full = 'code' in fault && (fault.code === 'ENOSPC' || fault.code === 'EDQUOT');
    return full ? new DatabaseFull(cause) : new DatabaseUnavailable(cause);
  }
  if (!('errcode' in fault) || typeof fault.errcode !== 'number') return fault;
  switch (fault.errcode & 0xff) {
    case RESULT_CONSTRAINT:
      return readConstraint(fault, fault.errcode);
    case RESULT.FULL:
      return new DatabaseFull(cause);
    case RESULT.CORRUPT:
    case RESULT_NOTADB:
      return new DatabaseDamaged(cause);
    case RESULT.BUSY:
    case RESULT.LOCKED:
    case RESULT.READONLY:
    case RESULT.IOERR:
    case RESULT.CANTOPEN:
      return new DatabaseUnavailable(cause);
    default:
      return fault;
  }
}

function readConstraint(fault: Error, extended: number): unknown {
  const cause = { cause: fault };
  if (extended === CONSTRAINT_TRIGGER) return new RuleViolation(ruleOf(fault.message), cause);
  const kind = CONSTRAINT_KINDS.get(extended as 275);
  if (kind !== undefined) return new ConstraintViolation(kind, cause);
  // `UNIQUE constraint failed: licence.cart_serial, licence.number`
  const list = /constraint failed: (.+)$/.exec(fault.message)?.[1] ?? '';
  const columns = list.split(', ').map((name) => name.slice(name.indexOf('.') + 1));
  return new UniqueViolation(list === '' ? [] : columns, cause);
}

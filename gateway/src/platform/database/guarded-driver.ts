/**
 * One discipline over both SQL drivers, so that a store which passes on SQLite also passes on PostgreSQL.
 *
 * It admits only values of the portable subset, turns each driver's errors into ours, lets a transaction begin only
 * through `Database.transaction`, and stops a query that would leave the transaction it was written in: on one
 * connection that query would wait for itself for ever; on many it would silently not see the transaction's rows.
 */
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import type {
  CompiledQuery,
  DatabaseConnection,
  Driver,
  QueryCompiler,
  QueryResult,
  TransactionSettings,
} from 'kysely';
import { ConstraintViolation } from './database-error.ts';

/** Knows whether the code that asks runs inside a transaction of this database. */
export class TransactionScope {
  readonly #scopes = new AsyncLocalStorage<{ holdsConnection: boolean; begun: boolean }>();

  /** Runs one transaction's work. Transactions do not nest. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#assertOutside();
    const scope = { holdsConnection: false, begun: false };
    try {
      return await this.#scopes.run(scope, work);
    } finally {
      // Work that was started inside and goes on afterwards is outside from here on.
      scope.holdsConnection = false;
    }
  }

  /** Notes that a connection is about to be taken. */
  enter(): void {
    this.#assertOutside();
    const scope = this.#scopes.getStore();
    if (scope !== undefined && !scope.begun) scope.holdsConnection = true;
  }

  /** Notes that the transaction of this scope begins. */
  begin(): void {
    const scope = this.#scopes.getStore();
    assert(scope?.holdsConnection, 'begin a transaction through Database.transaction');
    scope.begun = true;
  }

  #assertOutside(): void {
    assert(
      this.#scopes.getStore()?.holdsConnection !== true,
      'inside a transaction, ask through the view that was handed to the work',
    );
  }
}

/** Turns what a driver threw into a DomainError; anything that it does not know is handed back as it is. */
export type FaultReader = (fault: unknown) => unknown;

export class GuardedDriver implements Driver {
  readonly #inner: Driver;
  readonly #readFault: FaultReader;
  readonly #scope: TransactionScope;

  constructor(inner: Driver, readFault: FaultReader, scope: TransactionScope) {
    this.#inner = inner;
    this.#readFault = readFault;
    this.#scope = scope;
  }

  async init(): Promise<void> {
    await this.#guard(() => this.#inner.init());
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    this.#scope.enter();
    const inner = await this.#guard(() => this.#inner.acquireConnection());
    return new GuardedConnection(inner, this.#readFault);
  }

  async beginTransaction(
    connection: DatabaseConnection,
    settings: TransactionSettings,
  ): Promise<void> {
    this.#scope.begin();
    await this.#guard(() => this.#inner.beginTransaction(innerOf(connection), settings));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#guard(() => this.#inner.commitTransaction(innerOf(connection)));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#guard(() => this.#inner.rollbackTransaction(innerOf(connection)));
  }

  async savepoint(
    connection: DatabaseConnection,
    name: string,
    compile: QueryCompiler['compileQuery'],
  ): Promise<void> {
    await this.#guard(async () => this.#inner.savepoint?.(innerOf(connection), name, compile));
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    await this.#inner.releaseConnection(innerOf(connection));
  }

  async destroy(): Promise<void> {
    await this.#inner.destroy();
  }

  async #guard<Result>(act: () => Promise<Result>): Promise<Result> {
    try {
      return await act();
    } catch (fault) {
      throw this.#readFault(fault);
    }
  }
}

class GuardedConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection;
  readonly #readFault: FaultReader;

  constructor(inner: DatabaseConnection, readFault: FaultReader) {
    this.inner = inner;
    this.#readFault = readFault;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    for (const value of query.parameters) checkValue(value);
    try {
      return await this.inner.executeQuery<Row>(query);
    } catch (fault) {
      throw this.#readFault(fault);
    }
  }

  // A stream would hold the connection for as long as its reader likes; page by key instead.
  // eslint-disable-next-line require-yield
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    assert.fail('results are not streamed: page by key');
  }
}

function innerOf(connection: DatabaseConnection): DatabaseConnection {
  assert(connection instanceof GuardedConnection, 'a connection of another driver');
  return connection.inner;
}

/** Values of the portable subset: text without NUL, safe integers, bytes, null. @throws ConstraintViolation */
function checkValue(value: unknown): void {
  if (value === null || value instanceof Uint8Array) return;
  if (typeof value === 'number') {
    assert(Number.isSafeInteger(value), 'only safe integers are stored');
    return;
  }
  assert(
    typeof value === 'string',
    `a ${typeof value} is not stored: use text, an integer, bytes or null`,
  );
  // PostgreSQL cannot hold it, so SQLite must not either.
  if (value.includes('\0')) throw new ConstraintViolation('type');
}

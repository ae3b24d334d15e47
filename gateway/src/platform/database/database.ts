/**
 * The gateway's one database, as each zone sees it.
 *
 * A zone names its own tables in an interface, looks at them through `db<Tables>()` and writes several rows
 * together through `transaction`. It holds SQLite in the data directory by default and PostgreSQL by URL; the same
 * storage tests run on both (`database-suite.ts`).
 */
import type { Kysely } from 'kysely';
import type { Migration, SqlDialect } from './migration.ts';

export interface SqliteLocation {
  readonly kind: 'sqlite';
  /** The file's path; it is made, with mode 0600, when it is not there. */
  readonly file: string;
}

export interface PostgresqlLocation {
  readonly kind: 'postgresql';
  /** `postgresql://name@host:port/database`, without a password. */
  readonly url: string;
  /** The secret itself, as read from its file; never part of the URL, a log line or an error. */
  readonly password?: string;
  readonly tls?: PostgresqlTls;
  readonly connectionsMax?: number;
  readonly statementTimeoutMs?: number;
}

/** The server's certificate is checked, with its name, against these authorities (PEM). */
export interface PostgresqlTls {
  readonly authorities: string;
}

export interface DatabaseOptions {
  readonly location: SqliteLocation | PostgresqlLocation;
}

/** Tables to ask and to change: the whole database, or one transaction of it. */
export interface DatabaseView {
  readonly dialect: SqlDialect;
  /** Looks at one zone's tables. */
  db<Tables>(): Kysely<Tables>;
}

export interface Database extends DatabaseView {
  /**
   * Runs `work` so that all of it holds or none of it, as if no other transaction ran at the same time.
   *
   * On PostgreSQL the work is run again from its start when it collided with another: it must do nothing
   * outside the database. Inside, ask only through the view that is handed in.
   */
  transaction<Result>(work: (view: DatabaseView) => Promise<Result>): Promise<Result>;
  /**
   * Brings the schema up to date with all zones' migrations (in the order given; within a zone, by number).
   * @returns the names that were applied now
   */
  migrate(migrations: readonly Migration[]): Promise<readonly string[]>;
  /** Rewrites the tables' storage so that what was deleted is no longer on the disk in any page or log. */
  eraseTraces(tables: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens the database; nothing is migrated yet. */
export declare function openDatabase(options: DatabaseOptions): Promise<Database>;

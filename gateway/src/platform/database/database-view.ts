/** What one may ask of a database, inside a transaction and outside. */
import type { Kysely } from 'kysely';
import type { SqlDialect } from './migration.ts';

/** Tables to ask and to change: the whole database, or one transaction of it. */
export interface DatabaseView {
  readonly dialect: SqlDialect;
  /** Looks at one zone's tables. */
  db<Tables>(): Kysely<Tables>;
}

/**
 * One step of a zone's schema.
 *
 * A migration is named `<zone>/<four digits>-<what it does>` and is never renamed, reordered or edited once it
 * has shipped: databases remember it by name. It only goes up; going back is restoring a copy.
 */
import type { Kysely } from 'kysely';

/** The SQL that a database speaks. Both hold one schema; what differs is kept inside `platform/database`. */
export type SqlDialect = 'sqlite' | 'postgresql';

export interface Migration {
  /** For example `authority/0001-licences`. */
  readonly name: string;
  /**
   * Changes the schema, inside the one transaction that also records the name.
   * @param dialect is handed on to the rules that are written differently in each (`sql-rule.ts`).
   */
  readonly up: (db: Kysely<unknown>, dialect: SqlDialect) => Promise<void>;
}

/** Lists that are searched and given page by page, in SQL: the same on both databases. */
import { sql } from 'kysely';
import type { Expression, SqlBool } from 'kysely';

export interface Search {
  /** Searched for in what is shown; empty finds everything. */
  readonly text: string;
  /** How many to leave out from the front, and how many to give. */
  readonly offset: number;
  readonly count: number;
}

export interface Found<Item> {
  readonly items: readonly Item[];
  /** How many there are on all pages. */
  readonly total: number;
}

/**
 * Whether a column holds a text, as typed or in lower case: SQLite lowers ASCII letters only, so that others are found as
 * they are typed.
 * @param column as in the query, perhaps with its table: `desk_account.name`
 */
export function holdsText(column: string, text: string): Expression<SqlBool> {
  const pattern = (asked: string): string => `%${asked.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  const where = sql.ref(column);
  return sql<SqlBool>`(${where} like ${pattern(text)} escape '\\' or lower(${where}) like ${pattern(text.toLowerCase())} escape '\\')`;
}

/** Whether one of several columns does. */
export function anyHoldsText(columns: readonly string[], text: string): Expression<SqlBool> {
  if (text === '') return sql<SqlBool>`1 = 1`;
  const parts = columns.map((column) => holdsText(column, text));
  return sql<SqlBool>`(${sql.join(parts, sql` or `)})`;
}

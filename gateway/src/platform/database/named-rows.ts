/** Rows that name something by a column, in any table: for a search that must not rest on what the zones know of their tables. */
import { sql } from 'kysely';
import type { DatabaseView } from './database-view.ts';

/** Names every table of the database, oldest knowledge included. */
export async function tablesOf(view: DatabaseView): Promise<readonly string[]> {
  const { rows } =
    view.dialect === 'sqlite'
      ? await sql<{ readonly name: string }>`
          select name from sqlite_schema
          where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name`.execute(
          view.db(),
        )
      : await sql<{ readonly name: string }>`
          select table_name as name from information_schema.tables
          where table_schema = current_schema() and table_type = 'BASE TABLE' order by table_name`.execute(
          view.db(),
        );
  return rows.map(({ name }) => name);
}

/** Names the tables that have a column of this name. */
export async function tablesWithColumn(
  view: DatabaseView,
  column: string,
): Promise<readonly string[]> {
  const { rows } =
    view.dialect === 'sqlite'
      ? await sql<{ readonly name: string }>`
          select m.name as name from sqlite_schema m join pragma_table_info(m.name) c
          where m.type = 'table' and c.name = ${column} order by m.name`.execute(view.db())
      : await sql<{ readonly name: string }>`
          select table_name as name from information_schema.columns
          where table_schema = current_schema() and column_name = ${column} order by table_name`.execute(
          view.db(),
        );
  return rows.map(({ name }) => name);
}

/**
 * Counts the rows of a table whose column has this value.
 * @param filled when given, only rows in which one of these columns holds something
 */
export async function countRowsNaming(
  view: DatabaseView,
  table: string,
  { column, value, filled }: NamedRows,
): Promise<number> {
  const isFilled =
    filled === undefined
      ? sql`1 = 1`
      : sql`(${sql.join(
          filled.map((each) => sql`${sql.ref(each)} is not null`),
          sql` or `,
        )})`;
  const { rows } = await sql<{ readonly count: number }>`
    select count(*) as count from ${sql.table(table)}
    where ${sql.ref(column)} = ${value} and ${isFilled}`.execute(view.db());
  return Number(rows[0]?.count ?? 0);
}

export interface NamedRows {
  readonly column: string;
  readonly value: string;
  readonly filled?: readonly string[];
}

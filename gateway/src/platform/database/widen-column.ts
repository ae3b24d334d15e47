/**
 * Lets a column take more values than when its table was made, with all rows, indexes and rules kept.
 *
 * PostgreSQL exchanges the check. SQLite cannot: the table is copied into one with the wider check, and what stood on the
 * old one is made again from its own text (https://sqlite.org/lang_altertable.html, section 7). Called from migrations only,
 * for tables that no other refers to and that count no sequence.
 */
import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { SqlDialect } from './migration.ts';

const NAME = /^[a-z][a-z0-9_]{0,40}$/;
const VALUE = /^[A-Za-z0-9._-]{1,60}$/;

interface SchemaRow {
  readonly type: string;
  readonly name: string;
  readonly sql: string | null;
}

/** @param values all that the column may have from now on */
export async function widenColumn(
  db: Kysely<unknown>,
  dialect: SqlDialect,
  table: string,
  column: string,
  values: readonly string[],
): Promise<void> {
  assert(NAME.test(table) && NAME.test(column), 'names of a table and its column');
  assert(
    values.every((value) => VALUE.test(value)),
    'values of a column',
  );
  const check = `check ("${column}" in (${values.map((value) => `'${value}'`).join(', ')}))`;
  if (dialect === 'postgresql') {
    // The name that PostgreSQL gives to a check of one column.
    const name = `"${table}_${column}_check"`;
    const change = `drop constraint ${name}, add constraint ${name} ${check}`;
    await sql.raw(`alter table "${table}" ${change}`).execute(db);
    return;
  }
  const { rows } = await sql<SchemaRow>`
    select type, name, sql from sqlite_schema where tbl_name = ${table} and sql is not null`.execute(
    db,
  );
  const made = rows.find(({ type }) => type === 'table')?.sql ?? '';
  const head = `create table "${table}" `;
  const old = new RegExp(`check \\("${column}" in \\([^)]*\\)\\)`, 'g');
  assert(
    made.toLowerCase().startsWith(head) && !/autoincrement/i.test(made),
    'a table of createTable, without a sequence',
  );
  assert.equal(made.match(old)?.length, 1, 'the column has one check');
  const copy = `${table}_widened`;
  const body = made.slice(head.length).replace(old, check);
  await sql.raw(`create table "${copy}" ${body}`).execute(db);
  await sql.raw(`insert into "${copy}" select * from "${table}"`).execute(db);
  // Indexes and triggers go with it; dropping fires no trigger.
  await sql.raw(`drop table "${table}"`).execute(db);
  await sql.raw(`alter table "${copy}" rename to "${table}"`).execute(db);
  for (const each of rows) {
    if (each.type !== 'table') await sql.raw(each.sql ?? '').execute(db);
  }
}

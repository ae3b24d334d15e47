/**
 * Rules that the database itself holds, by triggers, whatever program writes to it.
 *
 * Called from migrations, after the table was made. A change that a rule forbids fails with `RuleViolation`; the
 * transaction that tried it is undone.
 */
import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { SqlDialect } from './migration.ts';

const NAME = /^[a-z][a-z0-9_]{0,40}$/;
const TRIGGER = /^[a-z][a-z0-9_]{0,100}$/;
const VALUE = /^[a-z0-9-]{1,40}$/;
/** Begins the message of each rule, so that both databases' errors are recognised. */
const MARK = 'rule: ';
/** PostgreSQL: an SQLSTATE class of our own. */
export const RULE_SQL_STATE = 'CH001';

/** Forbids changing and deleting rows. */
export async function appendOnly(
  db: Kysely<unknown>,
  dialect: SqlDialect,
  table: string,
): Promise<void> {
  await forbid(db, dialect, table, 'update', 'append-only');
  await undeletable(db, dialect, table, 'append-only');
}

/** Forbids deleting rows. */
export async function undeletable(
  db: Kysely<unknown>,
  dialect: SqlDialect,
  table: string,
  rule: 'undeletable' | 'append-only' = 'undeletable',
): Promise<void> {
  await forbid(db, dialect, table, 'delete', rule);
  // SQLite has no TRUNCATE; PostgreSQL's fires no row trigger.
  if (dialect === 'postgresql') await forbid(db, dialect, table, 'truncate', rule);
}

/** Forbids changing these columns of a row once it is there. */
export async function immutableColumns(
  db: Kysely<unknown>,
  dialect: SqlDialect,
  table: string,
  columns: readonly string[],
): Promise<void> {
  assert(columns.length > 0 && columns.every((column) => NAME.test(column)), 'names of columns');
  const differs = columns.map((column) => changed(dialect, column)).join(' or ');
  await forbid(db, dialect, table, 'update', 'immutable', differs, columns);
}

/**
 * Allows a column to change only along the given pairs, and a row to begin only in one of the initial values.
 *
 * Writing the value that is there already is no change.
 */
export async function allowedTransitions(
  db: Kysely<unknown>,
  dialect: SqlDialect,
  table: string,
  column: string,
  pairs: readonly (readonly [from: string, to: string])[],
  initial?: readonly string[],
): Promise<void> {
  assert(NAME.test(column), 'name of a column');
  assert(
    pairs.flat().every((value) => VALUE.test(value)),
    'values of a column of states',
  );
  const allowed = pairs.map(
    ([from, to]) => `(old."${column}" = '${from}' and new."${column}" = '${to}')`,
  );
  const outside = allowed.length === 0 ? '' : ` and not (${allowed.join(' or ')})`;
  await forbid(
    db,
    dialect,
    table,
    'update',
    'transition',
    `${changed(dialect, column)}${outside}`,
    [column],
  );
  if (initial === undefined) return;
  assert(
    initial.length > 0 && initial.every((value) => VALUE.test(value)),
    'values of a column of states',
  );
  const list = initial.map((value) => `'${value}'`).join(', ');
  await forbid(db, dialect, table, 'insert', 'transition', `new."${column}" not in (${list})`, [
    column,
  ]);
}

/**
 * Makes a change that a rule forbids, and puts the rule back: for migrations that take away what should never have been kept.
 * @param trigger the rule's name in the database: table, first column if any, rule, event
 */
export async function despiteRule(
  db: Kysely<unknown>,
  dialect: SqlDialect,
  table: string,
  trigger: string,
  change: () => Promise<void>,
): Promise<void> {
  assert(NAME.test(table) && TRIGGER.test(trigger), 'names of a table and its rule');
  if (dialect === 'postgresql') {
    await sql.raw(`alter table "${table}" disable trigger "${trigger}"`).execute(db);
    await change();
    await sql.raw(`alter table "${table}" enable trigger "${trigger}"`).execute(db);
    return;
  }
  const { rows } = await sql<{ readonly sql: string }>`
    select sql from sqlite_master where type = 'trigger' and name = ${trigger}`.execute(db);
  const [rule] = rows;
  assert(rule !== undefined, 'the rule is there');
  await sql.raw(`drop trigger "${trigger}"`).execute(db);
  await change();
  await sql.raw(rule.sql).execute(db);
}

/** Reads the rule's name back from the message of the error that it raised. */
export function ruleOf(message: string): string {
  const at = message.indexOf(MARK);
  return at === -1 ? 'unnamed' : message.slice(at + MARK.length);
}

function changed(dialect: SqlDialect, column: string): string {
  const distinct = dialect === 'sqlite' ? 'is not' : 'is distinct from';
  return `new."${column}" ${distinct} old."${column}"`;
}

type Event = 'insert' | 'update' | 'delete' | 'truncate';

async function forbid(
  db: Kysely<unknown>,
  dialect: SqlDialect,
  table: string,
  event: Event,
  rule: string,
  condition?: string,
  columns: readonly string[] = [],
): Promise<void> {
  assert(NAME.test(table), 'name of a table');
  const name = [table, ...columns.slice(0, 1), rule.replaceAll('-', '_'), event].join('_');
  const message = `${MARK}${rule} ${table}${columns.map((column) => ` ${column}`).join('')}`;
  const when = condition === undefined ? '' : ` when (${condition})`;
  const statements =
    dialect === 'sqlite'
      ? [
          `create trigger "${name}" before ${event} on "${table}" for each row${when}
           begin select raise(abort, '${message}'); end`,
        ]
      : [
          // One function for all rules; the message comes as the trigger's argument.
          `create or replace function raise_rule() returns trigger language plpgsql as
           $$ begin raise exception using errcode = '${RULE_SQL_STATE}', message = tg_argv[0]; end $$`,
          `create trigger "${name}" before ${event} on "${table}"
           for each ${event === 'truncate' ? 'statement' : 'row'}${when}
           execute function raise_rule('${message}')`,
        ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}

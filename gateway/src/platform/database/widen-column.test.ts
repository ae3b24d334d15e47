/**
 * Goal: a column takes a new value, and nothing else of its table changes: rows, order of columns, indexes, rules, and the
 * refusal of what is still no value. Method: a table with all of that, widened while it has rows, on both databases.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { ConstraintViolation, RuleViolation } from './database-error.ts';
import type { Migration } from './migration.ts';
import { createIndex, createTable } from './schema.ts';
import { allowedTransitions, immutableColumns, undeletable } from './sql-rule.ts';
import { forEachDatabase } from './testing/database-suite.ts';
import { widenColumn } from './widen-column.ts';

interface Tables {
  readonly badge: {
    readonly id: string;
    readonly kind: string;
    readonly colour: string;
    readonly state: string;
  };
}

const BADGES: Migration = {
  name: 'example/0001-badges',
  up: async (db, dialect) => {
    await createTable(db, dialect, 'badge', {
      id: { kind: 'text', primaryKey: true },
      kind: { kind: 'text', oneOf: ['cart'] },
      colour: { kind: 'text', oneOf: ['red'] },
      state: { kind: 'text', oneOf: ['new', 'used'] },
    });
    await createIndex(db, 'badge', ['kind']);
    await undeletable(db, dialect, 'badge');
    await immutableColumns(db, dialect, 'badge', ['id', 'kind']);
    await allowedTransitions(db, dialect, 'badge', 'state', [['new', 'used']], ['new']);
  },
};
const WIDER: Migration = {
  name: 'example/0002-wider',
  up: async (db, dialect) => {
    await widenColumn(db, dialect, 'badge', 'kind', ['cart', 'officer']);
    await widenColumn(db, dialect, 'badge', 'kind', ['cart', 'officer', 'porter']);
  },
};
const ROW = { id: 'a', kind: 'cart', colour: 'red', state: 'new' } as const;

forEachDatabase('a widened column', (open) => {
  test('takes the new value; rows, index and rules are as they were', async () => {
    const database = await open([BADGES]);
    const db = database.db<Tables>();
    await db.insertInto('badge').values(ROW).execute();
    await db.updateTable('badge').set({ state: 'used' }).where('id', '=', 'a').execute();
    await assert.rejects(
      db
        .insertInto('badge')
        .values({ ...ROW, id: 'b', kind: 'officer' })
        .execute(),
      ConstraintViolation,
    );

    await database.migrate([BADGES, WIDER]);

    assert.deepEqual(await db.selectFrom('badge').selectAll().execute(), [
      { ...ROW, state: 'used' },
    ]);
    await db
      .insertInto('badge')
      .values({ ...ROW, id: 'b', kind: 'officer' })
      .execute();
    const forbidden = [
      [{ ...ROW, id: 'c', kind: 'stranger' }, ConstraintViolation],
      [{ ...ROW, id: 'c', colour: 'blue' }, ConstraintViolation],
      [{ ...ROW, id: 'c', state: 'used' }, RuleViolation],
    ] as const;
    for (const [row, refusal] of forbidden)
      await assert.rejects(db.insertInto('badge').values(row).execute(), refusal);
    await assert.rejects(db.deleteFrom('badge').execute(), RuleViolation);
    await assert.rejects(db.updateTable('badge').set({ kind: 'porter' }).execute(), RuleViolation);
    await assert.rejects(db.updateTable('badge').set({ state: 'new' }).execute(), RuleViolation);
    const indexes =
      open.dialect === 'sqlite'
        ? await sql`select name from sqlite_schema where type = 'index' and tbl_name = 'badge'
                    and sql is not null`.execute(database.db())
        : await sql`select indexname as name from pg_indexes where tablename = 'badge'
                    and indexname like '%_by_%'`.execute(database.db());
    assert.deepEqual(indexes.rows, [{ name: 'badge_by_kind' }]);
  });
});

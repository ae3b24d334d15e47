/**
 * Goal: append-only tables, immutable columns and allowed transitions hold whatever statement is tried.
 * Method: both databases; a model of three states is compared with the triggers for every pair of values.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { RuleViolation } from './database-error.ts';
import { forEachDatabase } from './testing/database-suite.ts';
import type { Migration } from './migration.ts';
import { createTable } from './schema.ts';
import { allowedTransitions, appendOnly, immutableColumns, undeletable } from './sql-rule.ts';

const STATES = ['open', 'resolving', 'resolved'] as const;
const PAIRS = [
  ['open', 'resolving'],
  ['resolving', 'resolved'],
] as const;

interface Tables {
  readonly entry: { readonly id: string; readonly body: string | null };
  readonly matter: { readonly id: string; readonly state: string; readonly owner: string | null };
  readonly keeper: { readonly id: string };
}

const RULES: Migration = {
  name: 'example/0001-rules',
  up: async (db, dialect) => {
    await createTable(db, dialect, 'entry', {
      id: { kind: 'text', primaryKey: true },
      body: { kind: 'text', nullable: true },
    });
    await appendOnly(db, dialect, 'entry');
    await createTable(db, dialect, 'matter', {
      id: { kind: 'text', primaryKey: true },
      state: { kind: 'text' },
      owner: { kind: 'text', nullable: true },
    });
    await immutableColumns(db, dialect, 'matter', ['id', 'owner']);
    await allowedTransitions(db, dialect, 'matter', 'state', PAIRS, ['open', 'resolving']);
    await createTable(db, dialect, 'keeper', { id: { kind: 'text', primaryKey: true } });
    await undeletable(db, dialect, 'keeper');
  },
};

async function refused(act: Promise<unknown>, rule: string): Promise<void> {
  await assert.rejects(act, (fault: unknown) => {
    assert(fault instanceof RuleViolation, String(fault));
    assert.equal(fault.rule, rule);
    return true;
  });
}

forEachDatabase('rules', (open) => {
  test('append-only: no row is changed, deleted or replaced', async () => {
    const database = await open([RULES]);
    const db = database.db<Tables>();
    await db.insertInto('entry').values({ id: 'a', body: 'x' }).execute();
    const rule = 'append-only entry';
    await refused(db.updateTable('entry').set({ body: 'y' }).execute(), rule);
    await refused(db.updateTable('entry').set({ body: 'x' }).execute(), rule);
    await refused(db.deleteFrom('entry').execute(), rule);
    await refused(
      db
        .insertInto('entry')
        .values({ id: 'a', body: 'y' })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ body: 'y' }))
        .execute(),
      rule,
    );
    const other =
      open.dialect === 'sqlite'
        ? sql`insert or replace into entry (id, body) values ('a', 'y')`
        : sql`truncate entry`;
    await refused(other.execute(db), rule);
    await db.insertInto('entry').values({ id: 'b', body: null }).execute();
    assert.deepEqual(await db.selectFrom('entry').selectAll().orderBy('id').execute(), [
      { id: 'a', body: 'x' },
      { id: 'b', body: null },
    ]);
  });

  test('immutable: a column keeps its value, also when that is null; the others change', async () => {
    const db = (await open([RULES])).db<Tables>();
    await db.insertInto('matter').values({ id: 'a', state: 'open', owner: null }).execute();
    const rule = 'immutable matter id owner';
    await refused(db.updateTable('matter').set({ owner: 'x' }).execute(), rule);
    await refused(db.updateTable('matter').set({ id: 'b' }).execute(), rule);
    await db.updateTable('matter').set({ id: 'a', owner: null, state: 'resolving' }).execute();
    await db.deleteFrom('matter').execute();
  });

  test('transitions: exactly the allowed pairs pass, and staying is no change', async () => {
    const db = (await open([RULES])).db<Tables>();
    const rule = 'transition matter state';
    for (const from of STATES) {
      for (const to of [...STATES, 'elsewhere']) {
        const id = `${from}-${to}`;
        const [start, ...way] =
          from === 'open' ? ['open'] : STATES.slice(1, STATES.indexOf(from) + 1);
        await db
          .insertInto('matter')
          .values({ id, state: start ?? '', owner: null })
          .execute();
        for (const state of [...way]) {
          await db.updateTable('matter').set({ state }).where('id', '=', id).execute();
        }
        const change = db.updateTable('matter').set({ state: to }).where('id', '=', id).execute();
        const allowed = from === to || PAIRS.some(([one, other]) => one === from && other === to);
        if (allowed) await change;
        else await refused(change, rule);
      }
    }
  });

  test('transitions: a row begins only in an initial value', async () => {
    const db = (await open([RULES])).db<Tables>();
    const begin = (state: string): Promise<unknown> =>
      db.insertInto('matter').values({ id: state, state, owner: null }).execute();
    await begin('open');
    await refused(begin('resolved'), 'transition matter state');
  });

  test('undeletable: rows stay, and a refused statement undoes its transaction', async () => {
    const database = await open([RULES]);
    await database.db<Tables>().insertInto('keeper').values({ id: 'a' }).execute();
    await refused(
      database.transaction(async (view) => {
        await view.db<Tables>().insertInto('keeper').values({ id: 'b' }).execute();
        await view.db<Tables>().deleteFrom('keeper').where('id', '=', 'a').execute();
      }),
      'undeletable keeper',
    );
    const rows = await database.db<Tables>().selectFrom('keeper').selectAll().execute();
    assert.deepEqual(rows, [{ id: 'a' }]);
  });
});

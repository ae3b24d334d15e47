/**
 * Goal: a store written once behaves the same on SQLite and PostgreSQL.
 * Method: real databases of both kinds; each difference that the platform promises to level is provoked.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import type { Generated } from 'kysely';
import { ConstraintViolation, DatabaseNewer, UniqueViolation } from './database-error.ts';
import { forEachDatabase } from './testing/database-suite.ts';
import type { Database, DatabaseView } from './database.ts';
import type { Migration } from './migration.ts';
import { createIndex, createTable } from './schema.ts';
import type { StoredBoolean } from './schema.ts';

interface Tables {
  readonly facility: { readonly name: string };
  readonly item: {
    readonly number: Generated<number>;
    readonly name: string;
    readonly facility: string | null;
    readonly state: string;
    readonly at: number;
    readonly urgent: StoredBoolean;
    readonly body: Uint8Array | null;
    readonly details: string | null;
  };
  readonly counter: { readonly name: string; readonly value: number };
}

const ITEMS: Migration = {
  name: 'example/0001-items',
  up: async (db, dialect) => {
    await createTable(db, dialect, 'facility', { name: { kind: 'text', primaryKey: true } });
    await createTable(
      db,
      dialect,
      'item',
      {
        number: { kind: 'sequence' },
        name: { kind: 'text' },
        facility: { kind: 'text', nullable: true, references: 'facility.name' },
        state: { kind: 'text', oneOf: ['open', 'resolved'] },
        at: { kind: 'instant' },
        urgent: { kind: 'boolean' },
        body: { kind: 'bytes', nullable: true },
        details: { kind: 'json', nullable: true },
      },
      { unique: [['name', 'state']] },
    );
    await createIndex(db, 'item', ['at']);
  },
};
const COUNTERS: Migration = {
  name: 'example/0002-counters',
  up: async (db, dialect) => {
    await createTable(db, dialect, 'counter', {
      name: { kind: 'text', primaryKey: true },
      value: { kind: 'integer' },
    });
  },
};
const MIGRATIONS = [ITEMS, COUNTERS];

const ITEM = {
  name: 'a',
  facility: null,
  state: 'open',
  at: 1_700_000_000_123,
  urgent: 1 as StoredBoolean,
  body: Uint8Array.of(0, 255, 10),
  details: '{"a":1}',
} as const;

async function insert(view: DatabaseView, name: string): Promise<void> {
  await view
    .db<Tables>()
    .insertInto('item')
    .values({ ...ITEM, name })
    .execute();
}

async function names(database: Database): Promise<readonly string[]> {
  const rows = await database
    .db<Tables>()
    .selectFrom('item')
    .select('name')
    .orderBy('name')
    .execute();
  return rows.map((row) => row.name);
}

forEachDatabase('values', (open) => {
  test('come back as they were stored, with the same JavaScript types', async () => {
    const db = (await open(MIGRATIONS)).db<Tables>();
    const returned = await db
      .insertInto('item')
      .values(ITEM)
      .returningAll()
      .executeTakeFirstOrThrow();
    assert.deepEqual(returned, { number: 1, ...ITEM });
    const read = await db.selectFrom('item').selectAll().where('at', '=', ITEM.at).execute();
    assert.deepEqual(read, [{ number: 1, ...ITEM }]);
  });

  test('of aggregates and conditions are numbers', async () => {
    const db = (await open(MIGRATIONS)).db<Tables>();
    await db.insertInto('item').values(ITEM).execute();
    const { rows } = await sql`
      select count(*) as n, sum(at) as total, max(at) as latest, exists (select 1 from item) as found
      from item`.execute(db);
    assert.deepEqual(rows, [{ n: 1, total: ITEM.at, latest: ITEM.at, found: 1 }]);
  });

  test('of text sort by code point', async () => {
    const database = await open(MIGRATIONS);
    for (const name of ['b', 'Z', 'ä', 'a-b', 'aB', '_']) await insert(database, name);
    assert.deepEqual(await names(database), ['Z', '_', 'a-b', 'aB', 'b', 'ä']);
  });

  test('outside the portable subset are faults of the program', async () => {
    const db = (await open(MIGRATIONS)).db<Tables>();
    for (const at of [true, 1.5, Number.NaN, 2 ** 53, new Date(0), { a: 1 }, undefined, 1n]) {
      await assert.rejects(sql`insert into counter (name, value) values ('x', ${at})`.execute(db), {
        name: 'AssertionError',
      });
    }
  });

  test('with NUL in a text are refused', async () => {
    const database = await open(MIGRATIONS);
    await assert.rejects(insert(database, 'a\0b'), ConstraintViolation);
  });

  test('count how many rows a change touched', async () => {
    const database = await open(MIGRATIONS);
    for (const name of ['a', 'b', 'c']) await insert(database, name);
    const db = database.db<Tables>();
    const updated = await db
      .updateTable('item')
      .set({ urgent: 0 })
      .where('name', '<', 'c')
      .executeTakeFirst();
    const deleted = await db.deleteFrom('item').where('name', '=', 'z').executeTakeFirst();
    assert.deepEqual([updated.numUpdatedRows, deleted.numDeletedRows], [2n, 0n]);
  });

  test('of a sequence are never given twice', async () => {
    const db = (await open(MIGRATIONS)).db<Tables>();
    const add = async (): Promise<number> => {
      const row = await db
        .insertInto('item')
        .values(ITEM)
        .returning('number')
        .executeTakeFirstOrThrow();
      await db.deleteFrom('item').execute();
      return row.number;
    };
    assert.deepEqual([await add(), await add()], [1, 2]);
  });

  test('are taken over by `on conflict … returning`', async () => {
    const db = (await open(MIGRATIONS)).db<Tables>();
    const bump = async (): Promise<number> => {
      const row = await db
        .insertInto('counter')
        .values({ name: 'n', value: 1 })
        .onConflict((conflict) =>
          conflict.column('name').doUpdateSet({ value: sql`counter.value + 1` }),
        )
        .returning('value')
        .executeTakeFirstOrThrow();
      return row.value;
    };
    assert.deepEqual([await bump(), await bump()], [1, 2]);
  });
});

forEachDatabase('constraints', (open) => {
  test('of uniqueness name their columns and keep the values out of the error', async () => {
    const database = await open(MIGRATIONS);
    await insert(database, 'SMITH^JANE');
    await assert.rejects(insert(database, 'SMITH^JANE'), (fault: unknown) => {
      assert(fault instanceof UniqueViolation);
      assert.deepEqual(fault.columns, ['name', 'state']);
      assert(fault.cause instanceof Error);
      const everything =
        JSON.stringify([fault, fault.cause]) + String(fault.stack) + String(fault.cause.stack);
      assert(!everything.includes('SMITH'));
      return true;
    });
  });

  test('say which kind of rule was broken', async () => {
    const db = (await open(MIGRATIONS)).db<Tables>();
    const broken = [
      ['reference', { ...ITEM, facility: 'nowhere' }],
      ['check', { ...ITEM, state: 'lost' }],
      ['check', { ...ITEM, urgent: 2 as StoredBoolean }],
      ['missing', { ...ITEM, name: null as unknown as string }],
      ['type', { ...ITEM, at: 'yesterday' as unknown as number }],
    ] as const;
    for (const [kind, values] of broken) {
      await assert.rejects(db.insertInto('item').values(values).execute(), (fault: unknown) => {
        assert(fault instanceof ConstraintViolation, String(fault));
        assert.equal(fault.kind, kind);
        return true;
      });
    }
  });

  test('a misspelt column is a fault of the program, not an expected error', async () => {
    const database = await open(MIGRATIONS);
    await assert.rejects(sql`select nothing from item`.execute(database.db()), (fault: unknown) => {
      assert(fault instanceof Error && !('columns' in fault) && fault.message.includes('nothing'));
      return true;
    });
  });
});

forEachDatabase('transactions', (open) => {
  test('are undone as a whole', async () => {
    const database = await open(MIGRATIONS);
    const stop = new Error('stop');
    await assert.rejects(
      database.transaction(async (view) => {
        await insert(view, 'a');
        throw stop;
      }),
      stop,
    );
    assert.deepEqual(await names(database), []);
  });

  test('end with their first failed statement, even when its error is caught', async () => {
    const database = await open(MIGRATIONS);
    await assert.rejects(
      database.transaction(async (view) => {
        await insert(view, 'a');
        await insert(view, 'a').catch(() => undefined);
      }),
    );
    await insert(database, 'b');
    assert.deepEqual(await names(database), ['b']);
  });

  test('running together change a counter as if one after the other', async () => {
    const database = await open(MIGRATIONS);
    await database.db<Tables>().insertInto('counter').values({ name: 'n', value: 0 }).execute();
    const bump = (): Promise<void> =>
      database.transaction(async (view) => {
        const counters = view.db<Tables>();
        const { value } = await counters
          .selectFrom('counter')
          .select('value')
          .executeTakeFirstOrThrow();
        await counters
          .updateTable('counter')
          .set({ value: value + 1 })
          .execute();
      });
    await Promise.all(Array.from({ length: 5 }, bump));
    const read = await database
      .db<Tables>()
      .selectFrom('counter')
      .select('value')
      .executeTakeFirst();
    assert.equal(read?.value, 5);
  });

  test('refuse a query that would leave them, and another transaction inside', async () => {
    const database = await open(MIGRATIONS);
    await assert.rejects(
      database.transaction(() => insert(database, 'a')),
      { name: 'AssertionError' },
    );
    await assert.rejects(
      database.transaction(() => database.transaction(async () => undefined)),
      {
        name: 'AssertionError',
      },
    );
    await assert.rejects(
      database
        .db()
        .transaction()
        .execute(async () => undefined),
      {
        name: 'AssertionError',
      },
    );
    await insert(database, 'b');
    assert.deepEqual(await names(database), ['b']);
  });

  test('let work that was started inside go on outside once they have ended', async () => {
    const database = await open(MIGRATIONS);
    const gate = Promise.withResolvers<void>();
    let later: Promise<void> | undefined;
    await database.transaction(async (view) => {
      later = gate.promise.then(() => insert(database, 'later'));
      await insert(view, 'now');
    });
    gate.resolve();
    await later;
    assert.deepEqual(await names(database), ['later', 'now']);
  });
});

forEachDatabase('migrations', (open) => {
  test('are applied once, in order, and remembered', async () => {
    const database = await open();
    assert.deepEqual(await database.migrate([ITEMS]), ['example/0001-items']);
    assert.deepEqual(await database.migrate(MIGRATIONS), ['example/0002-counters']);
    assert.deepEqual(await database.migrate(MIGRATIONS), []);
  });

  test('that fail leave nothing behind, not even the ones before', async () => {
    const database = await open();
    const broken: Migration = {
      name: 'example/0002-broken',
      up: async (db) => {
        await sql`create table half (a text)`.execute(db);
        await sql`insert into nowhere values (1)`.execute(db);
      },
    };
    await assert.rejects(database.migrate([ITEMS, broken]));
    assert.deepEqual(
      await database.migrate(MIGRATIONS),
      MIGRATIONS.map((one) => one.name),
    );
  });

  test('of a newer program are refused by an older one, by name', async () => {
    const database = await open(MIGRATIONS);
    await assert.rejects(database.migrate([ITEMS]), (fault: unknown) => {
      assert(fault instanceof DatabaseNewer);
      assert.match(fault.message, /example\/0002-counters/);
      return true;
    });
  });

  test('of two programs that start together are applied once', async () => {
    const location = await open.place();
    const starters = await Promise.all([open.at(location), open.at(location)]);
    const applied =
      location.kind === 'postgresql'
        ? await Promise.all(starters.map((one) => one.migrate(MIGRATIONS)))
        : // Within one process SQLite's wait would stand in its own way; two files' owners are two processes.
          [await starters[0].migrate(MIGRATIONS), await starters[1].migrate(MIGRATIONS)];
    assert.deepEqual(
      applied.flat().toSorted(),
      MIGRATIONS.map((one) => one.name),
    );
  });

  test('with wrong names, double numbers or a late insertion are faults of the program', async () => {
    const database = await open(MIGRATIONS);
    const second: Migration = { name: 'other/0002-b', up: async () => undefined };
    const wrong = [
      [{ ...ITEMS, name: 'items' }],
      [ITEMS, { ...COUNTERS, name: 'example/0001-again' }],
      [COUNTERS, ITEMS],
    ];
    for (const migrations of wrong) {
      await assert.rejects(database.migrate(migrations), { name: 'AssertionError' });
    }
    await database.migrate([...MIGRATIONS, second]);
    const first = { ...second, name: 'other/0001-a' };
    await assert.rejects(database.migrate([...MIGRATIONS, first, second]), {
      name: 'AssertionError',
    });
  });
});

/** Test support: writes the same number into two tables, in one transaction, for ever; acknowledges each number. */
import { openDatabase } from '../database/database.ts';
import type { DatabaseLocation, Migration } from '../database/database.ts';
import { createTable } from '../database/schema.ts';
import { acknowledge } from './acknowledge.ts';

export interface WriterTables {
  readonly first: { readonly number: number; readonly body: string };
  readonly second: { readonly number: number };
}

export const WRITER_MIGRATIONS: readonly Migration[] = [
  {
    name: 'example/0001-pairs',
    up: async (db, dialect) => {
      const number = { kind: 'integer', primaryKey: true } as const;
      await createTable(db, dialect, 'first', { number, body: { kind: 'text' } });
      await createTable(db, dialect, 'second', { number });
    },
  },
];

if (import.meta.main) {
  const location = JSON.parse(process.argv[2] ?? '') as DatabaseLocation;
  const database = await openDatabase({ location });
  await database.migrate(WRITER_MIGRATIONS);
  for (let number = 1; ; number += 1) {
    await database.transaction(async (view) => {
      const db = view.db<WriterTables>();
      await db
        .insertInto('first')
        .values({ number, body: 'x'.repeat(3_000) })
        .execute();
      await db.insertInto('second').values({ number }).execute();
    });
    acknowledge(number);
  }
}

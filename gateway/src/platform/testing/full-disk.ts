/**
 * Test support: fills the small disk that it runs on through each kind of writer, and says in JSON what it saw; then
 * frees some room and says whether writing goes on.
 */
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { openDatabase } from '../database/database.ts';
import { writeDurably } from '../durable-file/durable-file.ts';
import { acknowledge } from './acknowledge.ts';
import { WRITER_MIGRATIONS } from './database-writer.ts';
import type { WriterTables } from './database-writer.ts';

const directory = process.argv[2] ?? '';
const ballast = path.join(directory, 'ballast');
const KIB = 1024;
const BALLAST_BYTES = 256 * KIB;

/** Repeats an act until it is refused. @returns how often it succeeded, and the code of the refusal */
async function untilRefused(
  act: (n: number) => Promise<unknown>,
): Promise<readonly [number, string]> {
  for (let n = 1; ; n += 1) {
    try {
      await act(n);
    } catch (fault) {
      if (!(fault instanceof DomainError)) throw fault;
      return [n - 1, fault.code];
    }
  }
}

const database = await openDatabase({
  location: { kind: 'sqlite', file: path.join(directory, 'gateway.db') },
});
await database.migrate(WRITER_MIGRATIONS);
const insert = (number: number): Promise<unknown> =>
  database.transaction(async (view) => {
    const db = view.db<WriterTables>();
    await db.insertInto('second').values({ number }).execute();
    await db
      .insertInto('first')
      .values({ number, body: 'x'.repeat(4 * KIB) })
      .execute();
  });
const countOf = async (table: 'first' | 'second'): Promise<number> => {
  const row = await database
    .db<WriterTables>()
    .selectFrom(table)
    .select((builder) => builder.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return row.count;
};

const whole = path.join(directory, 'whole');
await writeDurably(whole, 'before');
writeFileSync(ballast, Buffer.alloc(BALLAST_BYTES));

const [, fileCode] = await untilRefused(async () => {
  await writeDurably(whole, Buffer.alloc(64 * KIB));
  writeFileSync(path.join(directory, `more-${process.hrtime.bigint()}`), Buffer.alloc(4 * KIB));
});
const [stored, databaseCode] = await untilRefused(insert);
const full = {
  fileCode,
  fileWhole: [6, 64 * KIB].includes(readFileSync(whole).length),
  leftovers: readdirSync(directory).filter((name) => name.endsWith('.partial')),
  databaseCode,
  rows: [(await countOf('first')) === stored, (await countOf('second')) === stored],
};

rmSync(ballast);
await writeDurably(whole, 'after');
await insert(1_000_000);
const after = {
  file: readFileSync(whole, 'utf8'),
  rows: (await countOf('first')) === stored + 1,
};
await database.close();
acknowledge(JSON.stringify({ full, after }));

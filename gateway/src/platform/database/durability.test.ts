/**
 * Goal: whatever the database acknowledged is there after `kill -9`, whole transactions only.
 * Method: another process writes pairs and acknowledges each; it is killed in the middle of that, several times over on
 * the same database. (A kill leaves the operating system alive: what a power failure does is up to fsync, which the
 * pragmas are checked for.)
 */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { sql } from 'kysely';
import { WRITER_MIGRATIONS } from '../testing/database-writer.ts';
import type { WriterTables } from '../testing/database-writer.ts';
import { killPrograms, startProgram } from '../testing/test-program.ts';
import { forEachDatabase } from './testing/database-suite.ts';

afterEach(killPrograms);

forEachDatabase('durability', (open) => {
  test('nothing acknowledged is lost, nothing is half there', async () => {
    for (const acknowledgements of [1, 7, 40]) {
      const location = await open.place();
      const writer = startProgram('database-writer', [JSON.stringify(location)]);
      await writer.line(acknowledgements);
      await writer.kill();
      const acknowledged = Number(writer.lines.at(-1));
      assert(acknowledged >= acknowledgements);

      const database = await open.at(location);
      assert.deepEqual(await database.migrate(WRITER_MIGRATIONS), []);
      const db = database.db<WriterTables>();
      const first = await db.selectFrom('first').select('number').orderBy('number').execute();
      const second = await db.selectFrom('second').select('number').orderBy('number').execute();
      assert.deepEqual(first, second);
      assert.deepEqual(
        first,
        Array.from(first, (_, index) => ({ number: index + 1 })),
      );
      // The one after the last acknowledged may have been committed, but not more.
      assert([acknowledged, acknowledged + 1].includes(first.length));
    }
  });

  // PostgreSQL is set up by its own administrator.
  if (open.dialect !== 'sqlite') return;
  test('a commit waits for the disk, and deleted content is overwritten', async () => {
    const db = (await open()).db();
    const settings = await Promise.all(
      ['journal_mode', 'synchronous', 'foreign_keys', 'secure_delete', 'temp_store'].map(
        async (name) => {
          const { rows } = await sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(db);
          return Object.values(rows[0] ?? {})[0];
        },
      ),
    );
    assert.deepEqual(settings, ['wal', 2, 1, 1, 2]);
  });
});

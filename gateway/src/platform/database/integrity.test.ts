/**
 * Goal: what a disk changed unseen in the structure of the SQLite file is noticed when it is opened. Method: a real
 * database, and a copy of it with one index entry changed, a rule broken, or a page's head overwritten.
 */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { DatabaseDamaged } from './database-error.ts';
import { openDatabase } from './database.ts';
import { WRITER_MIGRATIONS } from '../testing/database-writer.ts';
import type { WriterTables } from '../testing/database-writer.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-integrity-'));
after(() => rmSync(directory, { recursive: true }));
const GOOD = path.join(directory, 'good.db');

async function makeDatabase(): Promise<void> {
  const database = await openDatabase({ location: { kind: 'sqlite', file: GOOD } });
  await database.migrate(WRITER_MIGRATIONS);
  const db = database.db<WriterTables>();
  for (let number = 1; number <= 200; number += 1) {
    await db
      .insertInto('first')
      .values({ number, body: 'b'.repeat(100) })
      .execute();
  }
  await database.close();
}

async function openChanged(change: (bytes: Buffer) => void): Promise<void> {
  const file = path.join(directory, 'changed.db');
  copyFileSync(GOOD, file);
  const bytes = readFileSync(file);
  change(bytes);
  writeFileSync(file, bytes);
  await (await openDatabase({ location: { kind: 'sqlite', file } })).close();
}

test('a whole file opens; a damaged page, header or name of a column does not', async () => {
  await makeDatabase();
  await openChanged(() => undefined);
  const pageBytes = 4096;
  const refused: readonly ((bytes: Buffer) => void)[] = [
    (bytes) => void bytes.write('XQLite', 0),
    // The number of cells of the third page.
    (bytes) =>
      void bytes.writeUInt16BE(bytes.readUInt16BE(2 * pageBytes + 3) ^ 1, 2 * pageBytes + 3),
    // The kind of the last page.
    (bytes) => {
      const at = bytes.length - pageBytes;
      bytes[at] = (bytes[at] ?? 0) ^ 1;
    },
  ];
  for (const change of refused) await assert.rejects(openChanged(change), DatabaseDamaged);
});

test('a rule of the schema that a disk has changed is noticed before anything is written', async () => {
  const file = path.join(directory, 'rules.db');
  copyFileSync(GOOD, file);
  const bytes = readFileSync(file);
  const rule = bytes.indexOf('CREATE TABLE "first"');
  const at = rule === -1 ? bytes.indexOf('create table "first"') : rule;
  assert.ok(at > 0, 'the schema lies in the file as it was made');
  const last = bytes.indexOf('body', at);
  // A column by another name: SQLite finds nothing wrong with it.
  bytes[last] = 'c'.charCodeAt(0);
  writeFileSync(file, bytes);
  const database = await openDatabase({ location: { kind: 'sqlite', file } });
  await assert.rejects(database.migrate(WRITER_MIGRATIONS), DatabaseDamaged);
  await database.close();
});

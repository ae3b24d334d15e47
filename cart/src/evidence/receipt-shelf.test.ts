/**
 * Goal: a cart keeps a bounded number of receipts with names of files, the newest, for its own account alone.
 * Method: a shelf that is full on a real disk, and two receipts more.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import type { SessionReceiptFile } from '@chaperone/protocol/receipt/receipt-file.ts';
import { openLog } from '../platform/log.ts';
import { RECEIPTS_KEPT_MAX, ReceiptShelf } from './receipt-shelf.ts';

test('only so many receipts are kept, the oldest go first, and nobody else on the cart reads them', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-receipts-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const directory = path.join(folder, 'receipts');
  await mkdir(directory, { mode: 0o700 });
  const nameOf = (at: number): string =>
    `${String(at).padStart(15, '0')}-${newId('session', randomBytes)}.json`;
  const names = Array.from({ length: RECEIPTS_KEPT_MAX }, (_, at) => nameOf(at));
  await Promise.all(names.map(async (name) => await writeFile(path.join(directory, name), '{}')));
  const shelf = await ReceiptShelf.open(directory, openLog('silent'));
  for (const at of [5000, 5001])
    await shelf.keep(newId('session', randomBytes), at, {} as SessionReceiptFile, true);
  const kept = (await readdir(directory)).toSorted();
  assert.equal(kept.length, RECEIPTS_KEPT_MAX);
  assert.equal(kept[0], names[2]);
  assert.deepEqual(shelf.counts(), { kept: RECEIPTS_KEPT_MAX, awaiting: 2 });
  const written = kept.at(-1) ?? '';
  assert.equal((await stat(path.join(directory, written))).mode & 0o077, 0);
  assert.equal((await stat(directory)).mode & 0o077, 0);
});

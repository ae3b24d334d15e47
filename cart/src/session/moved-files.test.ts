/**
 * Goal: a receipt's list has each file once, with what became of it last, and no session fills the memory with it.
 * Method: the list itself, with files that break, go on, and are too many.
 */
import { equal, notEqual } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import {
  RECEIPT_FILES_MAX,
  readReceiptFile,
  receiptFilesOf,
} from '@chaperone/protocol/receipt/receipt-files.ts';
import { MovedFiles } from './moved-files.ts';
import type { MovedFile } from './moved-files.ts';

const newList = (): MovedFiles => new MovedFiles({ randomBytes, utcMs: () => 5 });
const fileOf = (change: Partial<MovedFile> = {}): MovedFile => ({
  transfer: newId('transfer', randomBytes),
  direction: 'from-cart',
  outcome: 'whole',
  bytes: 3,
  name: 'logs/today.log',
  sha256: randomBytes(32).toString('base64'),
  ...change,
});

test('a file that broke and went on is one, as it ended; its digest is that of the wire', () => {
  const list = newList();
  const whole = fileOf();
  const other = fileOf({ name: 'b', direction: 'to-cart', outcome: 'refused', sha256: null });
  list.note({ ...whole, outcome: 'broken', bytes: 1, sha256: null });
  list.note(other);
  list.note(whole);
  const { lines, claims } = list.list();
  const [first, second] = lines.map(readReceiptFile);
  equal(lines.length, 2);
  equal(first?.outcome, 'whole');
  equal(Buffer.from(first?.sha256 ?? '', 'base64url').toString('base64'), whole.sha256);
  equal(second?.outcome, 'refused');
  equal(second?.sha256, null);
  notEqual(first?.salt, second?.salt);
  equal(JSON.stringify(claims), JSON.stringify(receiptFilesOf(lines, 0)));
});

test('what is more than a list holds is counted, each file once', () => {
  const list = newList();
  for (let n = 0; n < RECEIPT_FILES_MAX; n += 1) list.note(fileOf());
  const late = fileOf();
  list.note(late);
  list.note(late);
  const { lines, claims } = list.list();
  equal(lines.length, RECEIPT_FILES_MAX);
  equal(claims.leftOut, 1);
});

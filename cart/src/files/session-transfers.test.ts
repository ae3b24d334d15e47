// Goal: a gateway that chooses ranges and ids as it likes takes no file that the receipt does not name. Method: real files, asked for
// in each way that once left nothing on the list.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import type { TransferId } from '@chaperone/domain/id/id.ts';
import { readReceiptFile } from '@chaperone/protocol/receipt/receipt-files.ts';
import { MovedFiles } from '../session/moved-files.ts';
import type { Fetch, Files } from './files.ts';
import { SessionTransfers } from './session-transfers.ts';
import { announced, digest, startFiles } from './testing/files-bench.ts';
import type { RecordingRight } from './testing/files-bench.ts';

const CONTENT = randomBytes(600_000);
const SIZE = CONTENT.length;
const newTransfer = (): TransferId => newId('transfer', randomBytes);

function orderOf(name: string, transferId: TransferId, range?: string) {
  return { directory: 'images', path: name, transferId, range, ifMatch: undefined };
}

/** Takes what a fetch gives, all of it or so many bytes, and ends it. */
async function taken(fetch: Fetch, bytesMax = Infinity): Promise<number> {
  let bytes = 0;
  for await (const chunk of fetch.read()) {
    bytes += chunk.length;
    fetch.sent(chunk);
    if (bytes >= bytesMax) break;
  }
  const isAll = bytes === fetch.to - fetch.from && bytesMax === Infinity;
  if (isAll) fetch.digest();
  await fetch.settle(isAll ? 'fetched' : 'cancelled');
  return bytes;
}

function receiptOf(right: RecordingRight) {
  const moved = new MovedFiles({ randomBytes, utcMs: () => 5 });
  for (const file of right.settledFiles) moved.note(file);
  return moved.list().lines.map((line) => readReceiptFile(line));
}

async function start(t: Parameters<typeof startFiles>[0]) {
  const all = await startFiles(t);
  await writeFile(path.join(all.exposed, 'a'), CONTENT);
  const ask = async (id: TransferId, range?: string): Promise<Fetch> =>
    await all.files.fetch(orderOf('a', id, range), all.right);
  return { ...all, ask };
}

const refused = { code: 'RANGE_REFUSED' };

test('a part leaves only under a transfer that has sent those bytes of that version', async (t) => {
  const { ask, exposed, right } = await start(t);
  const id = newTransfer();
  await assert.rejects(ask(id, `bytes=0-${SIZE - 1}`), refused, 'a whole file as one part');
  await assert.rejects(ask(id, 'bytes=0-0'), refused);
  const sent = await taken(await ask(id), 1);
  assert.ok(sent < SIZE);
  await assert.rejects(ask(id, `bytes=0-${sent}`), refused, 'one byte more than was sent');
  await assert.rejects(ask(newTransfer(), `bytes=0-${sent - 1}`), refused, 'of another transfer');
  assert.equal(await taken(await ask(id, `bytes=0-${sent - 1}`)), sent);
  assert.equal(right.kinds().at(-1), 'file-part-fetched');
  assert.deepEqual(
    receiptOf(right).map((line) => [line?.name, line?.outcome, line?.bytes]),
    [['a', 'broken', sent]],
  );
  await writeFile(path.join(exposed, 'a'), randomBytes(SIZE));
  await assert.rejects(ask(id, 'bytes=0-9'), refused, 'of another version');
});

test('what leaves in pieces until it is whole is told as whole, with its digest, and counted once', async (t) => {
  const { ask, right } = await start(t);
  const id = newTransfer();
  // It says that it holds nearly all, and then asks for that in parts.
  await taken(await ask(id, `bytes=${SIZE - 1}-`), 1);
  assert.equal(right.files, 0);
  await taken(await ask(id, 'bytes=100-599998'));
  assert.deepEqual([receiptOf(right)[0]?.outcome, receiptOf(right)[0]?.bytes], ['broken', SIZE]);
  await taken(await ask(id, 'bytes=0-99'));
  const [line] = receiptOf(right);
  assert.deepEqual([line?.outcome, line?.bytes], ['whole', SIZE]);
  assert.equal(Buffer.from(line?.sha256 ?? '', 'base64url').toString('base64'), digest(CONTENT));
  assert.equal(right.files, 1);
  assert.equal(right.kinds().at(-1), 'file-fetched');
  await taken(await ask(id, 'bytes=0-99'));
  assert.equal(right.files, 1);
});

test('a file that has left whole stays so on the list, whatever is broken off after it', async (t) => {
  const { ask, right } = await start(t);
  const id = newTransfer();
  await taken(await ask(id));
  await taken(await ask(id), 1);
  const other = newTransfer();
  await taken(await ask(other), 300_000);
  await taken(await ask(other), 1);
  const lines = receiptOf(right).map((line) => [line?.outcome, Number(line?.bytes) >= 300_000]);
  assert.deepEqual(lines, [
    ['whole', true],
    ['broken', true],
  ]);
});

test('a transfer is of one file, in one direction, to the end of its session', async (t) => {
  const { exposed, files, right } = await startFiles(t);
  for (const name of ['a', 'b']) await writeFile(path.join(exposed, name), CONTENT);
  const id = newTransfer();
  const fetch = async (name: string): Promise<number> =>
    await taken(await files.fetch(orderOf(name, id), right));
  const conflict = { code: 'TRANSFER_CONFLICT' };
  await fetch('a');
  await assert.rejects(fetch('b'), conflict);
  await assert.rejects(files.announce(announced('c', CONTENT, id), right), conflict);
  const sent = announced('c', CONTENT);
  await send(files, right, sent);
  await files.remove(sent.transfer);
  await assert.rejects(files.announce(announced('d', CONTENT, sent.transfer), right), conflict);
  await assert.rejects(files.fetch(orderOf('a', sent.transfer), right), conflict);
  assert.equal(receiptOf(right).length, right.files);
  await files.endSession();
  await fetch('b');
});

async function send(
  files: Files,
  right: RecordingRight,
  file: ReturnType<typeof announced>,
): Promise<void> {
  await files.announce(file, right);
  await files.write(file.transfer, 0, Readable.from([CONTENT]), right);
}

test('pieces are joined in any order', () => {
  const id = newTransfer();
  const order = [2, 0, 4, 1, 3];
  const transfers = new SessionTransfers();
  for (const [at, piece] of order.entries()) {
    assert.equal(transfers.isAllSent(id, 'x', 5), false, String(at));
    transfers.sent(id, 'x', [piece, piece + 1]);
  }
  assert.equal(transfers.isAllSent(id, 'x', 5), true);
  assert.equal(transfers.isAllSent(id, 'x', 6), false);
  assert.equal(transfers.isAllSent(id, 'y', 5), false);
});

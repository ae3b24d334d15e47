// Goal: a file that was placed in the cart's inbox, by an agent that is killed before it can say so, is done when its technician goes on with it
// in the next session: it is not sent again, there is one of it, and the receipt names it once. Method: the whole system; a road that is
// held in one direction while the file arrives, so that no answer can be heard; a kill once the file has its name.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import { readReceiptFile } from '@chaperone/protocol/receipt/receipt-files.ts';
import { sessionReceiptFile } from '@chaperone/protocol/receipt/receipt-file.ts';
import { start } from '../../../tools/demo/program.ts';
import { eventually } from '../../harness/eventually.ts';
import { Operator } from '../../harness/operator.ts';
import { startDiskDay } from '../disk/disk-day.ts';
import type { DiskDay } from '../disk/disk-day.ts';

/** Fits into what a desk may send before it hears anything (docs/protocol.md section 4), and is staged in several writes. */
const BYTES = 3 * 1024 * 1024 + 4321;
const ATTEMPTS_MAX = 20;

/** Sends a file and holds the road while it arrives. @returns null when it was faster than the hand on the road */
async function sendUnheard(day: DiskDay, name: string, content: Buffer) {
  const { technician, opened, inboxDisk, road } = day;
  const record = await technician.upload(opened.id, name, content);
  const { id } = await technician.send(opened.id, record);
  const inbox = (): readonly string[] => readdirSync(inboxDisk.directory);
  while (inbox().length === 0) await nextTurn();
  const isBegun = (): boolean =>
    inbox().includes(name) ||
    inbox().some((each) => (sizeOf(path.join(inboxDisk.directory, each)) ?? 0) > 0);
  while (!isBegun()) await nextTurn();
  road.freeze();
  if (inbox().includes(name)) {
    road.mend();
    await technician.settled(opened.id, id);
    return null;
  }
  road.mendTowardsDiallers();
  await eventually('the file under its name', () => inbox().includes(name));
  return id;
}

function sizeOf(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.size ?? null;
}

function factsOf(day: DiskDay): readonly JournalFact[] {
  const lines = readFileSync(
    path.join(day.cartDisk.directory, 'journal', 'journal.ndjson'),
    'utf8',
  );
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { fact: JournalFact }).fact);
}

test('a file that was placed by an agent that was killed before it said so is done in the next session, once', async () => {
  await using day = await startDiskDay({ diskReserveBytes: 0 });
  const { technician, opened, inboxDisk, cartDisk } = day;
  await day.openSession(['view', 'send-files']);
  const content = randomBytes(BYTES);
  let name = '';
  let sent: string | null = null;
  for (let attempt = 0; sent === null && attempt < ATTEMPTS_MAX; attempt += 1) {
    for (const each of readdirSync(inboxDisk.directory))
      rmSync(path.join(inboxDisk.directory, each));
    name = `tool-${attempt}.bin`;
    sent = await sendUnheard(day, name, content);
  }
  assert.ok(sent !== null, 'each file was placed before the road could be held');
  await day.system.cart.kill();
  day.road.mend();
  assert.deepEqual(readdirSync(inboxDisk.directory), [name]);
  const before = statSync(path.join(inboxDisk.directory, name));

  const configuration = path.join(day.folder, 'cart.json');
  const log = path.join(day.folder, 'again.log');
  const again = await start('cart', ['run', '--config', configuration], log, (output) =>
    /(http:\S+)\/#credential=(\S+)\n/.exec(output),
  );
  try {
    const [, panelUrl = '', credential = ''] = again.ready;
    const operator = new Operator(panelUrl, credential);
    await operator.press();
    await operator.accept();
    await technician.sessionWhen(opened.id, (session) => session.state === 'waiting');
    await technician.request(opened);
    const { requests } = await operator.viewWhen('a request', (view) => view.requests.length > 0);
    await operator.consent(requests[0]?.id ?? '', ['view', 'send-files']);
    await technician.sessionWhen(opened.id, (session) => session.grant !== null);
    const held = async () =>
      (await technician.case(opened.id)).transfers.find(({ id }) => id === sent);
    await eventually('the transfer to be held', async () => (await held())?.state === 'paused');
    await technician.act(opened.id, 'resume', { transfer: sent });
    const done = await technician.settled(opened.id, sent);
    assert.deepEqual([done.state, done.failure], ['done', null]);
    assert.deepEqual(readdirSync(inboxDisk.directory), [name]);
    const after = statSync(path.join(inboxDisk.directory, name));
    assert.deepEqual([after.ino, after.mtimeMs], [before.ino, before.mtimeMs], 'not sent again');
    assert.ok(readFileSync(path.join(inboxDisk.directory, name)).equals(content));
    const kinds = factsOf(day).flatMap((fact) =>
      'transferId' in fact && fact.transferId === sent ? [fact.kind] : [],
    );
    assert.deepEqual(kinds, ['file-placed', 'file-recognised']);
    await operator.end();
    const receipts = path.join(cartDisk.directory, 'receipts');
    const kept = await eventually(
      'the receipt',
      () => readdirSync(receipts).find((each) => each.endsWith('.json')) ?? null,
    );
    const file = sessionReceiptFile.parse(
      JSON.parse(readFileSync(path.join(receipts, kept), 'utf8')),
    );
    const rows = (file.files ?? []).map(readReceiptFile);
    assert.deepEqual(
      rows.map((row) => [row?.transfer, row?.name, row?.outcome, row?.bytes]),
      [[sent, name, 'whole', BYTES]],
    );
  } finally {
    await again.program.stop();
  }
});

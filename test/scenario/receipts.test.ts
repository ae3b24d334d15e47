// Goal: after a session the cart holds a receipt that both ends signed, with the session's files by name and digest, and a
// checkpoint of the ledger in which its end is proven; a connection that breaks at the end only puts it off; and the facility's own
// program agrees. Method: real programs, a road that is cut, the commands that a facility would use.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { readReceiptFile } from '@chaperone/protocol/receipt/receipt-files.ts';
import { sessionReceiptFile } from '@chaperone/protocol/receipt/receipt-file.ts';
import type { SessionReceiptFile } from '@chaperone/protocol/receipt/receipt-file.ts';
import { call } from '../../tools/demo/program.ts';
import { eventually } from '../harness/eventually.ts';
import { startDay } from './day.ts';
import type { Day } from './day.ts';

const LOG = 'doppler-trace.log';

async function receiptsOf({ system }: Day): Promise<readonly SessionReceiptFile[]> {
  const directory = path.join(system.cartData, 'receipts');
  const names = (await readdir(directory)).filter((name) => !name.startsWith('.'));
  const texts = names.toSorted().map((name) => readFile(path.join(directory, name), 'utf8'));
  return (await Promise.all(texts)).map((text) => sessionReceiptFile.parse(JSON.parse(text)));
}

async function countersigned(day: Day, count: number): Promise<readonly SessionReceiptFile[]> {
  return await eventually('countersigned receipts', async () => {
    const receipts = await receiptsOf(day).catch(() => []);
    const signed = receipts.filter(({ countersignature }) => countersignature !== null);
    return signed.length === count && signed;
  });
}

test('both ends sign, the files are named, and a broken end is made good by the next session', async () => {
  await using day = await startDay();
  const { technician, operator, opened, system } = day;
  await day.openSession(['view', 'fetch-files']);
  const fetched = await technician.fetchFile(opened.id, 'logs', LOG);
  assert.equal((await technician.settled(opened.id, fetched.id)).state, 'done');
  await operator.end();
  await operator.viewWhen('the end', (view) => view.phase === 'ended');
  const [first] = await countersigned(day, 1);
  const content = await readFile(path.join(day.logs, LOG));
  const [file] = (first?.files ?? []).map(readReceiptFile);
  assert.equal(file?.name, LOG);
  assert.equal(file.sha256, createHash('sha256').update(content).digest('base64url'));
  assert.equal(file.outcome, 'whole');
  assert.match(first?.ledger?.entries[0]?.line ?? '', /"session-ended"/);

  await operator.dismiss();
  await day.openSession(['view']);
  day.road.freeze();
  await operator.end();
  await operator.viewWhen('the end', (view) => view.phase === 'ended');
  await eventually('a receipt that waits', async () => (await receiptsOf(day)).length === 2);
  day.road.mend();
  await operator.dismiss();
  await eventually('the session to be over at the desk', async () => {
    const { state } = await technician.session(opened.id);
    return state === 'offline' || state === 'ended';
  });
  await operator.press();
  await operator.accept();
  await countersigned(day, 2);

  const status = await call('cart', ['status', '--config', system.cartConfiguration]);
  assert.match(status.output, /2 session receipts; ledger seen at \d+ entries/);
  const out = path.join(day.folder, 'out');
  const list = await call('cart', ['receipts', '--out', out, '--config', system.cartConfiguration]);
  assert.match(list.output, /1 file {2}operator-ended {2}countersigned/);
  const checkpoints = ['checkpoints', '--config', system.cartConfiguration];
  assert.match((await call('cart', checkpoints)).output, /\d+ entries {2}sess-/);
  for (const name of await readdir(out)) {
    const verified = await call('verify', [path.join(out, name)]);
    assert.match(verified.output, /All \d+ checks hold/);
  }
});

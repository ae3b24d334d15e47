// Goal: a cart whose disk is full gives nobody anything new and says why, lets the operator pause and end as ever, keeps
// its journal whole, and goes on by itself once there is room; its inbox never holds a file that is not whole. Method: real
// programs, the cart's data and its inbox on small file systems; the file-size limit of the running agent takes the last
// free bytes inside the journal's own block.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import { readReceiptFile } from '@chaperone/protocol/receipt/receipt-files.ts';
import { sessionReceiptFile } from '@chaperone/protocol/receipt/receipt-file.ts';
import type { SessionReceiptFile } from '@chaperone/protocol/receipt/receipt-file.ts';
import { call, ProgramFailed, start } from '../../../tools/demo/program.ts';
import { eventually } from '../../harness/eventually.ts';
import { Operator } from '../../harness/operator.ts';
import { Refused } from '../../harness/technician.ts';
import { startDiskDay } from './disk-day.ts';
import type { DiskDay } from './disk-day.ts';
import { newSmallDisk } from './small-disk.ts';

const MIB = 1024 * 1024;

const journalFile = (day: DiskDay): string =>
  path.join(day.cartDisk.directory, 'journal', 'journal.ndjson');

/** Leaves the agent no byte to write, neither in new blocks nor behind what is in its journal. */
function fillCart(day: DiskDay): void {
  day.cartDisk.fill(0);
  limitFiles(day, String(statSync(journalFile(day)).size));
}

async function freeCart(day: DiskDay): Promise<void> {
  day.cartDisk.free();
  limitFiles(day, 'unlimited');
  await day.operator.viewWhen('a journal that can be written', (view) => view.journalWritable);
}

function limitFiles(day: DiskDay, bytes: string): void {
  execFileSync('prlimit', ['--pid', String(day.system.cart.pid), `--fsize=${bytes}:`]);
}

/** Makes sure that an act is refused because the journal cannot be written. */
async function assertRefused(what: string, act: () => Promise<unknown>): Promise<void> {
  await assert.rejects(act(), (fault: unknown) => {
    assert.ok(fault instanceof Refused, `${what}: ${String(fault)}`);
    assert.deepEqual([fault.status, fault.code], [507, 'JOURNAL_UNWRITABLE'], what);
    assert.match(fault.detail, /is the disk full/, what);
    return true;
  });
}

function journalFacts(day: DiskDay): readonly JournalFact[] {
  const lines = readFileSync(journalFile(day), 'utf8').split('\n').slice(0, -1);
  return lines.map((line, at) => {
    const { index, fact } = JSON.parse(line) as { index: number; fact: JournalFact };
    assert.equal(index, at, 'whole lines in order');
    return fact;
  });
}

const status = async (day: DiskDay): Promise<string> =>
  (await call('cart', ['status', '--config', path.join(day.folder, 'cart.json')])).output;

test('a full disk on the cart: nothing is widened, what narrows works, and the journal follows when it can', async () => {
  await using day = await startDiskDay({ diskReserveBytes: 0 });
  const { operator, technician, opened } = day;
  const passed = day.road.bytes();

  // The notice is shown; nobody is let in by that. Accepting it would dial out, and is refused.
  fillCart(day);
  await operator.press();
  const { notice } = await operator.viewWhen('the notice', (view) => view.notice !== null);
  assert.ok(notice);
  await assertRefused('accept', async () => await operator.accept());
  assert.equal((await operator.view()).phase, 'notice');
  assert.equal(day.road.bytes(), passed, 'nothing was dialled');
  assert.match(await status(day), /The journal cannot be written/);
  await freeCart(day);

  await operator.accept();
  await technician.sessionWhen(opened.id, (session) => session.state === 'waiting');
  await technician.request(opened);
  const { requests } = await operator.viewWhen('a request', (view) => view.requests.length > 0);
  const request = requests[0]?.id ?? '';
  fillCart(day);
  const consent = () => operator.consent(request, ['view', 'fetch-files', 'send-files']);
  await assertRefused('consent', consent);
  assert.equal((await technician.session(opened.id)).grant, null, 'nobody was granted anything');
  await freeCart(day);
  await consent();
  await technician.sessionWhen(opened.id, (session) => session.grant !== null);
  const uploaded = await technician.upload(opened.id, 'tool.bin', Buffer.alloc(100_000, 7));

  // A stream, a fetch and a placed file each need their entry first.
  fillCart(day);
  await assert.rejects(technician.openScreen(opened.id).then((screen) => screen.nextFrames(1)));
  const fetched = await technician.fetchFile(opened.id, 'logs', 'system.log');
  const failed = await technician.settled(opened.id, fetched.id);
  assert.deepEqual([failed.state, failed.failure], ['failed', 'JOURNAL_UNWRITABLE']);
  const sent = await technician.send(opened.id, uploaded);
  const unsent = await technician.settled(opened.id, sent.id);
  assert.equal(unsent.state, 'failed', 'a file is not placed without its entry');
  assert.ok(!readdirSync(day.inboxDisk.directory).includes('tool.bin'));
  // Pause narrows and works; lifting it widens.
  await operator.pause();
  await operator.viewWhen('the pause', (view) => view.session?.paused === true);
  await assertRefused('lift', async () => await operator.lift());
  await freeCart(day);
  await operator.lift();
  await technician.sessionWhen(opened.id, (session) => !session.paused);
  const again = await technician.fetchFile(opened.id, 'logs', 'system.log');
  assert.equal((await technician.settled(opened.id, again.id)).state, 'done');

  fillCart(day);
  await operator.end();
  const { ended } = await operator.viewWhen('the end', (view) => view.phase === 'ended');
  assert.equal(ended?.reason, 'operator-ended');
  await technician.sessionWhen(opened.id, (session) => session.grant === null);
  await assert.rejects(technician.fetchFile(opened.id, 'logs', 'system.log'));
  const before = journalFacts(day);
  assert.ok(!before.some((fact) => fact.kind === 'session-ended'), 'there was no room for it');
  await freeCart(day);
  await eventually('the end to be in the journal', () =>
    journalFacts(day).some((fact) => fact.kind === 'session-ended'),
  );
  const kinds = journalFacts(day).map((fact) => fact.kind);
  assert.equal(kinds.filter((kind) => kind === 'grant-issued').length, 1);
  assert.equal(kinds.filter((kind) => kind === 'facts-lost').length, 0);

  // The receipt of the session had no room, either: it is kept now, and the gateway countersigns it at the next connection.
  const [file] = await eventually('the receipt to be kept', () => receiptsOf(day, 1));
  assert.deepEqual(file?.files?.map((line) => readReceiptFile(line)?.name).toSorted(), [
    'system.log',
  ]);
  await operator.dismiss();
  await operator.press();
  await operator.accept();
  await eventually('the countersignature', () => {
    const [receipt] = receiptsOf(day, 1) ?? [];
    return (receipt?.countersignature ?? null) !== null;
  });
  await operator.end();
});

test('the receipt of a session that ended on a full disk outlives the agent, which is killed, and is countersigned later', async () => {
  await using day = await startDiskDay({ diskReserveBytes: 0 });
  const { operator, technician, opened } = day;
  await day.openSession(['view', 'fetch-files']);
  const fetched = await technician.fetchFile(opened.id, 'logs', 'system.log');
  assert.equal((await technician.settled(opened.id, fetched.id)).state, 'done');
  day.cartDisk.fill(0);
  await operator.end();
  await operator.viewWhen('the end', (view) => view.phase === 'ended');
  await technician.sessionWhen(opened.id, (session) => session.grant === null);
  const reserve = path.join(day.cartDisk.directory, 'receipts', '.reserve');
  await eventually('the receipt where room is kept for it', () =>
    readFileSync(reserve).includes('system.log'),
  );
  assert.equal(receiptsOf(day, 1), null, 'there is no room on the shelf');
  await day.system.cart.kill();
  day.cartDisk.free();

  const restarted = await start(
    'cart',
    ['run', '--config', path.join(day.folder, 'cart.json')],
    path.join(day.folder, 'again.log'),
    (output) => /(http:\S+)\/#credential=(\S+)/.exec(output),
  );
  try {
    const [file] = await eventually('the receipt on the shelf', () => receiptsOf(day, 1));
    assert.deepEqual(
      file?.files?.map((line) => readReceiptFile(line)?.name),
      ['system.log'],
    );
    assert.ok(!readFileSync(reserve).includes('system.log'), 'no name is left there');
    const [, panelUrl = '', credential = ''] = restarted.ready;
    const again = new Operator(panelUrl, credential);
    await again.press();
    await again.accept();
    await eventually('the countersignature', () => {
      const [receipt] = receiptsOf(day, 1) ?? [];
      return (receipt?.countersignature ?? null) !== null;
    });
    await again.end();
  } finally {
    await restarted.program.stop();
  }
});

/** The receipts on the cart's disk, each whole, once there are so many. */
function receiptsOf(day: DiskDay, count: number): readonly SessionReceiptFile[] | null {
  const directory = path.join(day.cartDisk.directory, 'receipts');
  const names = readdirSync(directory).filter((name) => !name.startsWith('.'));
  if (names.length < count) return null;
  return names.map((name) =>
    sessionReceiptFile.parse(JSON.parse(readFileSync(path.join(directory, name), 'utf8'))),
  );
}

test('a full inbox: a file that does not fit is refused, one that is overtaken leaves nothing, and it arrives with room', async () => {
  await using day = await startDiskDay({ diskReserveBytes: 0 });
  const { technician, opened, inboxDisk, road } = day;
  const inbox = (): readonly string[] =>
    readdirSync(inboxDisk.directory).filter((name) => name !== '.filler');
  await day.openSession(['view', 'send-files']);
  const content = Buffer.alloc(6 * MIB, 'a tool ');
  const record = await technician.upload(opened.id, 'tool.bin', content);

  inboxDisk.fill(5 * MIB);
  const wide = await technician.settled(opened.id, (await technician.send(opened.id, record)).id);
  assert.deepEqual([wide.state, wide.failure], ['failed', 'INSUFFICIENT_STORAGE']);
  assert.deepEqual(inbox(), []);

  inboxDisk.free();
  const { id } = await technician.send(opened.id, record);
  // Announced and begun: now something else takes the room.
  while (inbox().length === 0) await nextTurn();
  road.freeze();
  inboxDisk.fill(0);
  road.mend();
  const overtaken = await technician.settled(opened.id, id);
  assert.deepEqual([overtaken.state, overtaken.failure], ['failed', 'INSUFFICIENT_STORAGE']);
  assert.deepEqual(inbox(), [], 'nothing of it is left, under no name');

  inboxDisk.free();
  const sent = await technician.settled(opened.id, (await technician.send(opened.id, record)).id);
  assert.equal(sent.state, 'done', sent.failure ?? '');
  assert.ok(readFileSync(path.join(inboxDisk.directory, 'tool.bin')).equals(content));
  assert.deepEqual(inbox(), ['tool.bin']);
});

test('a cart that cannot enrol or start on a full disk says so in a sentence, and does once there is room', async () => {
  await using day = await startDiskDay({ diskReserveBytes: 0 });
  const agent = async (configuration: string, log: string) =>
    await start('cart', ['run', '--config', configuration], log, (output) =>
      /(http:\S+)\/#credential=/.exec(output),
    );
  await day.system.cart.kill();
  const log = path.join(day.folder, 'second.log');
  const own = path.join(day.folder, 'cart.json');
  day.cartDisk.fill(0);
  await assert.rejects(agent(own, log), ProgramFailed);
  const said = readFileSync(log, 'utf8');
  assert.match(said, /The disk is full\. Make room on it, then try again\. \(DISK_FULL\)/);
  assert.doesNotMatch(said, /the program failed/, 'a sentence, not a stack');
  day.cartDisk.free();
  await (await agent(own, log)).program.stop();

  // Another cart, which has to enrol: whatever the room was at the first attempts, one with room succeeds.
  using disk = newSmallDisk(1024);
  const configuration = path.join(day.folder, 'other-cart.json');
  const licence = path.join(day.folder, 'other-licence.json');
  const gateway = path.join(day.folder, 'gateway.json');
  const settings = JSON.parse(readFileSync(own, 'utf8')) as {
    cart: { serial: string };
    gateway: { host: string; port: number };
    dataDirectory: string;
  };
  const { host, port } = settings.gateway;
  await call('gateway', [
    ...['licence', 'issue', 'cart', '--serial', 'US-DISK-2', '--config', gateway],
    ...['--host', host, '--port', String(port), '--output', licence],
  ]);
  writeFileSync(
    configuration,
    JSON.stringify({
      ...settings,
      dataDirectory: path.join(disk.directory, 'data'),
      cart: { ...settings.cart, serial: 'US-DISK-2' },
    }),
  );
  const enrol = async () =>
    await call('cart', ['enrol', '--licence', licence, '--config', configuration]);
  let enrolled = false;
  for (const pages of [0, 1, 2, 4, 6, 8, 10]) {
    disk.fill(pages * 4096);
    try {
      await enrol();
      enrolled = true;
      break;
    } catch (fault) {
      assert.ok(fault instanceof ProgramFailed);
      assert.match(fault.message, /The disk is full|is the disk full|already/);
      assert.doesNotMatch(fault.message, /\n\s+at /, 'no stack');
    }
  }
  disk.free();
  if (!enrolled) {
    await enrol().catch((fault: unknown) => assert.match(String(fault), /already/));
  }
  await (await agent(configuration, log)).program.stop();
});

// Goal: a gateway whose disk is full refuses what is new with a sentence that says what to do, keeps what it acknowledged,
// never stands in the way of Pause and End, completes a destruction, and goes on by itself once there is room; the limits of
// a case and of the disk's reserve hold before and during a transfer. Method: real programs, the gateway's data on a small
// file system that is filled while they run.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { call, ProgramFailed, start } from '../../../tools/demo/program.ts';
import { eventually } from '../../harness/eventually.ts';
import { Refused, Technician } from '../../harness/technician.ts';
import { LARGE_BYTES, startDiskDay } from './disk-day.ts';
import type { DiskDay } from './disk-day.ts';
import { newSmallDisk } from './small-disk.ts';

const MIB = 1024 * 1024;
const FULL_CODES = ['DATABASE_FULL', 'DISK_FULL', 'DISK_RESERVE_REACHED', 'LEDGER_UNAVAILABLE'];

/** Makes sure that an act is refused because the disk is full, in a sentence that says so. */
async function assertRefused(what: string, act: () => Promise<unknown>): Promise<void> {
  await assert.rejects(act(), (fault: unknown) => {
    if (fault instanceof ProgramFailed) {
      assert.match(fault.message, /disk .*full|Make room/, what);
      assert.doesNotMatch(fault.message, /\n\s+at /, 'no stack');
      return true;
    }
    assert.ok(fault instanceof Refused, `${what}: ${String(fault)}`);
    assert.ok(FULL_CODES.includes(fault.code), `${what}: ${fault.message}`);
    assert.ok([503, 507].includes(fault.status), what);
    assert.match(fault.detail, /Make room/, what);
    return true;
  });
}

function stagedFiles(day: DiskDay): readonly string[] {
  const folder = path.join(day.gatewayDisk.directory, 'vault', 'staging', day.opened.id);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => path.join(folder, name));
}

/** Begins to fetch the large file and stops the road when a part of it is on the gateway's disk. */
async function fetchHalf(day: DiskDay): Promise<string> {
  const { technician, opened, road } = day;
  const { id } = await technician.fetchFile(opened.id, 'logs', 'large.bin');
  const half = (): boolean =>
    stagedFiles(day).some((file) => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MIB);
  while (!half()) await nextTurn();
  road.freeze();
  return id;
}

async function fetchWhole(day: DiskDay, name: string) {
  const { technician, opened } = day;
  const { id } = await technician.fetchFile(opened.id, 'logs', name);
  return await technician.settled(opened.id, id);
}

async function assertVerified(day: DiskDay): Promise<void> {
  const bundle = path.join(day.folder, 'evidence.json');
  const evidence = await day.technician.raw('GET', `/api/cases/${day.opened.id}/evidence`);
  writeFileSync(bundle, Buffer.from(await evidence.arrayBuffer()));
  await call('verify', [bundle]);
}

async function isVerified(day: DiskDay): Promise<boolean> {
  return await assertVerified(day).then(
    () => true,
    (fault: unknown) => {
      if (fault instanceof ProgramFailed) return false;
      throw fault;
    },
  );
}

test('a full disk during a session: what is new is refused, what was is kept, End works, and all goes on with room', async () => {
  await using day = await startDiskDay({ diskReserveBytes: 0 });
  const { technician, opened, operator, gatewayDisk } = day;
  const configuration = path.join(day.folder, 'gateway.json');
  await day.openSession(['view', 'fetch-files', 'send-files']);
  const kept = await fetchWhole(day, 'system.log');
  assert.equal(kept.state, 'done');
  const toSend = await technician.upload(opened.id, 'tool.bin', Buffer.alloc(100_000, 1));
  const note = (text: string) => technician.call('POST', `/api/cases/${opened.id}/notes`, { text });
  await note('before');

  let tries = 0;
  const acts: Readonly<Record<string, () => Promise<unknown>>> = {
    note: async () => await note('while it was full'),
    designation: async () => {
      const people = (await technician.call('GET', '/api/technicians')) as {
        technicians: { id: string }[];
      };
      const other = people.technicians.find(({ id }) => id !== technician.person?.id);
      await technician.designate(opened.id, other?.id ?? '');
    },
    fetch: async () => await technician.fetchFile(opened.id, 'logs', 'system.log'),
    upload: async () =>
      await technician.upload(opened.id, `more-${(tries += 1)}.bin`, Buffer.alloc(50_000)),
    send: async () => await technician.send(opened.id, toSend),
    export: async () => await technician.content(opened.id, kept.record ?? ''),
    'workstation licence': async () =>
      await call('gateway', [
        ...['licence', 'issue', 'workstation', '--label', 'Full', '--config', configuration],
      ]),
    'cart licence': async () =>
      await call('gateway', [
        ...['licence', 'issue', 'cart', '--serial', 'US-DISK-2', '--config', configuration],
      ]),
    'sign-in': async () => await Technician.signIn(day.otherSignIn),
  };
  for (const [what, act] of Object.entries(acts)) {
    gatewayDisk.free();
    day.fillGateway();
    await assertRefused(what, act);
    // Reading needs no room.
    assert.equal((await technician.case(opened.id)).state, 'open', what);
  }
  const { recordList, notes } = (await technician.call('GET', `/api/cases/${opened.id}`)) as {
    recordList: { id: string }[];
    notes: { text: string }[];
  };
  assert.deepEqual(
    recordList.map(({ id }) => id).toSorted(),
    [kept.record ?? '', toSend].toSorted(),
  );
  assert.deepEqual(
    notes.map(({ text }) => text),
    ['before'],
  );

  gatewayDisk.free();
  for (const [what, act] of Object.entries(acts))
    await eventually(`${what} with room`, async () => await act().then(() => true));
  assert.deepEqual(
    await technician.content(opened.id, kept.record ?? ''),
    await readFile(path.join(day.folder, 'cart-files', 'logs', 'system.log')),
  );

  // Pause and End are the cart's own; the desk hears of them and writes them down when it can.
  day.fillGateway();
  await operator.pause();
  await operator.end();
  const { ended } = await operator.viewWhen('the end', (view) => view.phase === 'ended');
  assert.equal(ended?.reason, 'operator-ended');
  gatewayDisk.free();
  await technician.sessionWhen(opened.id, (session) => session.grant === null);

  // A decision that cannot be written down is refused; once it is, the destruction completes.
  day.fillGateway();
  await assertRefused('resolving', async () => await technician.resolve(opened.id, opened.number));
  assert.equal((await technician.case(opened.id)).state, 'open');
  gatewayDisk.free();
  assert.equal((await technician.resolve(opened.id, opened.number)).state, 'resolved');
  await technician.certificate(opened.id);
  // What the cart wrote of the end was not copied while there was no room; it comes with the cart's next connection.
  await operator.press();
  await operator.accept();
  await eventually('the evidence to be whole', async () => await isVerified(day));
  await operator.end();
});

test('a destruction that a full disk interrupts completes by itself once there is room', async () => {
  await using day = await startDiskDay({ diskReserveBytes: 0 });
  const { technician, opened, gatewayDisk } = day;
  // A small one: what is taken away makes room for the rest.
  await technician.upload(opened.id, 'tool.bin', Buffer.alloc(10, 1));
  let interrupted = false;
  for (let pages = 1; !interrupted && pages < 64; pages += 1) {
    day.fillGateway(pages * 4096);
    try {
      await technician.resolve(opened.id, opened.number);
      break;
    } catch (fault) {
      assert.ok(fault instanceof Refused);
      interrupted = (await technician.case(opened.id)).state === 'resolving';
    }
    if (!interrupted) gatewayDisk.free();
  }
  gatewayDisk.free();
  assert.ok(interrupted, 'it was decided, and then there was no room');
  await eventually(
    'the destruction to complete',
    async () => (await technician.case(opened.id)).state === 'resolved',
  );
  await technician.certificate(opened.id);
  await assertVerified(day);
});

test('a disk that fills up while a file arrives: the fetch fails with a code, nothing of it stays, and it can be fetched again', async () => {
  await using day = await startDiskDay({ diskReserveBytes: 16 * MIB });
  const { technician, opened, gatewayDisk, road } = day;
  await day.openSession(['view', 'fetch-files', 'send-files']);
  for (const [free, codes] of [
    [12 * MIB, ['DISK_RESERVE_REACHED']],
    [0, ['DISK_RESERVE_REACHED', 'DISK_FULL', 'DATABASE_FULL']],
  ] as const) {
    const transfer = await fetchHalf(day);
    day.fillGateway(free);
    road.mend();
    const { state, failure } = await technician.settled(opened.id, transfer);
    assert.equal(state, 'failed');
    assert.ok(
      codes.some((code) => code === failure),
      `${failure}`,
    );
    await eventually('what was staged to go', () => stagedFiles(day).length === 0);
    gatewayDisk.free();
  }
  assert.deepEqual((await technician.case(opened.id)).records, 0);
  const again = await fetchWhole(day, 'large.bin');
  assert.equal(again.state, 'done', again.failure ?? '');
  assert.ok((await technician.content(opened.id, again.record ?? '')).equals(day.large));
  await assertVerified(day);
});

test('the limit of a case and the reserve of the disk are held before a transfer begins, and name their code', async () => {
  await using day = await startDiskDay({
    diskReserveBytes: 8 * MIB,
    recordBytesMax: LARGE_BYTES + MIB,
    caseBytesMax: LARGE_BYTES + 2 * MIB,
  });
  const { technician, opened, gatewayDisk } = day;
  await day.openSession(['view', 'fetch-files', 'send-files']);
  gatewayDisk.fill(7 * MIB);
  await assertRefused('fetch into the reserve', async () => await fetchWhole(day, 'system.log'));
  await assertRefused(
    'upload into the reserve',
    async () => await technician.upload(opened.id, 'tool.bin', Buffer.alloc(10)),
  );
  // 8 MiB stay free, so 16 MiB do not fit, which the cart's answer tells before the first byte.
  gatewayDisk.fill(16 * MIB);
  const wide = await fetchWhole(day, 'large.bin');
  assert.deepEqual([wide.state, wide.failure], ['failed', 'DISK_RESERVE_REACHED']);
  assert.equal(wide.bytes, 0);
  gatewayDisk.free();

  assert.equal((await fetchWhole(day, 'large.bin')).state, 'done');
  const second = await fetchWhole(day, 'large.bin');
  assert.deepEqual([second.state, second.failure, second.bytes], ['failed', 'CASE_TOO_LARGE', 0]);
  await assert.rejects(
    technician.upload(opened.id, 'tool.bin', Buffer.alloc(3 * MIB)),
    (fault: unknown) => fault instanceof Refused && fault.code === 'CASE_TOO_LARGE',
  );
  await technician.upload(opened.id, 'tool.bin', Buffer.alloc(MIB));
  assert.equal((await technician.case(opened.id)).records, 2);
});

test('a gateway that cannot be established or started on a full disk says so, and is and does once there is room', async () => {
  using disk = newSmallDisk(16 * 1024);
  const configuration = path.join(disk.directory, '..', `${path.basename(disk.directory)}.json`);
  const log = `${configuration}.log`;
  const port = { host: '127.0.0.1', port: 0 };
  writeFileSync(
    configuration,
    JSON.stringify({
      dataDirectory: path.join(disk.directory, 'gateway'),
      demo: true,
      serviceCentre: { name: 'A', phone: '+1 555 0100', phiPolicyUrl: 'https://example.com/phi' },
      edge: { listen: port, gatewayNames: ['localhost'] },
      console: { listen: port, names: ['localhost'], tls: 'off' },
      directory: { kind: 'demo' },
      antivirus: { kind: 'none-demo' },
      limits: { diskReserveBytes: 0 },
    }),
  );
  let refusals = 0;
  for (const kibibytes of [0, 64, 400, 800, 1200, 1600]) {
    disk.fill(kibibytes * 1024);
    try {
      await call('gateway', ['establish', '--config', configuration]);
      break;
    } catch (fault) {
      assert.ok(fault instanceof ProgramFailed);
      assert.match(fault.message, /The disk .*full/);
      assert.doesNotMatch(fault.message, /\n\s+at /, 'no stack');
      refusals += 1;
    }
  }
  disk.free();
  assert.ok(refusals >= 2, `${refusals}`);
  await call('gateway', ['establish', '--config', configuration]).catch((fault: unknown) =>
    assert.match(String(fault), /There is a certificate authority already/),
  );
  const { output } = await call('gateway', ['account', 'list', '--config', configuration]);
  assert.match(output, /Tara/, 'also what comes with the demo is there');

  const run = async () =>
    await start('gateway', ['run', '--config', configuration], log, (text) =>
      text.includes('"console"') ? true : null,
    );
  await (await run()).program.stop();
  for (const kibibytes of [0, 8]) {
    disk.fill(kibibytes * 1024);
    await assert.rejects(run(), ProgramFailed);
    const said = readFileSync(log, 'utf8');
    assert.match(said, /disk .*full/);
    assert.doesNotMatch(said, /the gateway failed/, 'a sentence, not a stack');
    disk.free();
  }
  await (await run()).program.stop();
});

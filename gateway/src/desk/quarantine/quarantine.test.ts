/**
 * Goal: a record is released by a clean verdict under current definitions and by nothing else, whatever becomes of scanner,
 * definitions, ledger or gateway; and what was held comes free by itself once it may. Method: a real vault, a real ledger and
 * a real clamd with definitions of a chosen date, which is stopped, renewed and started again; a process that is killed.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { RecordInQuarantine } from '@chaperone/domain/quarantine/quarantine.ts';
import type { Quarantine } from '@chaperone/domain/quarantine/quarantine.ts';
import type { CaseRecord } from '@chaperone/domain/record/record.ts';
import { CaseUnderLegalHold } from '@chaperone/domain/service-case/service-case.ts';
import { container, startClamd } from '@chaperone/host/linux-debian/clamav/testing/dated-clamd.ts';
import type { DatedClamd } from '@chaperone/host/linux-debian/clamav/testing/dated-clamd.ts';
import type { Antivirus } from '../../antivirus/contract.ts';
import { MAGIC } from '@chaperone/protocol/recording/recording-format.ts';
import { EICAR, zipOf } from '../../antivirus/testing/packed.ts';
import { RecordUnknown } from '../../vault/contract.ts';
import { RecordReleased } from './quarantine.ts';
import {
  BY,
  DAY_MS,
  NOW_MS,
  openQuarantineDesk,
  scannerAt,
  scanningBy,
} from './testing/quarantine-desk.ts';
import type { QuarantineDesk } from './testing/quarantine-desk.ts';

const CURRENT = { 'daily.cud': container(NOW_MS - DAY_MS, 27_010) };
const OLD = { 'daily.cud': container(NOW_MS - 9 * DAY_MS, 27_000) };
const CLEAN = Buffer.from('a log line');

const closing: (() => Promise<unknown> | void)[] = [];
after(async () => {
  for (const close of closing.toReversed()) await close();
});
function newDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-scans-'));
  closing.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
async function deskWith(scanner: Antivirus, directory = newDirectory()): Promise<QuarantineDesk> {
  const desk = await openQuarantineDesk(directory, scanningBy(scanner));
  closing.push(async () => await desk.close());
  await desk.scans.start();
  return desk;
}
async function clamdWith(files: Parameters<typeof startClamd>[0], folder?: string) {
  const clamd = await startClamd(files, folder === undefined ? {} : { folder });
  closing.push(async () => await clamd.close());
  return clamd;
}
const isReleased = ({ state }: Quarantine): boolean => state === 'released';
const isHeld = ({ state }: Quarantine): boolean => state === 'held';
const kindsOf = async (desk: QuarantineDesk, { caseId }: CaseRecord): Promise<readonly string[]> =>
  (await desk.facts(caseId)).map(({ kind }) => kind);
async function isRefused(desk: QuarantineDesk, { caseId, id }: CaseRecord): Promise<void> {
  await assert.rejects(desk.vault.content(caseId, id), RecordInQuarantine);
}

let clamd: DatedClamd;
before(async () => {
  clamd = await clamdWith(CURRENT);
});

test('what is clean is released, in both directions, and the ledger knows under which definitions', async () => {
  const desk = await deskWith(scannerAt(clamd.socket));
  for (const origin of ['fetched', 'to-send'] as const) {
    const record = await desk.receive(await desk.newCase(), CLEAN, origin);
    const released = await desk.until(record, isReleased);
    assert.deepEqual(released, {
      state: 'released',
      by: 'scan',
      definitions: 27_010,
      atUtcMs: NOW_MS,
    });
    await desk.vault.content(record.caseId, record.id);
    assert.deepEqual(await desk.facts(record.caseId), [
      {
        kind: 'record-released',
        caseId: record.caseId,
        recordId: record.id,
        by: 'scan',
        definitions: 27_010,
      },
    ]);
  }
});

test('what is infected stays sealed for ever, and the ledger knows it without a name', async () => {
  const desk = await deskWith(scannerAt(clamd.socket));
  const record = await desk.receive(await desk.newCase(), zipOf([{ name: 'x', content: EICAR }]));
  const found = await desk.until(record, ({ state }) => state === 'infected');
  assert.match(found.state === 'infected' ? found.signature : '', /EICAR/i);
  await isRefused(desk, record);
  await desk.scans.look();
  await isRefused(desk, record);
  const said = JSON.stringify(await desk.facts(record.caseId));
  assert.match(said, /record-infected/);
  assert.doesNotMatch(said, /EICAR|a\.bin/i);
});

test('only what begins as a recording is released as made here; what merely claims to be one is scanned', async () => {
  const clamd = await clamdWith(CURRENT);
  const desk = await deskWith(scannerAt(clamd.socket));
  const caseId = await desk.newCase();
  const claimed = await desk.receive(caseId, EICAR, 'recording');
  const made = await desk.receive(caseId, Buffer.from([...MAGIC, 1, 2, 3]), 'recording');
  assert.equal((await desk.until(claimed, ({ state }) => state === 'infected')).state, 'infected');
  await desk.until(made, isReleased);
  const released = (await desk.facts(caseId)).filter(({ kind }) => kind === 'record-released');
  assert.deepEqual(
    released.map((fact) => fact.kind === 'record-released' && [fact.recordId, fact.by]),
    [[made.id, 'made-here']],
  );
});

test('old definitions hold a clean record until newer ones are loaded', async () => {
  const aged = await clamdWith(OLD);
  const desk = await deskWith(scannerAt(aged.socket));
  const record = await desk.receive(await desk.newCase(), CLEAN);
  const held = await desk.until(record, isHeld);
  assert.equal(held.state === 'held' && held.reason, 'definitions-old');
  await isRefused(desk, record);
  await desk.scans.look();
  assert.deepEqual(await desk.quarantineOf(record), held);
  await aged.renew(CURRENT);
  await desk.scans.look();
  await desk.until(record, isReleased);
  assert.deepEqual(await kindsOf(desk, record), ['record-held', 'record-released']);
});

test('definitions of unknown age hold a clean record until a dated container is loaded', async () => {
  const undated = await clamdWith({ 'other.cud': container(NOW_MS) });
  const desk = await deskWith(scannerAt(undated.socket));
  const record = await desk.receive(await desk.newCase(), CLEAN);
  const held = await desk.until(record, isHeld);
  assert.equal(held.state === 'held' && held.reason, 'definitions-unknown');
  await undated.renew(CURRENT);
  await desk.scans.look();
  await desk.until(record, isReleased);
});

test('old definitions still find what they know', async () => {
  const aged = await clamdWith(OLD);
  const desk = await deskWith(scannerAt(aged.socket));
  const record = await desk.receive(await desk.newCase(), EICAR);
  await desk.until(record, ({ state }) => state === 'infected');
});

test('a clamd that is stopped holds everything, says it once, and all comes free when it is back', async () => {
  const folder = newDirectory();
  const first = await clamdWith(CURRENT, folder);
  await first.close();
  const desk = await deskWith(scannerAt(first.socket));
  const caseId = await desk.newCase();
  const records = [await desk.receive(caseId, CLEAN), await desk.receive(caseId, EICAR)];
  for (const record of records) {
    const held = await desk.until(record, isHeld);
    assert.equal(held.state === 'held' && held.reason, 'scanner-unreachable');
    await isRefused(desk, record);
  }
  await desk.scans.look();
  await clamdWith(CURRENT, folder);
  await desk.scans.look();
  const [clean, infected] = records;
  assert.ok(clean !== undefined && infected !== undefined);
  await desk.until(clean, isReleased);
  await desk.until(infected, ({ state }) => state === 'infected');
  const kinds = await kindsOf(desk, clean);
  assert.equal(kinds.filter((kind) => kind === 'record-held').length, 2);
});

test('what is in the record itself is not scanned again and again, but at the next start', async () => {
  const directory = newDirectory();
  const desk = await openQuarantineDesk(directory, scanningBy(scannerAt(clamd.socket)));
  await desk.scans.start();
  const locked = zipOf([{ name: 'x', content: CLEAN, isEncrypted: true }]);
  const record = await desk.receive(await desk.newCase(), locked);
  const held = await desk.until(record, isHeld);
  assert.equal(held.state === 'held' && held.reason, 'archive-encrypted');
  await desk.scans.look();
  assert.deepEqual(await desk.quarantineOf(record), held);
  await desk.close();
  const again = await openQuarantineDesk(directory, scanningBy(scannerAt(clamd.socket)));
  closing.push(async () => await again.close());
  await again.scans.start();
  await again.until(record, isHeld);
  // The same reason is not told a second time.
  assert.deepEqual(await kindsOf(again, record), ['record-held']);
});

test('killed while it scans: the record waits again, and is released or found by the next gateway', async () => {
  const folder = newDirectory();
  const mute = path.join(folder, 'mute.sock');
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (first) => {
      if (first.includes('VERSION')) socket.end('ClamAV 1.4.3/27010/Sun Nov 29 09:00:00 2026\0');
    });
  });
  await new Promise<void>((resolve) => server.listen(mute, resolve));
  closing.push(() => void server.close());
  for (const [kind, state] of [
    ['clean', 'released'],
    ['eicar', 'infected'],
  ] as const) {
    const directory = newDirectory();
    const program = path.join(import.meta.dirname, 'testing/scanned-until-killed.ts');
    const child = spawn(process.execPath, [program, directory, mute, kind], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    child.kill('SIGKILL');
    await once(child, 'exit');
    const [caseId = '', id = ''] = line.split(' ');
    const desk = await openQuarantineDesk(directory, scanningBy(scannerAt(clamd.socket)));
    closing.push(async () => await desk.close());
    const record = await desk.vault.record(caseId as never, id as never);
    assert.equal(record.quarantine.state, 'scanning');
    await isRefused(desk, record);
    await desk.scans.start();
    await desk.until(record, (now) => now.state === state);
  }
});

test('a release that cannot be written down does not happen, until it can', async () => {
  const desk = await deskWith(scannerAt(clamd.socket));
  desk.refuseLedger(true);
  const record = await desk.receive(await desk.newCase(), CLEAN);
  await desk.until(record, ({ state }) => state === 'scanning');
  await desk.scans.look();
  await isRefused(desk, record);
  desk.refuseLedger(false);
  await desk.until(record, isReleased);
});

test('cases take turns: one with many records does not keep another waiting', async () => {
  const order: string[] = [];
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const loaded = { version: 1, builtUtcMs: NOW_MS };
  const scripted: Antivirus = {
    state: async () => ({ isReachable: true, definitions: loaded }),
    scan: async (source) => {
      await begun;
      order.push(source.bytes === 1 ? 'few' : 'many');
      return { verdict: 'clean', before: loaded, after: loaded };
    },
  };
  const desk = await openQuarantineDesk(newDirectory(), {
    ...scanningBy(scripted),
    atOnceMax: 1,
  } as never);
  closing.push(async () => await desk.close());
  const [many, few] = [await desk.newCase(), await desk.newCase()];
  const received: CaseRecord[] = [];
  for (let each = 0; each < 12; each += 1) received.push(await desk.receive(many, CLEAN));
  received.push(await desk.receive(few, Buffer.from('x')));
  begin();
  for (const record of received) await desk.until(record, isReleased);
  assert.equal(order.length, 13);
  // One of the others was under way, and one more had its turn.
  assert.ok(order.indexOf('few') <= 2, order.join());
});

test('what was never released can be destroyed at once, by name in the ledger; a released record and one on hold cannot', async () => {
  const desk = await deskWith(scannerAt(clamd.socket));
  const caseId = await desk.newCase();
  const infected = await desk.receive(caseId, EICAR);
  const clean = await desk.receive(caseId, CLEAN);
  await desk.until(infected, ({ state }) => state === 'infected');
  await desk.until(clean, isReleased);
  const open = { id: caseId, legalHold: false };
  await assert.rejects(desk.scans.destroy(open, BY, clean.id), RecordReleased);
  const onHold = { id: caseId, legalHold: true };
  await assert.rejects(desk.scans.destroy(onHold, BY, infected.id), CaseUnderLegalHold);
  assert.deepEqual(await desk.vault.countQuarantine(caseId), {
    released: 1,
    neverReleased: 0,
    infected: 1,
  });
  await desk.scans.destroy(open, BY, infected.id);
  await assert.rejects(desk.vault.record(caseId, infected.id), RecordUnknown);
  const fact = (await desk.facts(caseId)).at(-1);
  assert.deepEqual(fact, { kind: 'record-destroyed', caseId, recordId: infected.id, by: BY });
});

test('without a scanner each record is released before it is acknowledged, and the ledger says that nothing was scanned', async () => {
  const desk = await openQuarantineDesk(newDirectory(), { scanner: null });
  closing.push(async () => await desk.close());
  await desk.scans.start();
  const record = await desk.receive(await desk.newCase(), EICAR);
  assert.equal(record.quarantine.state, 'released');
  const [fact] = await desk.facts(record.caseId);
  assert.deepEqual(fact, {
    kind: 'record-released',
    caseId: record.caseId,
    recordId: record.id,
    by: 'no-scanner',
    definitions: null,
  });
});

/**
 * Goal: every entry of the ledger reaches the collector, once or more, in a message of RFC 5424 that names it, whatever of the two
 * is killed, hangs or is away; an impostor gets none; and nothing waits for any of it.
 * Method: Debian's rsyslog over TLS with a certificate of its own authority and ours; a real ledger; kills at random moments.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openLedger } from '../ledger/ledger.ts';
import { LEDGER_MIGRATIONS } from '../ledger/ledger-schema.ts';
import type { Ledger } from '../ledger/contract.ts';
import { systemClock } from '../platform/clock/clock.ts';
import { openDatabase } from '../platform/database/database.ts';
import { silentLog } from '../platform/log/log.ts';
import type { Siem } from './contract.ts';
import { openSiem } from './siem.ts';
import type { SiemSettings } from './siem.ts';
import { Rsyslog } from './testing/rsyslog.ts';

const ORIGIN = 'gateway.example/chaperone-ledger';
const PROGRAM = path.join(import.meta.dirname, 'testing', 'forwarder-program.ts');
/** Nothing here takes longer unless it hangs. */
const HANGS_AFTER_MS = 60_000;

function settingsOf(rsyslog: Rsyslog, changes: Partial<SiemSettings> = {}): SiemSettings {
  const { authorities, certificate, key } = rsyslog.files;
  return {
    host: '127.0.0.1',
    port: rsyslog.port,
    serverName: 'localhost',
    authoritiesFile: authorities,
    certificateFile: certificate,
    keyFile: key,
    facility: 10,
    appName: 'chaperone',
    messageId: 'IHE+RFC-3881',
    enterpriseNumber: 32_473,
    ...changes,
  };
}

function newDirectory(t: TestContext): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-siem-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

interface Sender {
  readonly ledger: Ledger;
  readonly siem: Siem;
  append(count: number): Promise<void>;
  close(): Promise<void>;
}

async function openSender(directory: string, settings: SiemSettings): Promise<Sender> {
  const location = { kind: 'sqlite', file: path.join(directory, 'gateway.db') } as const;
  const database = await openDatabase({ location });
  await database.migrate(LEDGER_MIGRATIONS);
  const clock = systemClock;
  const ledger = await openLedger({
    database,
    directory: path.join(directory, 'ledger'),
    origin: ORIGIN,
    clock,
  });
  const siem = await openSiem(settings, {
    ledger,
    directory: path.join(directory, 'siem'),
    gatewayName: 'gateway.example',
    ledgerOrigin: ORIGIN,
    software: 'chaperone-gateway test',
    clock,
    log: silentLog(),
  });
  return {
    ledger,
    siem,
    append: async (count) => {
      const fact = { kind: 'sign-out', technicianId: 'tech-1' as never, reason: 'asked' } as const;
      await Promise.all(Array.from({ length: count }, async () => await ledger.append(fact)));
    },
    close: async () => {
      await siem.close();
      await ledger.close();
      await database.close();
    },
  };
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let waitedMs = 0; waitedMs < HANGS_AFTER_MS; waitedMs += 50) {
    if (isSo()) return;
    await delay(50);
  }
  assert.fail(`it never came to ${what}`);
}

const everything = (size: number): readonly number[] =>
  Array.from({ length: size }, (_one, at) => at);

suite('forwarding to a real collector', () => {
  test('every entry arrives as it stands in the ledger, and is confirmed', async (t) => {
    await using rsyslog = await Rsyslog.make();
    await rsyslog.start();
    const sender = await openSender(newDirectory(t), settingsOf(rsyslog));
    t.after(async () => await sender.close());
    await sender.append(300);
    await until('all entries', () => sender.siem.status().confirmed === 300);
    await until('its file', () => rsyslog.indices().length === 300);
    assert.deepEqual(rsyslog.indices(), everything(300));
    const lines = await sender.ledger.page(0, 300);
    for (const { message, msgId, appName, priority, structured } of rsyslog.messages()) {
      assert.deepEqual([msgId, appName, priority], ['IHE+RFC-3881', 'chaperone', 85]);
      const [, value = ''] = /type="line" value="([^"]*)"/.exec(message) ?? [];
      const index = Number(structured['ledger@32473']?.['index']);
      assert.equal(Buffer.from(value, 'base64').toString(), lines[index]?.line);
    }
    // What comes later goes on the same way, and nothing goes twice without need.
    await sender.append(1);
    await until('one more', () => sender.siem.status().confirmed === 301);
    await until('its file', () => rsyslog.indices().length === 301);
    assert.equal(rsyslog.messages().length, 301);
  });

  test('a collector that is away, killed or restarted loses nothing, and nobody waits for it', async (t) => {
    await using rsyslog = await Rsyslog.make();
    const sender = await openSender(newDirectory(t), settingsOf(rsyslog));
    t.after(async () => await sender.close());
    // Away: the ledger goes on.
    await sender.append(50);
    await until('trouble', () => sender.siem.status().trouble === 'collector-unreachable');
    assert.equal(sender.siem.status().confirmed, 0);
    await rsyslog.start();
    await until('all entries', () => sender.siem.status().confirmed === 50);
    assert.equal(sender.siem.status().trouble, null);
    // Killed while it takes: again and again in the middle.
    for (let round = 0; round < 4; round += 1) {
      const appending = sender.append(400);
      await delay(20 + 90 * round);
      await rsyslog.stop('SIGKILL');
      await appending;
      await rsyslog.start();
    }
    const { size } = sender.ledger.status();
    await until('all entries', () => sender.siem.status().confirmed === size);
    await until('its file', () => rsyslog.indices().length === size);
    assert.deepEqual(rsyslog.indices(), everything(size));
  });

  test('a collector that hangs holds up nothing but itself', async (t) => {
    await using rsyslog = await Rsyslog.make();
    await rsyslog.start();
    const sender = await openSender(newDirectory(t), settingsOf(rsyslog));
    t.after(async () => await sender.close());
    rsyslog.freeze(true);
    await sender.append(20);
    await until('trouble', () => sender.siem.status().trouble !== null);
    // The ledger writes on meanwhile.
    await sender.append(20);
    rsyslog.freeze(false);
    await until('all entries', () => sender.siem.status().confirmed === 40);
    await until('its file', () => rsyslog.indices().length === 40);
  });

  test('a position that was damaged or is of another ledger has everything sent again', async (t) => {
    await using rsyslog = await Rsyslog.make();
    await rsyslog.start();
    const directory = newDirectory(t);
    const first = await openSender(directory, settingsOf(rsyslog));
    await first.append(10);
    await until('all entries', () => first.siem.status().confirmed === 10);
    await first.close();
    const file = path.join(directory, 'siem', 'position');
    const whole = readFileSync(file);
    for (const at of [0, Math.floor(whole.length / 2), whole.length - 2]) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      writeFileSync(file, flipped);
      const before = rsyslog.messages().length;
      const again = await openSender(directory, settingsOf(rsyslog));
      await until('all entries again', () => again.siem.status().confirmed === 10);
      await again.close();
      await until('its file', () => rsyslog.messages().length >= before + 10);
    }
  });
});

suite('a collector that is not the one', () => {
  const cases: readonly (readonly [
    string,
    (right: Rsyslog, other: Rsyslog) => Partial<SiemSettings>,
  ])[] = [
    ['another authority', (_right, other) => ({ authoritiesFile: other.files.authorities })],
    ['another name', () => ({ serverName: 'siem.example' })],
    [
      'a certificate of ours that it does not take',
      (_right, other) => ({ certificateFile: other.files.certificate, keyFile: other.files.key }),
    ],
    ['no certificate of ours', () => ({ certificateFile: undefined, keyFile: undefined })],
  ];
  for (const [what, changes] of cases) {
    test(`gets no entry confirmed: ${what}`, async (t) => {
      await using right = await Rsyslog.make();
      await using other = await Rsyslog.make();
      await right.start();
      const sender = await openSender(newDirectory(t), settingsOf(right, changes(right, other)));
      t.after(async () => await sender.close());
      await sender.append(3);
      await until('trouble', () => sender.siem.status().trouble !== null);
      assert.equal(sender.siem.status().confirmed, 0);
      assert.deepEqual(right.indices(), []);
    });
  }
});

test('a gateway that is killed at any moment goes on where the collector was', async (t) => {
  await using rsyslog = await Rsyslog.make();
  await rsyslog.start();
  const directory = newDirectory(t);
  const settings = JSON.stringify(settingsOf(rsyslog));
  let acknowledged = -1;
  for (let round = 0; round < 12; round += 1) {
    const program = run(directory, settings, 60);
    const lines = createInterface({ input: program.stdout ?? process.stdin });
    lines.on('line', (line) => (acknowledged = Math.max(acknowledged, Number(line))));
    await delay(600 + Math.floor(Math.random() * 2500));
    const ended = once(program, 'exit');
    program.kill('SIGKILL');
    await ended;
  }
  const sender = await openSender(directory, settingsOf(rsyslog));
  t.after(async () => await sender.close());
  const { size } = sender.ledger.status();
  assert.ok(size > acknowledged && acknowledged > 0);
  await until('all entries', () => sender.siem.status().confirmed === size);
  await until('its file', () => rsyslog.indices().length === size);
  assert.deepEqual(rsyslog.indices(), everything(size));
});

function run(directory: string, settings: string, entries: number): ChildProcess {
  const args = [PROGRAM, directory, settings, String(entries)];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

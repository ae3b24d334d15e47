/**
 * Goal: a second gateway waits while the first is active, takes over when that dies or sleeps, and the one that wakes up
 * ends without having changed anything.
 * Method: the real program twice on one PostgreSQL and one data directory; SIGSTOP, SIGCONT, kill -9, SIGTERM.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { startPostgresql } from '@chaperone/gateway/platform/database/testing/postgresql-server.ts';
import type { PostgresqlServer } from '@chaperone/gateway/platform/database/testing/postgresql-server.ts';
import { eventually } from '../../harness/eventually.ts';

const MAIN = path.join(import.meta.dirname, '../../../gateway/src/main.ts');
const LEASE_MS = 3_000;
/** A lease, and a start on a machine with other things to do. */
const TAKE_OVER_MS_MAX = 60_000;
const FENCED_EXIT_CODE = 3;

const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-standby-'));
const config = path.join(folder, 'gateway.json');
const running = new Set<ChildProcess>();
let server: PostgresqlServer | undefined;

before(async () => {
  server = await startPostgresql();
  const { url, password = '' } = await server.newDatabase();
  writeFileSync(path.join(folder, 'password'), password, { mode: 0o600 });
  const settings = {
    dataDirectory: 'data',
    demo: true,
    serviceCentre: { name: 'T', phone: '+1 555 0100', phiPolicyUrl: 'https://example.com/phi' },
    edge: { listen: { host: '127.0.0.1', port: 0 }, gatewayNames: ['localhost'] },
    console: { listen: { host: '127.0.0.1', port: 0 }, names: ['127.0.0.1'], tls: 'off' },
    directory: { kind: 'demo' },
    antivirus: { kind: 'none-demo' },
    database: { url, passwordFile: 'password' },
    standby: { leaseMs: LEASE_MS },
    log: { level: 'error' },
  };
  writeFileSync(config, JSON.stringify(settings));
  const { code, complaint } = await call(['establish']);
  assert.equal(code, 0, complaint);
});
after(async () => {
  for (const child of running) child.kill('SIGKILL');
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function call(
  args: readonly string[],
  input = '',
): Promise<{ readonly code: number | null; readonly output: string; readonly complaint: string }> {
  const child = spawn(process.execPath, [MAIN, ...args, '--config', config]);
  child.stdin.end(input);
  const [output, complaint, [code]] = await Promise.all([
    readAll(child.stdout),
    readAll(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { code, output, complaint };
}

interface Gateway {
  readonly child: ChildProcess;
  said(): string;
  complained(): string;
  readonly ended: Promise<number | string>;
}

function run(): Gateway {
  const child = spawn(process.execPath, [MAIN, 'run', '--config', config], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let [output, complaint] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (output += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (complaint += String(chunk)));
  const ended = once(child, 'close').then(([code, signal]: (number | string | null)[]) => {
    running.delete(child);
    return code ?? signal ?? '';
  });
  return { child, said: () => output, complained: () => complaint, ended };
}

const isActive = (gateway: Gateway) => async () => gateway.said().includes('"edge"');
const isWaiting = (gateway: Gateway) => async () =>
  gateway.complained().includes('standby: waiting for the active gateway');

async function addAccount(name: string): Promise<void> {
  const args = ['--name', name, '--person', `${name}.brandt`, '--display-name', 'Otto Brandt'];
  const { code, complaint } = await call(['account', 'add', ...args], 'walnut-canyon-41-seven\n');
  assert.equal(code, 0, complaint);
}
async function accounts(): Promise<string> {
  const { code, output, complaint } = await call(['account', 'list']);
  assert.equal(code, 0, complaint);
  return output;
}

test('one is active, the next waits; the sleeper is overtaken, wakes up and ends; a dead one is followed', async () => {
  const first = run();
  await eventually('first is active', isActive(first), TAKE_OVER_MS_MAX);
  await addAccount('otto');
  const second = run();
  await eventually('second waits', isWaiting(second), TAKE_OVER_MS_MAX);
  assert.match(second.complained(), new RegExp(`process ${first.child.pid}\\b`));
  assert.equal(second.said(), '');

  // Asleep: the other takes over, also the files that the first has open.
  first.child.kill('SIGSTOP');
  await eventually('second is active', isActive(second), TAKE_OVER_MS_MAX);
  await addAccount('erika');
  const keyring = (): readonly string[] =>
    readdirSync(path.join(folder, 'data/vault/keyring')).toSorted();
  const before = keyring();
  first.child.kill('SIGCONT');
  assert.equal(await first.ended, FENCED_EXIT_CODE);
  assert.match(
    first.complained(),
    new RegExp(`process ${second.child.pid} has become the active|renewed in time`),
  );
  assert.deepEqual(keyring(), before);
  assert.match(await accounts(), /erika/);

  // Dead: a third that waits takes over, and finds everything.
  const third = run();
  await eventually('third waits', isWaiting(third), TAKE_OVER_MS_MAX);
  second.child.kill('SIGKILL');
  assert.equal(await second.ended, 'SIGKILL');
  await eventually('third is active', isActive(third), TAKE_OVER_MS_MAX);
  const listed = await accounts();
  for (const name of ['otto', 'erika']) assert.match(listed, new RegExp(name));

  // In order: the next one need not wait.
  third.child.kill('SIGTERM');
  assert.equal(await third.ended, 0, third.complained());
  const fourth = run();
  await eventually('fourth is active', isActive(fourth), TAKE_OVER_MS_MAX);
  assert.doesNotMatch(fourth.complained(), /standby/);
  fourth.child.kill('SIGTERM');
  assert.equal(await fourth.ended, 0, fourth.complained());
});

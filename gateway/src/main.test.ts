/**
 * Goal: the gateway's program does what its usage says, one process at a time, says plainly what is wrong, and loses
 * nothing acknowledged to `kill -9`.
 * Method: the real program in processes of its own, on a temporary data directory.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { readLicenceFile } from '@chaperone/protocol/est/licence-file.ts';

const MAIN = path.join(import.meta.dirname, 'main.ts');
const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-main-'));
const config = path.join(folder, 'gateway.json');
const running = new Set<ChildProcess>();

before(() => {
  writeFileSync(
    config,
    JSON.stringify({
      dataDirectory: 'data',
      demo: true,
      serviceCentre: {
        name: 'Test',
        phone: '+1 555 0100',
        phiPolicyUrl: 'https://example.com/phi',
      },
      edge: { listen: { host: '127.0.0.1', port: 0 }, gatewayNames: ['localhost'] },
      console: { listen: { host: '127.0.0.1', port: 0 }, names: ['127.0.0.1'], tls: 'off' },
      directory: { kind: 'demo' },
      antivirus: { kind: 'none-demo' },
      log: { level: 'error' },
    }),
  );
});
after(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly complaint: string;
  readonly result: Readonly<Record<string, unknown>>;
}

async function call(args: readonly string[], input = ''): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args, '--config', config]);
  child.stdin.end(input);
  const [output, complaint, [code]] = await Promise.all([
    readAll(child.stdout),
    readAll(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  const result = output === '' ? {} : (JSON.parse(output) as Record<string, unknown>);
  assert.ok(!/^\s+at /m.test(complaint), `a stack trace was shown: ${complaint}`);
  return { code, output, complaint, result };
}

async function run(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [MAIN, 'run', '--config', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let output = '';
  child.stdout.setEncoding('utf8');
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    output += chunk as string;
    if (output.trimEnd().endsWith('}') && output.includes('"edge"') && isJSON(output)) return child;
  }
  return assert.fail(`the gateway did not start: ${output}`);
}

function isJSON(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const why = ['--reason', 'it is sold'];
const account = [
  'account',
  'add',
  '--name',
  'otto',
  '--person',
  'otto.brandt',
  '--display-name',
  'Otto Brandt',
];

describe('before it is established', () => {
  test('it does not run, and says what to do', async () => {
    const { code, complaint } = await call(['run']);
    assert.equal(code, 1);
    assert.match(complaint, /establish/i);
  });

  test('it is established once, not twice', async () => {
    const first = await call(['establish']);
    assert.equal(first.code, 0, first.complaint);
    assert.match(String(first.result['ledgerKey']), /^localhost\/chaperone-ledger\+/);
    const second = await call(['establish']);
    assert.equal(second.code, 1);
    assert.match(second.complaint, /already/);
  });
});

describe('from a terminal', () => {
  test('licences are issued, listed and retired on a stopped gateway', async () => {
    const file = path.join(folder, 'licence.json');
    const issued = await call([
      'licence',
      'issue',
      'cart',
      '--serial',
      'US-9',
      '--port',
      '443',
      '--output',
      file,
    ]);
    assert.equal(issued.code, 0, issued.complaint);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const written = await readLicenceFile(readFileSync(file, 'utf8'));
    assert.equal(written.serial, 'US-9');
    // The code is a secret: it stands in the file only.
    assert.ok(!issued.output.includes(written.code));
    const { licences } = (await call(['licence', 'list'])).result as {
      licences: { id: string; state: string }[];
    };
    assert.equal(licences.length, 1);
    const retired = await call(['licence', 'retire', '--id', licences[0]?.id ?? '', ...why]);
    assert.equal((retired.result['licence'] as { state: string }).state, 'retired');
  });

  test('what is to be retired is said once, and exists', async () => {
    const retire = async (...what: string[]) => await call(['licence', 'retire', ...what, ...why]);
    const none = await retire('--workstation', `wrks-${'0'.repeat(26)}`);
    assert.deepEqual([none.code, none.complaint.trim()], [1, 'There is nothing of this id.']);
    const unsaid = await call(['licence', 'retire', '--workstation', `wrks-${'0'.repeat(26)}`]);
    assert.deepEqual([unsaid.code, unsaid.complaint.includes('--reason is missing')], [2, true]);
    const malformed = await retire('--workstation', 'Desk 1');
    assert.equal(malformed.code, 1);
    assert.match(malformed.complaint, /not the id of a workstation/);
    const both = await retire('--serial', 'US-9', '--workstation', `wrks-${'0'.repeat(26)}`);
    assert.equal(both.code, 2);
    assert.match(both.complaint, /Say one of --id, --serial and --workstation/);
  });

  test('an account gets its password from standard input, and weak or doubled ones are refused', async () => {
    const weak = await call(account, 'short\n');
    assert.equal(weak.code, 1);
    assert.match(weak.complaint, /12 to 256 characters/);
    assert.equal((await call(account, 'chestnut-velvet-19\n')).code, 0);
    assert.equal((await call(account, 'chestnut-velvet-19\n')).code, 1);
    const { accounts } = (await call(['account', 'list'])).result as {
      accounts: { name: string }[];
    };
    assert.deepEqual(accounts.map(({ name }) => name).toSorted(), [
      'Ada Nilsen',
      'Amir Haddad',
      'Finn Okafor',
      'Ines Moreau',
      'Lena Hoffmann',
      'Otto Brandt',
      'Tara Lindqvist',
    ]);
  });

  test('an account is disabled, enabled and given roles on a stopped gateway, with a reason', async () => {
    const listed = async (): Promise<
      { accountName: string; disabled: boolean; roles: unknown }[]
    > => (await call(['account', 'list'])).result['accounts'] as never;
    const finn = async () => (await listed()).find(({ accountName }) => accountName === 'finn');
    const about = ['--name', 'finn', '--reason', 'has left'];
    assert.equal((await call(['account', 'disable', '--name', 'finn'])).code, 2);
    assert.equal((await call(['account', 'disable', ...about])).code, 0);
    assert.equal((await finn())?.disabled, true);
    assert.equal((await call(['account', 'enable', ...about])).code, 0);
    assert.equal((await finn())?.disabled, false);
    const roles = ['account', 'roles', ...about, '--roles'];
    assert.equal((await call([...roles, 'auditor,lead'])).code, 0);
    assert.deepEqual((await finn())?.roles, ['lead', 'auditor']);
    const wrong = await call([...roles, 'king']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.complaint, /"king" is no role/);
    assert.equal((await call([...roles, 'directory'])).code, 0);
    assert.equal((await finn())?.roles, null);
  });

  test('a second factor is taken away on a stopped gateway, of an account that exists', async () => {
    const reset = ['account', 'reset-factor', '--name'];
    const unknown = await call([...reset, 'nobody']);
    assert.equal(unknown.code, 1);
    assert.match(unknown.complaint, /no account of this name/);
    const done = await call([...reset, 'tara']);
    assert.equal(done.code, 0, done.complaint);
    assert.equal(done.result['removed'], 0);
  });

  test('what is called wrongly is explained, with exit code 2', async () => {
    for (const args of [['dance'], ['licence', 'issue', 'cart'], ['run', '--no-such-option']]) {
      const { code, complaint } = await call(args);
      assert.equal(code, 2, args.join(' '));
      assert.match(complaint, /chaperone gateway <command>/);
    }
  });

  test('a wrong configuration key is named', async () => {
    const wrong = path.join(folder, 'wrong.json');
    const settings = JSON.parse(readFileSync(config, 'utf8')) as object;
    writeFileSync(wrong, JSON.stringify({ ...settings, dataDirectroy: 'x' }));
    const child = spawn(process.execPath, [MAIN, 'run', '--config', wrong]);
    const complaint = await readAll(child.stderr);
    assert.match(complaint, /dataDirectroy/);
    assert.ok(!/^\s+at /m.test(complaint));
  });
});

describe('while it runs', () => {
  test('administration goes through its socket, and a second gateway is refused', async () => {
    const gateway = await run();
    assert.equal(statSync(path.join(folder, 'data/admin.sock')).mode & 0o777, 0o600);
    const issued = await call(['licence', 'issue', 'workstation', '--label', 'Desk 1']);
    assert.equal(issued.code, 0, issued.complaint);
    const refused = await call(['licence', 'issue', 'cart', '--serial', '../x']);
    assert.equal(refused.code, 1);
    assert.match(refused.complaint, /serial number/);
    const second = await call(['run']);
    assert.equal(second.code, 1);
    assert.match(second.complaint, /is using the data directory/);
    gateway.kill('SIGTERM');
    const [code] = (await once(gateway, 'exit')) as [number | null];
    assert.equal(code, 0);
  });

  test('kill -9 right after an answer loses nothing of it', async () => {
    for (const serial of ['US-20', 'US-21', 'US-22']) {
      const gateway = await run();
      const issued = await call(['licence', 'issue', 'cart', '--serial', serial]);
      gateway.kill('SIGKILL');
      await once(gateway, 'exit');
      assert.equal(issued.code, 0, issued.complaint);
      const { licences } = (await call(['licence', 'list'])).result as {
        licences: { subject: { serial?: string } }[];
      };
      assert.ok(licences.some(({ subject }) => subject.serial === serial));
    }
  });
});

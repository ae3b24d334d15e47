/**
 * Goal: the program gets a workstation its certificates from a real gateway, keeps them renewed and takes them away again, and
 * neither a kill at any moment nor a refusal leaves half of it. Method: a gateway with TLS in this process, the program as a
 * process with a home of its own, real stores of certutil, openssl as an independent reader.
 */
import { deepEqual, equal, match, notEqual, ok, rejects } from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { request as httpsRequest } from 'node:https';
import path from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { newTestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import type { TestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import { loadBrowserRecord } from '@chaperone/workstation/browser/browser-record.ts';
import { NSSStore } from '@chaperone/workstation/browser/nss-store.ts';
import { GatewayUnreachable } from '@chaperone/workstation/gateway/gateway-error.ts';
import { askAboutMe } from '@chaperone/workstation/gateway/routes.ts';
import { loadIdentity } from '@chaperone/workstation/identity/identity.ts';
import { IdentityExpired } from '@chaperone/workstation/identity/identity-error.ts';
import { renew } from '@chaperone/workstation/command/renew.ts';
import { ROOT } from '../../tools/workspace/workspace.ts';
import { POLICIES_WITHIN_MS, keepMachinePolicies } from './machine-policies.ts';
import { newWorkstationHome } from './workstation-home.ts';
import type { WorkstationHome } from './workstation-home.ts';

const NOT_ROOT = process.getuid?.() === 0 ? false : 'needs root to mount a small disk';
const DAY_MS = 86_400_000;
const signal = new AbortController().signal;

/** Another test file may have the machine's policies. */
const BEFORE = { timeout: POLICIES_WITHIN_MS + 60_000 };
let policies: AsyncDisposable;
let gateway: TestGateway;
before(async () => {
  policies = await keepMachinePolicies();
  gateway = await newTestGateway({}, null, 'off-demo', 'browser-chain');
}, BEFORE);
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await policies[Symbol.asyncDispose]();
});

let workstation: WorkstationHome;
beforeEach(async () => {
  workstation = await newWorkstationHome();
});
afterEach(async () => await workstation[Symbol.asyncDispose]());

interface Licence {
  readonly id: string;
  readonly code: string;
  /** What `enrol` is called with. */
  readonly call: readonly string[];
}

async function newLicence(label = 'Desk 1'): Promise<Licence> {
  const issued = await gateway.running.administer({
    act: 'issue-workstation-licence',
    label,
    by: 'test',
  });
  const {
    code,
    gateway: address,
    rootFingerprint,
    licence,
  } = issued as Record<string, string> & {
    licence: { id: string };
  };
  const road = ['--gateway', address ?? '', '--fingerprint', rootFingerprint ?? ''];
  return { id: licence.id, code: code ?? '', call: ['enrol', ...road, '--code', code ?? ''] };
}

function chromiumStore(): NSSStore {
  return new NSSStore(path.join(workstation.home, '.pki', 'nssdb'));
}

/** How many workstations the gateway counts. */
async function seatsUsed(): Promise<number> {
  const all = await gateway.running.authority.workstations();
  return all.filter(({ state }) => state === 'active').length;
}

/** The store holds one key of ours with its certificate, and the root, and nothing else. */
async function assertWholeStore(): Promise<void> {
  const record = await loadBrowserRecord(workstation.data);
  const nickname = record?.current?.nickname ?? '';
  deepEqual(
    (await chromiumStore().keys()).map((key) => key.nickname),
    [nickname],
  );
  const names = await chromiumStore().nicknames();
  deepEqual([...names].sort(), ['Chaperone service centre', nickname].sort());
}

test('a code becomes a licensed workstation, and once more changes nothing', async () => {
  const licence = await newLicence('Reading room 3');
  const first = await workstation.json(...licence.call);
  equal(first['label'], 'Reading room 3');
  await assertWholeStore();
  const file = path.join(workstation.data, 'identity.json');
  equal(statSync(file).mode & 0o777, 0o600);
  const before = readFileSync(file, 'utf8');
  const again = await workstation.json(...licence.call);
  deepEqual([again['workstation'], readFileSync(file, 'utf8')], [first['workstation'], before]);
  await assertWholeStore();
  const { exitCode, output } = await workstation.call('status');
  equal(exitCode, 0, output);
  match(output, /All is well/);
  const identity = await loadIdentity(workstation.data);
  equal((await askAboutMe(identity, signal)).use, 'program');
  const other = await workstation.call(...(await newLicence()).call);
  equal(other.exitCode, 1);
  match(other.complaint, /enrolled already.*ALREADY_ENROLLED/);
  deepEqual(
    readdirSync(workstation.data).sort(),
    ['browser.json', 'identity.json'],
    'nothing half-written is left',
  );
});

test('killed at any moment, the same call goes on, and one seat is taken', async () => {
  const licence = await newLicence();
  const taken = await seatsUsed();
  // From before the first file to after the last: an enrolment takes about a second.
  for (let afterMs = 150; ; afterMs += Math.max(90, afterMs / 8)) {
    const program = path.join(ROOT, 'workstation/src/main.ts');
    const child = spawn(process.execPath, [program, ...licence.call], {
      env: { ...process.env, HOME: workstation.home },
      stdio: 'ignore',
    });
    const ended = once(child, 'exit') as Promise<[number | null]>;
    await Promise.race([ended, delay(afterMs)]);
    child.kill('SIGKILL');
    const [exitCode] = await ended;
    if (exitCode === 0) break;
    equal(exitCode, null, 'it ends by being killed, and by nothing else');
  }
  await workstation.json(...licence.call);
  const { output, exitCode } = await workstation.call('status');
  equal(exitCode, 0, output);
  equal(await seatsUsed(), taken + 1);
  const record = await loadBrowserRecord(workstation.data);
  const keys = await chromiumStore().keys();
  ok(keys.some((key) => key.nickname === record?.current?.nickname));
  // Certutil itself may be killed between a key and its request; then a key without a certificate is left.
  const owned = keys.filter((key) => key.nickname !== null);
  equal(owned.length, 1);
});

test('what was typed wrong is found before the code is used up', async () => {
  const licence = await newLicence();
  const refusal = async (...change: readonly string[]): Promise<string> => {
    const { exitCode, complaint } = await workstation.call(...licence.call, ...change);
    notEqual(exitCode, 0);
    equal(complaint.trimEnd().split('\n').length, 1, complaint);
    return complaint;
  };
  const flipped = licence.code.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
  match(await refusal('--code', flipped), /mistyped.*LICENCE_CODE_MISTYPED/);
  match(await refusal('--fingerprint', 'abc'), /fingerprint has 64/);
  match(
    await refusal('--fingerprint', '00'.repeat(32)),
    /from "DEMO ONLY.*GATEWAY_OF_ANOTHER_ROOT/,
  );
  match(await refusal('--gateway', 'https://localhost:1'), /GATEWAY_UNREACHABLE/);
  match(await refusal('--gateway', 'http://localhost'), /GATEWAY_ADDRESS_INVALID/);
  const { licences } = (await gateway.running.administer({ act: 'list-licences' })) as {
    licences: { id: string; state: string }[];
  };
  equal(licences.find(({ id }) => id === licence.id)?.state, 'issued');
  await workstation.json(...licence.call);
});

test('nobody is believed unseen', async () => {
  const [, flag = '', address = ''] = (await newLicence()).call;
  const { exitCode, complaint } = await workstation.call('enrol', flag, address, '--code', 'x');
  equal(exitCode, 2);
  match(complaint, /which root to believe/);
});

test('a used code and a retired one say so', async () => {
  const licence = await newLicence();
  await workstation.json(...licence.call);
  await using second = await newWorkstationHome();
  const used = await second.call(...licence.call);
  equal(used.exitCode, 1);
  match(used.complaint, /has been used.*LICENCE_USED/);
  const other = await newLicence();
  await gateway.running.administer({
    act: 'retire-licence',
    id: other.id,
    by: 'root',
    reason: 'it is sold',
  });
  match((await second.call(...other.call)).complaint, /LICENCE_RETIRED/);
});

test('a renewal puts the new before it takes the old, and the old program certificate lasts one more', async () => {
  await workstation.json(...(await newLicence()).call);
  const before = await loadIdentity(workstation.data);
  const [oldKey] = await chromiumStore().keys();
  const options = { directory: workstation.data, force: false, isAttended: false, signal };
  const early = await renew({ ...options, nowMs: () => before.notBeforeMs + 10 * DAY_MS });
  deepEqual([early.program, early.browser], ['not-due', 'not-due']);
  const nowMs = (): number => before.notAfterMs - DAY_MS;
  const renewed = await renew({ ...options, nowMs });
  deepEqual([renewed.program, renewed.browser], ['renewed', 'renewed']);
  await assertWholeStore();
  const [newKey] = await chromiumStore().keys();
  notEqual(newKey?.id, oldKey?.id);
  const identity = await loadIdentity(workstation.data);
  notEqual(identity.key, before.key);
  equal((await askAboutMe(identity, signal)).workstation, before.workstation);
  equal((await askAboutMe(before, signal)).workstation, before.workstation);
  await rejects(renew({ ...options, nowMs: () => identity.notAfterMs + 1 }), IdentityExpired);
  const again = await workstation.json('renew');
  deepEqual([again['program'], again['browserRenewal']], ['not-due', 'not-due']);
  ok(!existsSync(path.join(workstation.data, 'renewal.json')));
});

test('a gateway that is away costs nothing', async () => {
  await workstation.json(...(await newLicence()).call);
  const before = readFileSync(path.join(workstation.data, 'identity.json'), 'utf8');
  const broken = before.replace(gateway.running.consoleUrl, 'https://127.0.0.1:1');
  writeFileSync(path.join(workstation.data, 'identity.json'), broken, { mode: 0o600 });
  const options = { directory: workstation.data, force: true, isAttended: false, signal };
  await rejects(renew(options), GatewayUnreachable);
  const { exitCode, output } = await workstation.call('status');
  equal(exitCode, 1);
  match(output, /not usable \(GATEWAY_UNREACHABLE\)/);
  writeFileSync(path.join(workstation.data, 'identity.json'), before, { mode: 0o600 });
  equal((await renew(options)).program, 'renewed');
});

test('a PKCS#12 file opens with its pass-phrase and with nothing old in it, and gets in', async () => {
  const file = path.join(workstation.home, 'browser.p12');
  const said = await workstation.json(
    ...(await newLicence()).call,
    ...['--browser', 'pkcs12', file],
  );
  const { passphrase, toImport } = said['browser'] as { passphrase: string; toImport: object };
  match(passphrase, /^(?:[0-9a-z]{5}-){4}[0-9a-z]{5}$/);
  equal(statSync(file).mode & 0o777, 0o600);
  const args = ['pkcs12', '-in', file, '-info', '-noout', '-passin', 'stdin'];
  const { status, stderr } = spawnSync('openssl', args, { input: passphrase, encoding: 'utf8' });
  equal(status, 0, stderr);
  match(stderr, /MAC: sha256, Iteration 600000/);
  equal((stderr.match(/PBES2, PBKDF2, AES-256-CBC, Iteration 600000/g) ?? []).length, 2);
  deepEqual(toImport, { file, root: path.join(workstation.home, 'browser.root.pem') });
  const ca = readFileSync(path.join(workstation.home, 'browser.root.pem'));
  equal(await statusWith({ pfx: readFileSync(file), passphrase, ca }), 200);
  equal(await statusWith({ ca }), 403);

  // A timer cannot show a pass-phrase, so it leaves the file; a person's own pass-phrase is fine.
  const left = await workstation.call('renew', '--force');
  equal(left.exitCode, 1);
  match(left.output, /PKCS#12 file is due/);
  const own = path.join(workstation.home, 'passphrase');
  writeFileSync(own, 'correct horse battery\n', { mode: 0o600 });
  const renewed = await workstation.json('renew', '--force', '--passphrase-file', own);
  equal((renewed['browser'] as { passphrase: unknown }).passphrase, null);
  const renewedFile = { pfx: readFileSync(file), passphrase: 'correct horse battery', ca };
  equal(await statusWith(renewedFile), 200);
  await workstation.json('remove');
  ok(!existsSync(file));
});

async function statusWith(tls: object): Promise<number | undefined> {
  const { port } = new URL(gateway.running.consoleUrl);
  const request = httpsRequest({
    ...{ host: '127.0.0.1', port, servername: 'localhost', path: '/api/workstation', agent: false },
    headers: { host: new URL(gateway.running.consoleUrl).host },
    ...tls,
  });
  request.end();
  const [response] = (await once(request, 'response')) as [{ statusCode?: number; resume(): void }];
  response.resume();
  return response.statusCode;
}

test("Firefox's profile gets the key, and another browser takes it over", async () => {
  const folder = path.join(workstation.home, '.mozilla', 'firefox');
  mkdirSync(path.join(folder, 'abc.default'), { recursive: true });
  writeFileSync(path.join(folder, 'profiles.ini'), '[Profile0]\nPath=abc.default\nDefault=1\n');
  const licence = await newLicence();
  const said = await workstation.call(...licence.call, '--browser', 'firefox');
  equal(said.exitCode, 0, said.complaint);
  match(said.output, /let it remember/);
  const profile = new NSSStore(path.join(folder, 'abc.default'));
  equal((await profile.keys()).length, 1);
  await workstation.json(...licence.call, '--browser', 'chromium');
  deepEqual(await profile.keys(), []);
  deepEqual(await profile.nicknames(), []);
  await assertWholeStore();
});

test('what was enrolled is taken away again, down to the policy', async () => {
  const store = chromiumStore();
  await store.open();
  const own = await store.makeRequest('Somebody else');
  ok(own.length > 0);
  await workstation.json(...(await newLicence()).call);
  const policy = '/etc/chromium/policies/managed/chaperone-workstation.json';
  ok(existsSync(policy));
  await workstation.json('remove');
  deepEqual(readdirSync(workstation.data), []);
  deepEqual(await store.nicknames(), []);
  equal((await store.keys()).length, 1, "somebody else's key stays");
  ok(!existsSync(policy));
  const { output, exitCode } = await workstation.call('status');
  equal(exitCode, 1);
  match(output, /not enrolled/);
  await workstation.json('remove');
});

test('a retired workstation is told, and begins anew with another code', async () => {
  const { workstation: id } = await workstation.json(...(await newLicence()).call);
  await gateway.running.administer({
    act: 'retire-workstation',
    id,
    by: 'root',
    reason: 'it is sold',
  });
  const { output, exitCode } = await workstation.call('status');
  equal(exitCode, 1);
  match(output, /was retired/);
  match((await workstation.call('renew', '--force')).complaint, /WORKSTATION_NOT_ADMITTED/);
  await workstation.json('remove');
  await workstation.json(...(await newLicence()).call);
});

test('the report is signed and taken, and its sentences come back', async () => {
  await workstation.json(...(await newLicence()).call);
  const { exitCode, output } = await workstation.call('report');
  equal(exitCode, 0, output);
  match(output, /asks for nothing/);
  const { posture } = await workstation.json('report');
  equal((posture as { system: string }).system, 'linux-debian');
});

test(
  'a full disk is told, costs nothing, and the same call goes on',
  { skip: NOT_ROOT },
  async () => {
    const disk = path.join(workstation.home, 'small');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', disk]);
    try {
      const ballast = path.join(disk, 'ballast');
      const place = ['--data', path.join(disk, 'data')];
      const licence = await newLicence();
      writeFileSync(ballast, Buffer.alloc(124 * 1024));
      const full = await workstation.call(...licence.call, ...place);
      equal(full.exitCode, 1);
      match(full.complaint, /^The disk is full.*DISK_FULL/);
      rmSync(ballast);
      await workstation.json(...licence.call, ...place);
      // The store on a full disk: the new key does not fit, the certificate in force stays.
      const store = ['--browser', 'chromium', '--store', path.join(disk, 'store')];
      await workstation.json('remove', ...place);
      const other = await newLicence();
      const { exitCode, complaint } = await workstation.call(...other.call, ...place, ...store);
      equal(exitCode, 0, complaint);
      const room = statfsSync(disk);
      writeFileSync(ballast, Buffer.alloc(room.bavail * room.bsize));
      match((await workstation.call('renew', '--force', ...place)).complaint, /DISK_FULL/);
      match((await workstation.call('status', ...place)).output, /All is well/);
      rmSync(ballast);
      await workstation.json('renew', '--force', ...place);
    } finally {
      execFileSync('umount', [disk]);
    }
  },
);

test('a store with a password, and one that others own, are told', async () => {
  const store = path.join(workstation.home, '.pki', 'nssdb');
  mkdirSync(store, { recursive: true });
  const password = path.join(workstation.home, 'store-password');
  writeFileSync(password, 'a store password\n', { mode: 0o600 });
  execFileSync('certutil', ['-N', '-d', `sql:${store}`, '-f', password]);
  const licence = await newLicence();
  match((await workstation.call(...licence.call)).complaint, /STORE_LOCKED/);
  const opened = ['--store-password-file', password];
  await workstation.json(...licence.call, ...opened);
  match((await workstation.call('status', ...opened)).output, /All is well/);
  const locked = await workstation.call('status');
  equal(locked.exitCode, 1);
  match(locked.output, /locked with a password/);
});

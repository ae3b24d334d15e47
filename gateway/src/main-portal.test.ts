/**
 * Goal: an officer is enrolled, listed and retired from a terminal, on a stopped gateway and on a running one, with a request
 * that OpenSSL made; the secret is shown once, and what cannot be used is refused in a sentence.
 * Method: the real program in processes of its own, Debian's `openssl`, a temporary data directory.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { checkConfiguration } from './platform/configuration/configuration.ts';
import { silentLog } from './platform/log/log.ts';
import { startGateway } from './composition.ts';

const MAIN = path.join(import.meta.dirname, 'main.ts');
const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-officer-'));
const config = path.join(folder, 'gateway.json');
const SETTINGS = {
  dataDirectory: 'data',
  demo: true,
  serviceCentre: { name: 'Test', phone: '+1 555 0100', phiPolicyUrl: 'https://example.com/phi' },
  edge: { listen: { host: '127.0.0.1', port: 0 }, gatewayNames: ['localhost'] },
  console: { listen: { host: '127.0.0.1', port: 0 }, names: ['127.0.0.1'], tls: 'off' },
  portal: { listen: { host: '127.0.0.1', port: 0 }, names: ['localhost'] },
  directory: { kind: 'demo' },
  antivirus: { kind: 'none-demo' },
  log: { level: 'error' },
};

before(async () => {
  writeFileSync(config, JSON.stringify(SETTINGS));
  const established = await call(['establish'], 'gateway');
  assert.equal(established.code, 0, established.complaint);
});
after(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly complaint: string;
  readonly result: Readonly<Record<string, unknown>>;
}

async function call(args: readonly string[], program = 'portal'): Promise<Ended> {
  const words = program === 'gateway' ? args : [program, ...args];
  const child = spawn(process.execPath, [MAIN, ...words, '--config', config]);
  const [output, complaint, [code]] = await Promise.all([
    readAll(child.stdout),
    readAll(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  assert.ok(!/^\s+at /m.test(complaint), `a stack trace was shown: ${complaint}`);
  const result = output === '' ? {} : (JSON.parse(output) as Record<string, unknown>);
  return { code, complaint, result };
}

/** Makes a key and a request as a facility's own people would. */
function newRequest(name: string, form: readonly string[] = []): string {
  const file = path.join(folder, `${name}.csr`);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const out = ['-keyout', path.join(folder, `${name}.key`), '-out', file];
  execFileSync('openssl', ['req', '-new', ...key, ...out, '-subj', '/CN=whoever', ...form], {
    stdio: 'ignore',
  });
  return file;
}

const add = (csr: string, ...more: readonly string[]): Promise<Ended> =>
  call([
    'officer',
    'add',
    '--facility',
    'St. Example',
    '--name',
    'Jo Müller',
    '--csr',
    csr,
    ...more,
  ]);

test('enrolled on a stopped gateway: certificate in a file of its own, secret shown once and kept nowhere in the clear', async () => {
  const output = path.join(folder, 'officer.pem');
  const added = await add(newRequest('one'), '--output', output);
  assert.equal(added.code, 0, added.complaint);
  assert.match(String(added.result['secret']), /^(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
  assert.match(String(added.result['address']), /^otpauth:\/\/totp\/Test:/);
  assert.match(added.complaint, /▀|▄|█/);
  assert.match(added.complaint, /No case has the name of this facility yet/);
  assert.equal(statSync(output).mode & 0o777, 0o600);
  const shown = new X509Certificate(readFileSync(output));
  assert.match(shown.subject, /O=St\. Example/);
  assert.match(shown.subject, /CN=Jo M\\?.*ller/);
  const root = readFileSync(output, 'utf8').split(/(?<=-----END CERTIFICATE-----\n)/)[1] ?? '';
  assert.ok(shown.verify(new X509Certificate(root).publicKey));
  const secret = String(added.result['secret']).replaceAll(' ', '');
  assert.ok(!readFileSync(path.join(folder, 'data', 'gateway.db')).includes(secret));
  assert.equal(statSync(path.join(folder, 'data', 'portal-officer.key')).mode & 0o777, 0o600);

  const again = await add(path.join(folder, 'one.csr'));
  assert.equal(again.code, 1);
  assert.match(again.complaint, /has a certificate already, on another device or for another use/);
});

test('listed and retired, also while the gateway runs; a request in DER is taken', async () => {
  const settings = checkConfiguration(SETTINGS, { source: 'test', directory: folder });
  const gateway = await startGateway(settings, { log: silentLog() });
  try {
    const added = await add(newRequest('two', ['-outform', 'DER']));
    assert.equal(added.code, 0, added.complaint);
    assert.match(String(added.result['certificate']), /^-----BEGIN CERTIFICATE-----\n/);
    const id = String(added.result['id']);
    const retired = await call(['officer', 'retire', '--id', id]);
    assert.equal(retired.code, 0, retired.complaint);
    const { result } = await call(['officer', 'list']);
    const { officers } = result as unknown as {
      readonly officers: readonly { readonly id: string; readonly state: string }[];
    };
    assert.equal(officers.find((officer) => officer.id === id)?.state, 'retired');
    assert.equal(
      (await call(['officer', 'retire', '--id', id])).code,
      0,
      'once more changes nothing',
    );
  } finally {
    await gateway.close();
  }
});

test('what cannot be used is refused in a sentence', async () => {
  const request = newRequest('three');
  const text = path.join(folder, 'text.csr');
  writeFileSync(text, 'not a request');
  const rsa = path.join(folder, 'rsa.csr');
  execFileSync(
    'openssl',
    ['req', '-new', '-newkey', 'rsa:3072', '-nodes', '-keyout', `${rsa}.key`, '-out', rsa].concat(
      '-subj',
      '/CN=x',
    ),
    { stdio: 'ignore' },
  );
  const officer = (facility: string, name: string, csr: string): Promise<Ended> =>
    call(['officer', 'add', '--facility', facility, '--name', name, '--csr', csr]);
  const rows = [
    [await officer('St. Example', 'Jo', text), /whole certification request/],
    [await officer('St. Example', 'Jo', path.join(folder, 'nowhere')), /cannot be read/],
    [await officer('St. Example', 'Jo', rsa), /P-256/],
    [await officer('x'.repeat(65), 'Jo', request), /1 to 64 characters/],
    [await officer('St. Example', ' ', request), /1 to 64 characters/],
    [await call(['officer', 'retire', '--id', 'offc-1']), /no officer of this id/],
    [await call(['officer', 'retire', '--id', `offc-${'0'.repeat(26)}`]), /no officer of this id/],
  ] as const;
  for (const [ended, sentence] of rows) {
    assert.equal(ended.code, 1, ended.complaint);
    assert.match(ended.complaint, sentence);
    assert.ok(ended.complaint.length < 400, ended.complaint);
  }
  assert.equal((await call(['officer', 'add'])).code, 2);
});

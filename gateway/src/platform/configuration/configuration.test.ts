/**
 * Goal: a wrong configuration does not start, and the person who wrote it learns which key and what was expected,
 * without any of its values being repeated. Method: the example is broken in one place at a time, in a real file.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { assertCurrent } from '../testing/generated-document.ts';
import {
  ConfigurationInvalid,
  checkConfiguration,
  loadConfiguration,
  readDatabaseLocation,
} from './configuration.ts';
import { EXAMPLE_CONFIGURATION, describeConfiguration } from './describe-configuration.ts';
import { nearestWord } from './did-you-mean.ts';
import { listFields } from './schema-view.ts';

const directory = mkdtempSync(join(tmpdir(), 'chaperone-configuration-'));
after(() => rmSync(directory, { recursive: true }));
const ORIGIN = { source: 'gateway.json', directory };

type Json = Record<string, unknown>;

/** The example with one value put in (or, undefined, taken out) at a path. */
function broken(path: string, value: unknown): Json {
  const copy = structuredClone(EXAMPLE_CONFIGURATION) as unknown as Json;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let at = copy;
  for (const key of keys) at = (at[key] ??= {}) as Json;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

function refusal(value: unknown): string {
  try {
    checkConfiguration(value, ORIGIN);
  } catch (fault) {
    assert(fault instanceof ConfigurationInvalid, String(fault));
    return fault.message;
  }
  return assert.fail('it was accepted');
}

test('the example is accepted, with defaults filled in and paths made absolute', async () => {
  const file = join(directory, 'example.json');
  writeFileSync(file, JSON.stringify(EXAMPLE_CONFIGURATION));
  const configuration = await loadConfiguration(file);
  assert.equal(configuration.dataDirectory, join(directory, '.chaperone/demo'));
  assert.deepEqual(configuration.edge.listen, { host: '127.0.0.1', port: 8443 });
  assert.equal(configuration.database.url, 'sqlite');
  assert.deepEqual(await readDatabaseLocation(configuration), {
    kind: 'sqlite',
    file: join(directory, '.chaperone/demo/gateway.db'),
  });
});

for (const [path, value, expected] of [
  ['edge.gatewayName', ['a'], 'edge.gatewayName: unknown key; did you mean "gatewayNames"?'],
  ['datadirectory', '/x', 'datadirectory: unknown key; did you mean "dataDirectory"?'],
  ['edge.listen.prot', 1, 'edge.listen.prot: unknown key; did you mean "port"?'],
  ['edge.listen.colour', 1, 'edge.listen.colour: unknown key; known here: host, port'],
  [
    'directory.password',
    'hunter2',
    'directory.password: unknown key; known here: kind, peopleFile',
  ],
  [
    'directory.kind',
    'dmeo',
    'directory.kind: expected "demo" or "active-directory" or "openid-connect"; did you mean "demo"?',
  ],
  [
    'directory',
    undefined,
    'directory: is missing; expected "demo" or "active-directory" or "openid-connect"',
  ],
  ['dataDirectory', undefined, 'dataDirectory: is missing; expected a text'],
  ['demo', 'yes', 'demo: expected true or false'],
  ['edge.listen.port', 70_000, 'edge.listen.port: expected a whole number from 0 to 65535'],
  ['edge.listen.port', 1.5, 'edge.listen.port: expected a whole number from 0 to 65535'],
  ['edge.gatewayNames', [], 'edge.gatewayNames: expected at least 1'],
  [
    'edge.gatewayNames',
    ['Bad Name'],
    'edge.gatewayNames[0]: expected a DNS name in lower case or an IP address',
  ],
  [
    'edge.gatewayNames',
    ['1.2.3'],
    'edge.gatewayNames[0]: expected a DNS name in lower case or an IP address',
  ],
  [
    'console.tls',
    'browserchain',
    'console.tls: expected "browser-chain" or "off"; did you mean "browser-chain"?',
  ],
  ['serviceCentre.phone', 'call me', 'serviceCentre.phone: expected a telephone number'],
  [
    'serviceCentre.phiPolicyUrl',
    'http://x.example',
    'serviceCentre.phiPolicyUrl: expected an https:// address',
  ],
  [
    'serviceCentre.name',
    'a\nb',
    'serviceCentre.name: expected one line without control characters',
  ],
  ['database.url', 'mysql://x', 'database.url: expected "sqlite" or postgresql://'],
  [
    'database.url',
    'postgresql://a:hunter2@localhost/b',
    'database.url: The database address must not hold the password',
  ],
  [
    'database.url',
    'postgresql://localhost/b',
    'database.url: The database address needs an account name',
  ],
  ['database.passwordFile', 'x', 'database.passwordFile: is for PostgreSQL'],
  [
    'limits.recordBytesMax',
    100 * 1024 ** 3,
    'limits.recordBytesMax: is more than limits.caseBytesMax',
  ],
] as const) {
  test(`refuses ${path} = ${JSON.stringify(value) ?? 'nothing'}`, () => {
    const message = refusal(broken(path, value));
    assert(message.includes(expected), message);
    assert(!message.includes('hunter2'));
    assert(message.startsWith('gateway.json cannot be used as it is:\n'));
  });
}

test('says everything that is wrong at once', () => {
  const message = refusal({ ...broken('edge.listen.port', -1), extra: 1, demo: 0 });
  assert.equal(message.split('\n').length, 4);
});

test('a `__proto__` in the file is an unknown key like any other', () => {
  assert.match(refusal(JSON.parse('{"__proto__": {"demo": true}}')), /__proto__: unknown key/);
});

test('a malformed file is refused with line and column', async () => {
  const file = join(directory, 'malformed.json');
  writeFileSync(file, '{\n  "demo": true,,\n}');
  await assert.rejects(loadConfiguration(file), (fault: unknown) => {
    assert(fault instanceof ConfigurationInvalid);
    assert(fault.message.includes(`${file} cannot be used`), fault.message);
    assert.match(fault.message, /line 2, column 16: /);
    return true;
  });
});

test('a file that is not there is refused by name', async () => {
  await assert.rejects(
    loadConfiguration(join(directory, 'none.json')),
    /none\.json .*\n.*cannot be read/,
  );
});

test('a path that leads to something without an end is refused, not read', async () => {
  await assert.rejects(
    loadConfiguration('/dev/zero'),
    (fault) => fault instanceof ConfigurationInvalid && /too large/.test(fault.message),
  );
});

test("PostgreSQL's authorities are certificates, or nothing starts", async () => {
  const file = join(directory, 'authorities.pem');
  writeFileSync(file, 'no certificate');
  const configuration = checkConfiguration(
    broken('database', { url: 'postgresql://a@127.0.0.1/b', authoritiesFile: file }),
    ORIGIN,
  );
  await assert.rejects(
    readDatabaseLocation(configuration),
    (fault) =>
      fault instanceof ConfigurationInvalid && fault.message.includes('database.authoritiesFile'),
  );
});

test("PostgreSQL's password comes from its file", async () => {
  writeFileSync(join(directory, 'password'), 'hunter2\n', { mode: 0o600 });
  const value = broken('database', { url: 'postgresql://a@127.0.0.1/b', passwordFile: 'password' });
  const location = await readDatabaseLocation(checkConfiguration(value, ORIGIN));
  assert.deepEqual(location, {
    kind: 'postgresql',
    url: 'postgresql://a@127.0.0.1/b',
    password: 'hunter2',
  });
});

test('each field has its own path, a full sentence and, where it counts something, a unit', () => {
  const fields = listFields();
  // Kinds may have fields of the same name.
  const places = fields.map(({ path, kind }) => `${path} ${kind ?? ''}`);
  assert.equal(new Set(places).size, fields.length);
  for (const { path, note } of fields) {
    assert.match(note.description, /\.$/, path);
    if (/Bytes|Ms(?:Max)?$/.test(path)) assert(note.unit !== undefined, path);
    if (/(?:password|secret|key)File$/i.test(path)) assert.equal(note.secretFile, true, path);
  }
});

test('docs/configuration.md says what the schema says', () => {
  assertCurrent('configuration.md', describeConfiguration());
});

test('the nearest word is found through typing errors, and none for another word', () => {
  const known = ['gatewayNames', 'listen', 'host', 'port'];
  assert.equal(nearestWord('gatewaynames', known), 'gatewayNames');
  assert.equal(nearestWord('gateway-name', known), 'gatewayNames');
  assert.equal(nearestWord('hsot', known), 'host');
  assert.equal(nearestWord('colour', known), undefined);
});

// Goal: the directory that the configuration names is opened, or the refusal says which key and which file.
// Method: configurations as they stand in a file, with files of every kind beside them.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rootCertificates } from 'node:tls';
import { after, test } from 'node:test';
import {
  ConfigurationInvalid,
  checkConfiguration,
} from '../platform/configuration/configuration.ts';
import type { Configuration } from '../platform/configuration/configuration.ts';
import { configurationSchema } from '../platform/configuration/configuration-schema.ts';
import { systemClock } from '../platform/clock/clock.ts';
import { silentLog } from '../platform/log/log.ts';
import { SecretFileUnusable } from '../platform/secret/secret.ts';
import { DirectoryUnavailable } from '../directory/contract.ts';
import { openDirectory } from './directory.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-directory-'));
after(() => rmSync(folder, { recursive: true }));

function place(name: string, content: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, content, { mode: 0o600 });
  return file;
}

function configured(changes: Readonly<Record<string, unknown>> = {}): Configuration['directory'] {
  const directory = {
    kind: 'active-directory',
    controllers: ['127.0.0.1:9'],
    authoritiesFile: place('root.pem', `a word before it\n${rootCertificates[0] ?? ''}`),
    searchBase: 'DC=corp,DC=example',
    bindName: 'reader@corp.example',
    bindPasswordFile: place('password', 'secret\n'),
    groups: {
      technician: ['CN=Service,DC=corp,DC=example'],
      lead: ['CN=Leads,DC=corp,DC=example'],
      administrator: ['CN=Administrators,DC=corp,DC=example'],
    },
    timeoutMs: 200,
    ...changes,
  };
  return configuredWith(directory);
}

function configuredWith(directory: Readonly<Record<string, unknown>>): Configuration['directory'] {
  const whole = {
    dataDirectory: 'data',
    serviceCentre: { name: 'S', phone: '+1 555 0100', phiPolicyUrl: 'https://s.example/' },
    edge: { gatewayNames: ['s.example'] },
    console: { names: ['s.example'] },
    directory,
    antivirus: { kind: 'none-demo' },
  };
  try {
    return checkConfiguration(whole, { source: 'test', directory: folder }).directory;
  } catch (fault) {
    // Nothing scans yet outside of a demo; only what is said of the directory counts here.
    assert.ok(fault instanceof ConfigurationInvalid);
    const own = fault.faults.filter((each) => each.path.startsWith('directory'));
    if (own.length > 0) throw fault;
    return configurationSchema.parse(whole).directory;
  }
}

const open = async (directory: Configuration['directory']) =>
  await openDirectory({ directory } as Configuration, { log: silentLog(), clock: systemClock });

test('an Active Directory is opened without being asked, and nobody comes in while it is away', async () => {
  const directory = await open(configured());
  assert.equal(directory.demo, false);
  assert.ok('authenticate' in directory);
  await assert.rejects(directory.authenticate('somebody', 'something'), DirectoryUnavailable);
});

test('a demo directory is one', async () => {
  const directory = await open({ kind: 'demo' });
  assert.equal(directory.demo, true);
});

const PROVIDER = {
  kind: 'openid-connect',
  name: 'Example Sign-In',
  issuer: 'https://127.0.0.1:9',
  clientId: 'chaperone',
  loginClaim: 'upn',
  groups: { technician: ['staff'], lead: ['leads'], administrator: ['administrators'] },
};

/** A whole configuration with a provider, checked. */
function withProvider(changes: Readonly<Record<string, unknown>> = {}): Configuration['directory'] {
  const clientSecretFile = place('provider-secret', 'secret\n');
  const authoritiesFile = place('root.pem', rootCertificates[0] ?? '');
  const files = { clientSecretFile, authoritiesFile };
  return configuredWith({ ...PROVIDER, ...files, timeoutMs: 200, ...changes });
}

test('an OpenID provider is opened without being asked, and nobody goes there while it is away', async () => {
  const directory = await open(withProvider());
  assert.ok('begin' in directory);
  assert.equal(directory.providerName, 'Example Sign-In');
  await assert.rejects(directory.begin('https://console.example/'), DirectoryUnavailable);
  await assert.rejects(open(withProvider({ clientSecretFile: 'absent' })), SecretFileUnusable);
});

for (const [what, changes, words] of [
  ['an issuer without TLS', { issuer: 'http://p.example' }, /directory\.issuer: expected an https/],
  ['an issuer with a query', { issuer: 'https://p.example/?a' }, /directory\.issuer: expected/],
  ['no claim for the login', { loginClaim: '' }, /directory\.loginClaim/],
  ['two scopes in one', { scopes: ['a b'] }, /directory\.scopes\[0\]/],
  ['a key that is none', { issuerUrl: 'x' }, /directory\.issuerUrl: unknown key/],
] as const) {
  test(`refuses ${what}`, () => {
    assert.throws(() => withProvider(changes), words);
  });
}

test('files that cannot be used are named', async () => {
  const says = (words: RegExp) => (fault: unknown) =>
    fault instanceof ConfigurationInvalid && words.test(fault.message);
  await assert.rejects(
    open(configured({ authoritiesFile: 'absent.pem' })),
    says(/directory\.authoritiesFile: .*absent\.pem/),
  );
  await assert.rejects(
    open(configured({ authoritiesFile: place('empty.pem', 'nothing') })),
    says(/holds no certificate that can be read: .*empty\.pem/),
  );
  const directory = configured();
  chmodSync(path.join(folder, 'password'), 0o644);
  await assert.rejects(open(directory), SecretFileUnusable);
});

for (const [what, changes, words] of [
  ['plain LDAP as an address', { controllers: ['ldap://dc1.corp.example'] }, /controllers\[0\]/],
  ['no controller', { controllers: [] }, /controllers/],
  ['a port that is none', { controllers: ['dc1.corp.example:99999'] }, /controllers\[0\]/],
  ['a group without its place', { groups: { technician: ['Service'] } }, /distinguished name/],
  ['a role that is none', { groups: { technicain: [] } }, /did you mean "technician"/],
] as const) {
  test(`refuses ${what}`, () => {
    assert.throws(() => configured(changes), words);
  });
}

// Goal: the first gate by a provider: who comes in, which answers are refused, who may stay, and what a provider that is
// away or another one means. Method: a real OpenID provider over TLS, signed in at as a browser does; its answers are
// changed on their way where no real one would send them.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { rootCertificates } from 'node:tls';
import {
  DirectoryAccountUnfit,
  DirectoryAnswerRefused,
  DirectoryAnswerUnusable,
  DirectoryUnavailable,
} from '../contract.ts';
import { Secret } from '../../platform/secret/secret.ts';
import { ManualClock } from '../../platform/testing/manual-clock.ts';
import { openOpenIDConnect } from './openid-connect.ts';
import type { OpenIDConnectOptions } from './openid-connect.ts';
import {
  REGISTERED_ID,
  REGISTERED_SECRET,
  startOpenIDProvider,
} from './testing/openid-provider.ts';
import type { OpenIDProvider } from './testing/openid-provider.ts';
import { ProviderVisit } from './testing/provider-visit.ts';

const BACK = 'https://console.example:8443/sign-in/returned';
const TARA = 'Tara@corp.example';
const EXPECTED = { login: 'tara@corp.example', displayName: 'Tara Lindqvist' };
let provider: OpenIDProvider;
const faults: string[] = [];

before(async () => {
  provider = await startOpenIDProvider({ returnTo: [BACK] });
});
beforeEach(() => {
  provider.tamper = null;
  provider.forging = false;
  provider.failing = null;
  provider.people.clear();
  provider.people.set(TARA, { name: 'Tara Lindqvist', groups: ['staff', 'other'] });
  provider.people.set('lena@corp.example', { name: 'Lena', groups: ['leads', 'staff'] });
});
after(async () => await provider[Symbol.asyncDispose]());

function options(changes: Partial<OpenIDConnectOptions> = {}): OpenIDConnectOptions {
  return {
    providerName: 'Example Sign-In',
    issuer: provider.issuer,
    clientId: REGISTERED_ID,
    clientSecret: new Secret(REGISTERED_SECRET),
    authorities: provider.authorities,
    scopes: [],
    loginClaim: 'upn',
    rolesClaim: 'groups',
    roles: [
      { group: 'staff', role: 'technician' },
      { group: 'leads', role: 'lead' },
    ],
    timeoutMs: 5_000,
    clock: new ManualClock(Date.now()),
    onFault: (what, why) => faults.push(`${what}: ${why}`),
    ...changes,
  };
}

const open = (changes: Partial<OpenIDConnectOptions> = {}) => openOpenIDConnect(options(changes));

/** Signs in from the button to the answer. */
async function pass(directory = open(), login: string | null = TARA) {
  const begun = await directory.begin(BACK);
  return await begun.finish(await new ProviderVisit(provider).signIn(begun.address, login));
}

/** The answer's query with one parameter changed. */
function changed(query: string, name: string, value: string | null): string {
  const parameters = new URLSearchParams(query);
  if (value === null) parameters.delete(name);
  else parameters.set(name, value);
  return `?${parameters.toString()}`;
}

test('a group of the claim gives a role; the name is in lower case; nothing of the flow is left out', async () => {
  const directory = open();
  const { address } = await directory.begin(BACK);
  const asked = new URL(address).searchParams;
  assert.equal(asked.get('code_challenge_method'), 'S256');
  assert.equal(asked.get('prompt'), 'login');
  assert.equal(asked.get('response_mode'), 'query');
  assert.equal(asked.get('redirect_uri'), BACK);
  for (const name of ['state', 'nonce', 'code_challenge'])
    assert.match(asked.get(name) ?? '', /^[\w-]{43}$/, name);
  assert.deepEqual(await pass(directory), { ...EXPECTED, roles: ['technician'] });
  assert.deepEqual((await pass(directory, 'lena@corp.example')).roles, ['technician', 'lead']);
});

test('an answer counts once, for its own sign-in, from its own provider', async () => {
  const directory = open();
  const visit = new ProviderVisit(provider);
  const begun = await directory.begin(BACK);
  const answer = await visit.signIn(begun.address, TARA);
  const other = await directory.begin(BACK);
  for (const wrong of [
    changed(answer, 'state', 'A'.repeat(43)),
    changed(answer, 'state', null),
    changed(answer, 'iss', 'https://other.example'),
    changed(answer, 'iss', null),
    changed(answer, 'code', null),
    changed(answer, 'error', 'access_denied'),
    `${answer}&state=again`,
    '',
    '?',
    `?code=${'x'.repeat(10_000)}`,
  ]) {
    await assert.rejects(begun.finish(wrong), DirectoryAnswerRefused, wrong.slice(0, 200));
  }
  // Another sign-in's answer, also under its own state: the code belongs to another verifier (RFC 7636 §4.6).
  await assert.rejects(other.finish(answer), DirectoryAnswerRefused);
  const state = new URL(other.address).searchParams.get('state');
  await assert.rejects(other.finish(changed(answer, 'state', state)), DirectoryAnswerRefused);
  const fresh = await directory.begin(BACK);
  const right = await visit.signIn(fresh.address, TARA);
  assert.equal((await fresh.finish(right)).login, EXPECTED.login);
  await assert.rejects(fresh.finish(right), DirectoryAnswerRefused);
});

test('who cancels there is not in here', async () => {
  await assert.rejects(pass(open(), null), DirectoryAnswerRefused);
});

test('another nonce than the one asked for is refused', async () => {
  const begun = await open().begin(BACK);
  const address = new URL(begun.address);
  address.searchParams.set('nonce', 'another');
  const answer = await new ProviderVisit(provider).signIn(address.href, TARA);
  await assert.rejects(begun.finish(answer), DirectoryAnswerRefused);
});

const nowS = (): number => Math.floor(Date.now() / 1_000);
for (const [what, change] of [
  ['of another issuer', { iss: 'https://other.example' }],
  ['for another client', { aud: 'other' }],
  ['for several, without saying for whom', { aud: [REGISTERED_ID, 'other'] }],
  ['that has expired', { exp: nowS() - 120 }],
  ['from the future', { nbf: nowS() + 3_600 }],
  ['without a nonce', { nonce: undefined }],
  ['that does not say when', { auth_time: undefined }],
  ['of a sign-in long ago', { auth_time: nowS() - 3_600 }],
  ['without a subject', { sub: undefined }],
] as const) {
  test(`an ID token ${what} is refused`, async () => {
    provider.tamper = (claims) => ({ ...claims, ...change }) as never;
    await assert.rejects(pass(), DirectoryAnswerRefused);
    provider.tamper = null;
    assert.equal((await pass()).login, EXPECTED.login);
  });
}

test('an ID token that another key signed is refused, at the gate and afterwards', async () => {
  const directory = open();
  await pass(directory);
  provider.tamper = (claims) => claims;
  assert.equal((await directory.lookUp(EXPECTED.login))?.login, EXPECTED.login);
  provider.forging = true;
  await assert.rejects(pass(), DirectoryAnswerRefused);
  await assert.rejects(directory.lookUp(EXPECTED.login), DirectoryUnavailable);
});

test('a browser that was left signed in there is no sign-in here', async () => {
  const person = provider.people.get(TARA);
  assert.ok(person);
  person.signedInBeforeS = 120;
  await assert.rejects(pass(), DirectoryAnswerRefused);
});

test('no role, no usable name and no refresh token: each is told apart, to whom it concerns', async () => {
  provider.people.set('x@corp.example', { name: 'X', groups: [] });
  await assert.rejects(
    pass(open(), 'x@corp.example'),
    (fault) => fault instanceof DirectoryAccountUnfit && fault.reason === 'no-role',
  );
  await assert.rejects(pass(open({ loginClaim: 'employee' })), DirectoryAnswerUnusable);
  await using strict = await startOpenIDProvider({ returnTo: [BACK], refreshes: false });
  strict.people.set(TARA, { name: 'Tara', groups: ['staff'] });
  const { issuer, authorities } = strict;
  const begun = await open({ issuer, authorities }).begin(BACK);
  const answer = await new ProviderVisit(strict).signIn(begun.address, TARA);
  await assert.rejects(begun.finish(answer), DirectoryAnswerUnusable);
});

test('looking up: roles follow the provider; who was disabled, lost every role or is another is nobody', async () => {
  const directory = open();
  assert.equal(await directory.lookUp(EXPECTED.login), null, 'never came in');
  await pass(directory);
  const person = provider.people.get(TARA);
  assert.ok(person);
  // Refresh tokens change each time.
  for (let look = 0; look < 3; look += 1)
    assert.deepEqual((await directory.lookUp(EXPECTED.login))?.roles, ['technician']);
  person.groups = ['leads'];
  assert.deepEqual(await directory.lookUp(EXPECTED.login), { ...EXPECTED, roles: ['lead'] });
  person.disabled = true;
  assert.equal(await directory.lookUp(EXPECTED.login), null);
  person.disabled = false;
  assert.equal(await directory.lookUp(EXPECTED.login), null, 'signs in anew');
  await pass(directory);
  person.groups = [];
  assert.equal(await directory.lookUp(EXPECTED.login), null);
  person.groups = ['staff'];
  await pass(directory);
  provider.tamper = (claims) => ({ ...claims, sub: 'somebody else' });
  assert.equal(await directory.lookUp(EXPECTED.login), null);
});

test('asked about at once, somebody stays; a refused token does not take the newer one with it', async () => {
  const directory = open();
  await pass(directory);
  // Of two questions with one token a provider that rotates them would refuse one, and the person with it.
  const both = await Promise.all([
    directory.lookUp(EXPECTED.login),
    directory.lookUp(EXPECTED.login),
  ]);
  assert.deepEqual(
    both.map((person) => person?.login),
    [EXPECTED.login, EXPECTED.login],
  );
  const person = provider.people.get(TARA);
  assert.ok(person);
  for (let round = 0; round < 5; round += 1) {
    const [, , asked] = await Promise.all([
      pass(directory),
      pass(directory),
      directory.lookUp(EXPECTED.login),
    ]);
    assert.equal(asked?.login, EXPECTED.login);
  }
  assert.equal((await directory.lookUp(EXPECTED.login))?.login, EXPECTED.login);
});

test('a provider that is away, fails or does not know us judges nobody', async () => {
  const directory = open();
  await pass(directory);
  const begun = await directory.begin(BACK);
  const answer = await new ProviderVisit(provider).signIn(begun.address, TARA);
  provider.failing = 503;
  await assert.rejects(directory.lookUp(EXPECTED.login), DirectoryUnavailable);
  await assert.rejects(begun.finish(answer), DirectoryUnavailable);
  await assert.rejects(open().begin(BACK), DirectoryUnavailable);
  provider.failing = null;
  await provider.close();
  await assert.rejects(directory.lookUp(EXPECTED.login), DirectoryUnavailable);
  await assert.rejects(open().begin(BACK), DirectoryUnavailable);
  await provider.open();
  assert.equal((await directory.lookUp(EXPECTED.login))?.login, EXPECTED.login);
  // A wrong secret is ours, and says nothing of the person.
  const stranger = open({ clientSecret: new Secret('not it') });
  await assert.rejects(pass(stranger), DirectoryUnavailable);
});

test('a provider that says nothing, or does not stop, is not waited for', async () => {
  const silent = net.createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as net.AddressInfo;
  try {
    const nowhere = open({ issuer: `https://127.0.0.1:${port}`, timeoutMs: 300 });
    await assert.rejects(nowhere.begin(BACK), DirectoryUnavailable);
  } finally {
    silent.close();
  }
  const directory = open();
  await pass(directory);
  provider.failing = 'endless';
  await assert.rejects(open().begin(BACK), DirectoryUnavailable);
  await assert.rejects(directory.lookUp(EXPECTED.login), DirectoryUnavailable);
  // One mebibyte is taken, and what is on its way in the system's own buffers.
  while (provider.endlessBytes === 0) await pause(10);
  assert.ok(provider.endlessBytes < 32 * 1024 * 1024, String(provider.endlessBytes));
});

test('a provider under another authority or another name is none', async () => {
  for (const changes of [
    { authorities: rootCertificates[0] ?? '' },
    { issuer: provider.issuer.replace('127.0.0.1', 'localhost') },
    { issuer: `${provider.issuer}/tenant` },
    { issuer: `${provider.issuer}/` },
    { issuer: provider.issuer.replace('https:', 'http:') },
  ]) {
    await assert.rejects(open(changes).begin(BACK), DirectoryUnavailable, JSON.stringify(changes));
  }
});

test('nobody is asked about for longer than they can be signed in', async () => {
  const clock = new ManualClock(Date.now());
  const directory = open({ clock });
  await pass(directory);
  clock.advance(14 * 3_600_000);
  assert.equal(await directory.lookUp(EXPECTED.login), null);
});

test('what is told of a fault names nobody and holds no token', () => {
  assert.ok(faults.length > 10);
  for (const fault of faults)
    assert.doesNotMatch(fault, /tara|lena|eyJ|subject-of|only-for-tests/i);
});

/**
 * Goal: through a whole gateway, the first gate is on a provider's page: the browser that began comes in, no other does with
 * its answer, and who was disabled there is out within a minute.
 * Method: a real OpenID provider over TLS; a gateway asked as a browser asks, with the cookies that a browser would send.
 */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startDirectoryGateway } from '../../composition/testing/directory-gateway.ts';
import type { DirectoryGateway } from '../../composition/testing/directory-gateway.ts';
import { factOf, factsOf } from '../../composition/testing/gateway-harness.ts';
import type { Answer, Technician } from '../../composition/testing/gateway-harness.ts';
import { grantSession, openCase } from '../../composition/testing/session-script.ts';
import {
  REGISTERED_ID,
  REGISTERED_SECRET,
  startOpenIDProvider,
} from '../../directory/openid-connect/testing/openid-provider.ts';
import type { OpenIDProvider } from '../../directory/openid-connect/testing/openid-provider.ts';
import { ProviderVisit } from '../../directory/openid-connect/testing/provider-visit.ts';

const TARA = 'tara@corp.example';
const MALLORY = 'mallory@corp.example';
let provider: OpenIDProvider;
let gateway: DirectoryGateway;
let account: { readonly userId: string; readonly password: string };

before(async () => {
  // The port of a loopback address is not compared (RFC 8252 §7.3).
  provider = await startOpenIDProvider({ returnTo: ['http://127.0.0.1/sign-in/returned'] });
  gateway = await startDirectoryGateway((place) => ({
    kind: 'openid-connect',
    name: 'Example Sign-In',
    issuer: provider.issuer,
    clientId: REGISTERED_ID,
    clientSecretFile: place('client-secret', REGISTERED_SECRET),
    authoritiesFile: place('provider.pem', provider.authorities),
    scopes: [],
    loginClaim: 'upn',
    rolesClaim: 'groups',
    groups: {
      technician: ['staff'],
      lead: ['leads'],
      administrator: [],
      fieldEngineer: [],
      auditor: [],
    },
    timeoutMs: 5_000,
    unreachableMsMax: 3_600_000,
  }));
  account = await gateway.addAccount(TARA);
});
beforeEach(() => {
  provider.people.clear();
  provider.people.set(TARA, { name: 'Tara Lindqvist', groups: ['staff'] });
  provider.people.set(MALLORY, { name: 'Mallory', groups: ['staff'] });
});
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

const begin = async (at: Technician): Promise<Answer> =>
  await at.ask('POST', '/api/sign-in/provider', { body: { workstation: at.workstation } });
const comeBack = async (at: Technician, answer: string, headers = {}): Promise<Answer> =>
  await at.ask('POST', '/api/sign-in/provider/answer', {
    body: { workstation: at.workstation, answer },
    headers,
  });
/** Goes to the provider from a workstation and signs in there. */
async function answerFor(at: Technician, login = TARA): Promise<string> {
  const { status, body, text } = await begin(at);
  assert.equal(status, 200, text);
  return await new ProviderVisit(provider).signIn(String(body['address']), login);
}
async function signedIn(): Promise<Technician> {
  const tara = await gateway.atWorkstation();
  const first = await comeBack(tara, await answerFor(tara));
  assert.deepEqual(first.body, { displayName: 'Tara Lindqvist', next: 'gateway' }, first.text);
  const second = await tara.ask('POST', '/api/sign-in/gateway', { body: account });
  assert.equal(second.status, 200, second.text);
  const { technician } = second.body as { technician: { id: string; name: string } };
  tara.id = technician.id;
  tara.name = technician.name;
  return tara;
}
const isOut = async (technician: Technician): Promise<boolean> =>
  (await technician.ask('GET', '/api/me')).status === 401;

test('there and back, then the second gate; the cookie changes each time', async () => {
  const about = await (await gateway.atWorkstation()).ask('GET', '/api/about');
  assert.equal(about.body['provider'], 'Example Sign-In');
  const tara = await gateway.atWorkstation();
  const answer = await answerFor(tara);
  const atProvider = tara.cookie;
  assert.ok(await isOut(tara), 'on the way nobody is in');
  const first = await comeBack(tara, answer);
  assert.equal(first.status, 200, first.text);
  assert.match(String(first.headers['set-cookie']), /HttpOnly; SameSite=Strict/);
  assert.notEqual(tara.cookie, atProvider);
  assert.ok(await isOut(tara));
  assert.equal((await tara.ask('POST', '/api/sign-in/gateway', { body: account })).status, 200);
  const { body } = await tara.ask('GET', '/api/me');
  assert.deepEqual((body as { technician: { roles: string[] } }).technician.roles, ['technician']);
});

test('an answer counts once, for the browser that began, at its workstation', async () => {
  const tara = await gateway.atWorkstation();
  const answer = await answerFor(tara);
  // Somebody else's browser: the answer was looked at on its way.
  const other = await gateway.atWorkstation();
  assert.equal((await comeBack(other, answer)).body['code'], 'DIRECTORY_ANSWER_REFUSED');
  await begin(other);
  assert.equal((await comeBack(other, answer)).body['code'], 'DIRECTORY_ANSWER_REFUSED');
  // The right cookie under another workstation, and the right workstation without the cookie.
  const moved = await gateway.atWorkstation();
  moved.cookie = tara.cookie;
  assert.equal((await comeBack(moved, answer)).body['code'], 'DIRECTORY_ANSWER_REFUSED');
  const { cookie } = tara;
  tara.cookie = '';
  assert.equal((await comeBack(tara, answer)).body['code'], 'DIRECTORY_ANSWER_REFUSED');
  tara.cookie = cookie;
  assert.equal((await comeBack(tara, answer)).status, 200);
  tara.cookie = cookie;
  assert.equal((await comeBack(tara, answer)).body['code'], 'DIRECTORY_ANSWER_REFUSED');
});

test('nobody is signed in as somebody else by a link or a page that is not ours', async () => {
  // Mallory signs in and has Tara's browser follow the answer.
  const mallory = await gateway.atWorkstation();
  const answer = await answerFor(mallory, MALLORY);
  const tara = await gateway.atWorkstation();
  await begin(tara);
  assert.equal((await comeBack(tara, answer)).body['code'], 'DIRECTORY_ANSWER_REFUSED');
  assert.ok(await isOut(tara));
  const own = await answerFor(tara);
  for (const headers of [
    { origin: provider.issuer },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
  ]) {
    assert.equal((await comeBack(tara, own, headers)).body['code'], 'ORIGIN_REFUSED');
  }
  // The way back is a page like any other: to ask for it changes nothing.
  const page = await tara.ask('GET', `/sign-in/returned${own}`);
  assert.equal(page.headers['set-cookie'], undefined);
  assert.equal((await comeBack(tara, own)).status, 200);
});

test('what is beside the way is refused: no role, no licence, a password, too much of it', async () => {
  provider.people.set('x@corp.example', { name: 'X', groups: ['other'] });
  const x = await gateway.atWorkstation();
  const unfit = await comeBack(x, await answerFor(x, 'x@corp.example'));
  assert.deepEqual([unfit.status, unfit.body['code']], [403, 'DIRECTORY_ACCOUNT_UNFIT']);
  const password = { login: TARA, password: 'x', workstation: x.workstation };
  const elsewhere = await x.ask('POST', '/api/sign-in/directory', { body: password });
  assert.deepEqual([elsewhere.status, elsewhere.body['code']], [409, 'FIRST_GATE_ELSEWHERE']);
  assert.equal((await comeBack(x, '?'.repeat(20_000))).body['code'], 'REQUEST_MALFORMED');
  x.workstation = `wrks-${'0'.repeat(26)}`;
  assert.equal((await begin(x)).body['code'], 'WORKSTATION_NOT_LICENSED');
  const refused = await factOf(
    gateway.running,
    'sign-in-refused',
    ({ code }) => code === 'DIRECTORY_ACCOUNT_UNFIT',
  );
  assert.equal(refused.step, 'directory');
});

test('beginning again and again at one workstation is slowed, and keeps nobody else from it', async () => {
  const busy = await gateway.atWorkstation();
  let throttled = 0;
  for (let turn = 0; turn < 10; turn += 1) throttled += (await begin(busy)).status === 429 ? 1 : 0;
  assert.ok(throttled >= 4);
  assert.equal((await begin(await gateway.atWorkstation())).status, 200);
});

test('who is disabled there is out of the live session within a minute', async () => {
  const cart = await gateway.enrolCart();
  const tara = await signedIn();
  const serviceCase = await openCase(tara);
  await cart.connect();
  await grantSession(tara, cart, serviceCase, ['view']);
  const person = provider.people.get(TARA);
  assert.ok(person);
  person.disabled = true;
  for (const endMs = Date.now() + 60_000; cart.ends.length === 0; await pause(200))
    assert.ok(Date.now() < endMs, 'still in the session after a minute');
  assert.ok(await isOut(tara));
});

test('a provider that is away lets nobody new in; a restart of ours has everybody sign in anew', async () => {
  const tara = await signedIn();
  const late = await gateway.atWorkstation();
  const answer = await answerFor(late);
  await provider.close();
  assert.equal((await comeBack(late, answer)).body['code'], 'DIRECTORY_UNAVAILABLE');
  assert.ok(!(await isOut(tara)));
  await provider.open();
  const waiting = await gateway.atWorkstation();
  const forgotten = await answerFor(waiting);
  await gateway.restart();
  waiting.moveTo(gateway.running);
  assert.equal((await comeBack(waiting, forgotten)).body['code'], 'DIRECTORY_ANSWER_REFUSED');
  tara.moveTo(gateway.running);
  for (const endMs = Date.now() + 60_000; !(await isOut(tara)); await pause(200))
    assert.ok(Date.now() < endMs, 'still signed in after a minute');
  // Neither token nor code nor name of the provider's is in any fact.
  const facts = JSON.stringify(await factsOf(gateway.running));
  assert.doesNotMatch(facts, /subject-of|eyJ|code=/);
});

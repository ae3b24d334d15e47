/**
 * Goal: a sign-in holds at the workstation where it was made and nowhere else, and everything that a workstation has open
 * ends when it is retired. Method: a whole gateway with `console.tls: browser-chain`, technicians at workstations with
 * certificates of their own, and cookies that are carried from one to the other.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import { decodePEM } from '@chaperone/protocol/x509/pem.ts';
import { importPKCS8 } from 'jose';
import { DEMO_SIGN_INS } from '../composition.ts';
import { Technician, factOf, factsOf, newTestGateway } from './testing/gateway-harness.ts';
import type { TestGateway } from './testing/gateway-harness.ts';
import { ALL_ACTIVITIES, grantSession, openCase, sessionIs } from './testing/session-script.ts';

const TARA = DEMO_SIGN_INS.find(({ gateway }) => gateway.userId === 'tara');

let gateway: TestGateway;
before(async () => {
  gateway = await newTestGateway({}, null, 'off-demo', 'browser-chain');
});
after(async () => await gateway[Symbol.asyncDispose]());

/** Nobody yet, at a licensed workstation of their own. */
async function atWorkstation(): Promise<Technician> {
  const technician = new Technician(gateway.running.consoleUrl);
  await technician.enrol(gateway.running);
  return technician;
}

const elsewhere = (facts: readonly LedgerFact[]): readonly LedgerFact[] =>
  facts.filter(({ kind }) => kind === 'sign-in-elsewhere');

test('the workstation of a sign-in is the certificate’s, whatever is said', async () => {
  const tara = await atWorkstation();
  const other = await atWorkstation();
  const body = { ...TARA?.directory, workstation: other.workstation };
  const first = await tara.ask('POST', '/api/sign-in/directory', { body });
  assert.equal(first.status, 200, first.text);
  const [line = ''] = first.headers['set-cookie'] ?? [];
  assert.match(
    line,
    /^__Host-chaperone-session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
  );
  const second = await tara.ask('POST', '/api/sign-in/gateway', { body: TARA?.gateway });
  assert.equal(second.body['workstation'], tara.workstation, second.text);
  const out = await tara.ask('POST', '/api/sign-out');
  assert.equal(out.status, 204);
  assert.match(
    String(out.headers['set-cookie']),
    /^__Host-chaperone-session=;.*Expires=Thu, 01 Jan 1970/,
  );
});

test('a stolen cookie opens nothing at another workstation, is over, and the ledger says so', async () => {
  const tara = await gateway.signedIn('tara');
  const thief = await atWorkstation();
  thief.cookie = tara.cookie;
  for (const [method, target] of [
    ['GET', '/api/me'],
    ['GET', '/api/events'],
    ['POST', '/api/cases'],
  ] as const) {
    const answer = await thief.ask(method, target, method === 'POST' ? { body: {} } : {});
    assert.equal(answer.body['code'], 'NOT_SIGNED_IN', answer.text);
  }
  const { technicianId, workstationId, elsewhereId } = await factOf(
    gateway.running,
    'sign-in-elsewhere',
  );
  assert.deepEqual(
    [technicianId, workstationId, elsewhereId],
    [tara.id, tara.workstation, thief.workstation],
  );
  assert.equal((await tara.ask('GET', '/api/me')).status, 401, 'it is over for its owner, too');
  assert.equal(elsewhere(await factsOf(gateway.running)).length, 1, 'told once');
});

test('a cookie of the first gate is not carried on to the second elsewhere', async () => {
  const tara = await atWorkstation();
  const thief = await atWorkstation();
  await tara.ask('POST', '/api/sign-in/directory', { body: TARA?.directory });
  thief.cookie = tara.cookie;
  const taken = await thief.ask('POST', '/api/sign-in/gateway', { body: TARA?.gateway });
  assert.equal(taken.body['code'], 'NOT_SIGNED_IN', taken.text);
});

test('a planted cookie is worth nothing to whoever planted it', async () => {
  const tara = await atWorkstation();
  const attacker = await atWorkstation();
  await attacker.ask('POST', '/api/sign-in/directory', { body: TARA?.directory });
  const planted = attacker.cookie;
  // Under its own name a page of another host cannot plant it over TLS; the name without `__Host-` counts for nothing.
  tara.cookie = planted.replace('__Host-', '');
  const bare = await tara.ask('POST', '/api/sign-in/gateway', { body: TARA?.gateway });
  assert.equal(bare.body['code'], 'NOT_SIGNED_IN', bare.text);
  tara.cookie = planted;
  const second = await tara.ask('POST', '/api/sign-in/gateway', { body: TARA?.gateway });
  assert.equal(second.body['code'], 'NOT_SIGNED_IN', second.text);
  await tara.passGates('tara');
  assert.notEqual(tara.cookie, planted);
  attacker.cookie = planted;
  assert.equal((await attacker.ask('GET', '/api/me')).status, 401);
  assert.equal((await tara.ask('GET', '/api/me')).status, 200);
});

test('a request for a session that is signed with a key of TLS is not believed', async () => {
  const cart = await gateway.enrolCart('US-TLS-KEY');
  const tara = await gateway.signedIn('tara');
  const serviceCase = await openCase(tara, 'US-TLS-KEY');
  await cart.connect();
  await sessionIs(tara, serviceCase, 'waiting');
  const { key = '', cert = '' } = tara.tls;
  const privateKey = await importPKCS8(key, 'ES256');
  const { publicKey } = await crypto.subtle.generateKey(
    { name: 'ECDSA', namedCurve: 'P-256' },
    false,
    ['sign', 'verify'],
  );
  const signing = { keys: tara.keys, chain: tara.chain };
  tara.keys = { privateKey, publicKey };
  tara.chain = decodePEM('CERTIFICATE', cert).map((der) => Buffer.from(der).toString('base64'));
  const target = `/api/cases/${serviceCase.id}/session/request`;
  const forged = await tara.signedRequest(serviceCase, ALL_ACTIVITIES);
  const refused = await tara.ask('POST', target, { body: { jws: forged } });
  assert.equal(refused.body['code'], 'SESSION_REQUEST_INVALID', refused.text);
  Object.assign(tara, signing);
  const jws = await tara.signedRequest(serviceCase, ALL_ACTIVITIES);
  assert.equal((await tara.ask('POST', target, { body: { jws } })).status, 200);
});

test('retiring a workstation ends its sign-in, its session, its screen and its events, and nobody else’s', async () => {
  const cart = await gateway.enrolCart();
  const tara = await gateway.signedIn('tara');
  const lena = await gateway.signedIn('lena');
  const serviceCase = await openCase(tara);
  await cart.connect();
  await grantSession(tara, cart, serviceCase);
  const screen = tara.webSocket(`/api/cases/${serviceCase.id}/session/screen`);
  await once(screen, 'message');
  screen.on('error', () => undefined);
  const heard = await tara.listen();
  const others = await lena.listen();
  const closed = once(screen, 'close');
  await gateway.running.administer({
    act: 'retire-workstation',
    id: tara.workstation,
    by: 'root',
    reason: 'it is sold',
  });
  await closed;
  await heard.ended;
  assert.deepEqual(await cart.until(() => cart.ends.length > 0 && cart.ends), ['gateway-ended']);
  assert.equal((await tara.ask('GET', '/api/me')).body['code'], 'WORKSTATION_REFUSED');
  const told = await factOf(gateway.running, 'workstation-refused');
  assert.deepEqual([told.workstationId, told.code], [tara.workstation, 'retired']);
  assert.equal((await lena.ask('GET', '/api/me')).status, 200);
  let isOver = false;
  void others.ended.then(() => (isOver = true));
  await gateway.enrolCart('US-OTHER');
  await openCase(lena, 'US-OTHER');
  await others.until(({ type }) => type === 'case');
  assert.equal(isOver, false);
  others.close();
});

/**
 * Goal: whoever is put out is out everywhere, whatever a cart does meanwhile: one that does not answer holds up no other, loses
 * no entry and keeps no cookie alive; what was asked for is taken back, and a grant that comes after gives nothing.
 * Method: a real gateway, with carts that refuse, keep still or grant late.
 */
import assert from 'node:assert/strict';
import type { ServerHttp2Stream } from 'node:http2';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { json, problem } from '../desk/tunnel/testing/answer.ts';
import type { ScriptedCart } from '../desk/tunnel/testing/scripted-cart.ts';
import { DEMO_SIGN_INS } from './demo-accounts.ts';
import { factOf, factsOf, newTestGateway } from './testing/gateway-harness.ts';
import type { Technician, TestGateway } from './testing/gateway-harness.ts';
import { grantSession, openCase, sessionIs } from './testing/session-script.ts';
import type { TestCase } from './testing/session-script.ts';

const REASON = { reason: 'asked for in writing' };
let gateway: TestGateway;
let ada: Technician;
let serial = 8200;

before(async () => {
  gateway = await newTestGateway();
  ada = await gateway.signedIn('ada');
});
// Each test puts somebody out, and the next one begins with everybody in.
beforeEach(() => alter('update desk_account set disabled_at = null'));
after(async () => await gateway[Symbol.asyncDispose]());

async function connected(technician: Technician): Promise<readonly [ScriptedCart, TestCase]> {
  serial += 1;
  const cart = await gateway.enrolCart(`US-${serial}`);
  await cart.connect();
  const serviceCase = await openCase(technician, `US-${serial}`);
  await sessionIs(technician, serviceCase, 'waiting');
  return [cart, serviceCase];
}

async function request(technician: Technician, serviceCase: TestCase): Promise<number | undefined> {
  const jws = await technician.signedRequest(serviceCase, ['view']);
  const target = `/api/cases/${serviceCase.id}/session/request`;
  return (await technician.ask('POST', target, { body: { jws } })).status;
}

/** Somebody's request is shown at a cart that takes no other offer any more. */
async function asking(technician: Technician): Promise<ScriptedCart> {
  const [cart, serviceCase] = await connected(technician);
  assert.equal(await request(technician, serviceCase), 200);
  cart.interfere = (stream, headers) => {
    if (headers[':path'] !== '/v1/offer') return false;
    problem(stream, 409, 'NOT_NOW');
    return true;
  };
  return cart;
}

async function eventually(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1000; tries += 1) {
    if (holds()) return;
    await delay(10);
  }
  assert.fail(what);
}

const shownAt = (cart: ScriptedCart): number | undefined => cart.offers.at(-1)?.requests.length;

function alter(sql: string, ...values: readonly (string | number)[]): void {
  const file = path.join(gateway.directory, 'gateway', 'gateway.db');
  const database = new DatabaseSync(file, { timeout: 5000 });
  database.prepare(sql).run(...values);
  database.close();
}

async function acts(act: string, target: string): Promise<number> {
  return (await factsOf(gateway.running)).filter(
    (fact) => fact.kind === 'administration-act' && fact.act === act && fact.target === target,
  ).length;
}

test('a cart that does not answer holds up the end of no other session', async () => {
  const tara = await gateway.signedIn('tara');
  const [still, first] = await connected(tara);
  const [other, second] = await connected(tara);
  await grantSession(tara, still, first);
  await grantSession(tara, other, second);
  let unanswered: ServerHttp2Stream | null = null;
  still.interfere = (stream, headers) => {
    if (headers[':method'] !== 'POST') return false;
    unanswered = stream;
    return true;
  };
  const asked = ada.ask('POST', `/api/admin/workstations/${tara.workstation}/retire`, {
    body: REASON,
  });
  await eventually('the other cart never heard of the end', () => other.ends.length > 0);
  const stream = unanswered as ServerHttp2Stream | null;
  assert.deepEqual([stream?.closed, other.ends], [false, ['gateway-ended']]);
  still.drop();
  assert.equal((await asked).status, 200);
});

test('who is disabled or signed out by an administrator is so in the ledger, too, whatever a cart answers', async () => {
  const tara = await gateway.signedIn('tara');
  await asking(tara);
  const disable = `/api/admin/accounts/${tara.id}/disable`;
  for (const times of [1, 2]) {
    const disabled = await ada.ask('POST', disable, { body: REASON });
    assert.equal(disabled.status, 200, disabled.text);
    // The entry of an earlier try may be missing: each is written down.
    assert.equal(await acts('disable-account', tara.id), times);
  }
  const enable = `/api/admin/accounts/${tara.id}/enable`;
  assert.equal((await ada.ask('POST', enable, { body: REASON })).status, 200);
  const again = await gateway.signedIn('tara');
  await asking(again);
  const { body } = await again.ask('GET', '/api/me/sign-ins');
  const own = (body['items'] as { id: string; isThisOne: boolean }[]).find(
    ({ isThisOne }) => isThisOne,
  );
  const end = `/api/admin/sign-ins/${own?.id}/end`;
  const ended = await ada.ask('POST', end, { body: REASON });
  assert.ok((ended.status ?? 500) < 300, ended.text);
  assert.equal(await acts('end-sign-in', again.id), 1);
});

test('another password ends the session and the request of every other workstation, and none of this one', async () => {
  const here = await gateway.signedIn('tara');
  const there = await gateway.signedIn('tara');
  const [own, kept] = await connected(here);
  const [other, ended] = await connected(there);
  const [third, asked] = await connected(there);
  await grantSession(here, own, kept);
  await grantSession(there, other, ended);
  assert.equal(await request(there, asked), 200);
  await eventually('the request was never shown', () => shownAt(third) === 1);
  const change = { body: { password: 'trellis-mosaic-5526' } };
  const changed = await here.ask('POST', '/api/me/password', change);
  assert.equal(changed.status, 204, changed.text);
  assert.deepEqual(other.ends, ['gateway-ended']);
  await eventually('the request is still shown', () => shownAt(third) === 0);
  assert.deepEqual(own.ends, []);
  await sessionIs(here, kept, 'granted');
  assert.equal((await there.ask('GET', '/api/me')).status, 401);
  // For the tests that follow.
  const { password } =
    DEMO_SIGN_INS.find(({ gateway: { userId } }) => userId === 'tara')?.gateway ?? {};
  const back = await here.ask('POST', '/api/me/password', { body: { password } });
  assert.equal(back.status, 204, back.text);
});

test('where no sign-in can be struck out, the account is out, the session over, and the entry there', async () => {
  const tara = await gateway.signedIn('tara');
  const [cart, serviceCase] = await connected(tara);
  await grantSession(tara, cart, serviceCase);
  const before = await acts('disable-account', tara.id);
  alter(`create trigger no_room before delete on desk_sign_in
    begin select raise(abort, 'no room'); end`);
  const disable = `/api/admin/accounts/${tara.id}/disable`;
  const disabled = await ada.ask('POST', disable, { body: REASON });
  alter('drop trigger no_room');
  assert.notEqual(disabled.status, 200);
  assert.equal(await acts('disable-account', tara.id), before + 1);
  assert.deepEqual(cart.ends, ['gateway-ended']);
  assert.equal((await tara.ask('GET', '/api/me')).status, 401);
});

test('a sign-out ends the cookie, whatever a cart answers', async () => {
  const tara = await gateway.signedIn('tara');
  await asking(tara);
  const { cookie } = tara;
  assert.equal((await tara.ask('POST', '/api/sign-out')).status, 204);
  tara.cookie = cookie;
  assert.equal((await tara.ask('GET', '/api/me')).status, 401);
});

test('the request of a workstation that is retired is taken back from the cart', async () => {
  const tara = await gateway.signedIn('tara');
  const [cart, serviceCase] = await connected(tara);
  assert.equal(await request(tara, serviceCase), 200);
  assert.equal(shownAt(cart), 1);
  await gateway.running.authority.retireWorkstation(tara.workstation as never);
  await eventually('the request is still shown', () => shownAt(cart) === 0);
});

test('a request that is taken back while the cart is asked to show it does not come again', async () => {
  const tara = await gateway.signedIn('tara');
  const [cart, serviceCase] = await connected(tara);
  let unanswered: ServerHttp2Stream | null = null;
  cart.interfere = (stream, headers) => {
    if (headers[':path'] !== '/v1/offer' || unanswered !== null) return false;
    unanswered = stream;
    return true;
  };
  const asked = request(tara, serviceCase);
  await eventually('nothing was offered', () => unanswered !== null);
  const offered = cart.offers.length;
  const left = tara.ask('POST', `/api/cases/${serviceCase.id}/session/leave`);
  // It is gone here while the cart was not answered.
  await sessionIs(tara, serviceCase, 'waiting');
  json(unanswered as unknown as ServerHttp2Stream, 200, { shown: [], refused: [] });
  await asked;
  assert.equal((await left).status, 200);
  await eventually('nothing was offered anew', () => cart.offers.length > offered);
  assert.equal(shownAt(cart), 0);
});

for (const [who, alteration] of [
  ['an account that was disabled', 'update desk_account set disabled_at = ? where id = ?'],
  [
    'a workstation that was retired',
    `update authority_certificate set state = 'revoked', revoked_at = ?,
      revocation_reason = 'retired' where holder_id = ?`,
  ],
] as const) {
  test(`a grant that comes to ${who} ends at once, and is written down`, async () => {
    const tara = await gateway.signedIn('tara');
    const [cart, serviceCase] = await connected(tara);
    assert.equal(await request(tara, serviceCase), 200);
    const id = alteration.includes('desk_account') ? tara.id : tara.workstation;
    alter(alteration, Date.now(), id);
    await cart.grant();
    await eventually('the cart never heard of the end', () => cart.ends.length > 0);
    assert.equal(cart.ends[0], 'gateway-ended');
    const { caseId } = await factOf(
      gateway.running,
      'session-ended',
      (fact) => fact.sessionId === cart.session,
    );
    assert.equal(caseId, serviceCase.id);
    const kinds = (await factsOf(gateway.running)).flatMap((fact) =>
      'sessionId' in fact && fact.sessionId === cart.session ? [fact.kind] : [],
    );
    assert.ok(kinds.includes('grant-received') && !kinds.includes('activity-opened'), kinds.join());
  });
}

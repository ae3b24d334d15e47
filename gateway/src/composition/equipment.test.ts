/**
 * Goal: licences, workstations, carts, sign-ins and remote sessions are ended from the console at once, each with who,
 * where and why; a licence's code is shown once, to somebody whom the ledger names.
 * Method: a running demo gateway with a granted session, an administrator and a field engineer beside it.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { readLicenceFile } from '@chaperone/protocol/est/licence-file.ts';
import { factsOf, newTestGateway } from './testing/gateway-harness.ts';
import type { Answer, DemoName, Technician, TestGateway } from './testing/gateway-harness.ts';
import { grantSession, openCase, sessionIs } from './testing/session-script.ts';
import type { TestCase } from './testing/session-script.ts';

const REASON = { reason: 'asked for in writing' };
let gateway: TestGateway;
const people = {} as Record<DemoName, Technician>;

before(async () => {
  gateway = await newTestGateway();
  for (const name of ['tara', 'lena', 'ada', 'finn'] as const)
    people[name] = await gateway.signedIn(name);
});
after(async () => await gateway[Symbol.asyncDispose]());

const post = async (who: DemoName, path: string, body: object = REASON): Promise<Answer> =>
  await people[who].ask('POST', path, { body });
const items = async (path: string): Promise<readonly Readonly<Record<string, unknown>>[]> =>
  (await people.ada.ask('GET', path)).body['items'] as never;
const lastAct = async (): Promise<Readonly<Record<string, unknown>>> => {
  const facts = await factsOf(gateway.running);
  const act = facts.findLast(({ kind }) => kind === 'administration-act');
  assert.ok(act);
  return act as never;
};

test('a field engineer licenses carts, an administrator workstations; a retired licence is worth nothing', async () => {
  const label = { label: 'Reading room 3' };
  const refused = await post('finn', '/api/admin/licences/workstation', label);
  assert.equal(refused.body['code'], 'NOT_ALLOWED');
  const workstation = await post('ada', '/api/admin/licences/workstation', label);
  assert.equal(workstation.status, 200, workstation.text);
  const cart = await post('finn', '/api/admin/licences/cart', { serial: 'US-7' });
  const { licence, code } = cart.body as { licence: { id: string; name: string }; code: string };
  assert.equal(licence.name, 'US-7', cart.text);
  const act = await lastAct();
  assert.deepEqual(
    [act['act'], act['target'], act['by'], act['workstationId']],
    ['issue-licence', licence.id, people.finn.id, people.finn.workstation],
  );
  assert.ok(!JSON.stringify(await factsOf(gateway.running)).includes(code));
  const retired = await post('ada', `/api/admin/licences/${licence.id}/retire`);
  assert.equal(retired.body['state'], 'retired', retired.text);
  const [shown] = await items('/api/admin/carts?q=us-7');
  assert.equal(shown?.['state'], 'retired');
  const unknown = await post('ada', `/api/admin/licences/lcnc-${'0'.repeat(26)}/retire`);
  assert.equal(unknown.body['code'], 'TARGET_UNKNOWN');
});

test('a cart’s licence has the terms that were asked for, its file is the one that a cart takes, and it is renewed with a reason', async () => {
  const validUntilUtcMs = Date.now() + 400 * 24 * 60 * 60 * 1000;
  const asked = { serial: 'US-8', features: ['view'], validUntilUtcMs, facility: 'St. Test' };
  const issued = await post('finn', '/api/admin/licences/cart', { ...asked, model: 'Vantage 7' });
  assert.equal(issued.status, 200, issued.text);
  const { licence, code, file, rootFingerprint } = issued.body as never as {
    readonly licence: { readonly id: string; readonly terms: Readonly<Record<string, unknown>> };
  } & Readonly<Record<'code' | 'file' | 'rootFingerprint', string>>;
  const { features, standing, facility } = licence.terms;
  assert.deepEqual([features, standing, facility], [['view'], 'in-force', 'St. Test']);
  const carried = await readLicenceFile(file);
  assert.deepEqual(
    [carried.code, carried.serial, carried.gateway.port, carried.rootFingerprint],
    [code, 'US-8', gateway.running.edgeAddress.port, rootFingerprint],
  );

  const path = `/api/admin/licences/${licence.id}/renew`;
  const renewed = await post('finn', path, { ...REASON, validUntilUtcMs: null });
  assert.deepEqual((renewed.body['terms'] as { features?: unknown }).features, ['view']);
  const all = { ...REASON, validUntilUtcMs: null, features: ['view', 'control'] };
  assert.equal((await post('ada', path, all)).status, 200);
  const act = await lastAct();
  assert.deepEqual(
    [act['act'], act['target'], act['by']],
    ['renew-licence', licence.id, people.ada.id],
  );
  const facts = await factsOf(gateway.running);
  const given = facts.flatMap((fact) =>
    fact.kind === 'licence-renewed' && 'terms' in fact ? [fact.terms?.number] : [],
  );
  assert.deepEqual(given, [2, 3]);
  for (const [body, said] of [
    [{ ...REASON, validUntilUtcMs: 1 }, 'MALFORMED_LICENCE'],
    [{ ...REASON, validUntilUtcMs: null, features: ['control'] }, 'MALFORMED_LICENCE'],
    [{ ...REASON, validUntilUtcMs: null, features: ['everything'] }, 'REQUEST_MALFORMED'],
    [{ ...REASON }, 'REQUEST_MALFORMED'],
    [{ validUntilUtcMs: null }, 'REQUEST_MALFORMED'],
  ] as const)
    assert.equal((await post('finn', path, body)).body['code'], said, JSON.stringify(body));
  const nobody = `/api/admin/licences/lcnc-${'0'.repeat(26)}/renew`;
  assert.equal((await post('ada', nobody, all)).body['code'], 'TARGET_UNKNOWN');
});

test('a technician sees what the cart’s licence allows, and is told at once what it does not', async () => {
  const cart = await gateway.enrolCart('US-9');
  await cart.connect();
  const { authority } = gateway.running;
  const licence = await authority.cartLicence('US-9');
  assert.ok(licence);
  const path = `/api/admin/licences/${String(licence.id)}/renew`;
  const terms = { ...REASON, features: ['view', 'fetch-files'], validUntilUtcMs: null };
  assert.equal((await post('ada', path, terms)).status, 200);
  const opened = await openCase(people.tara, 'US-9');
  const shown = await people.tara.ask('GET', `/api/cases/${opened.id}`);
  const { features, standing } = shown.body['cartLicence'] as Readonly<Record<string, unknown>>;
  assert.deepEqual([features, standing], [['view', 'fetch-files'], 'in-force']);
  await sessionIs(people.tara, opened, 'waiting');
  const refused = await requestOf(opened, ['view', 'control']);
  assert.deepEqual([refused.status, refused.body['code']], [422, 'FEATURE_NOT_LICENSED']);
  assert.equal(cart.offers.flatMap(({ requests }) => requests).length, 0);
  const taken = await requestOf(opened, ['view']);
  assert.equal(taken.status, 200, taken.text);
});

async function requestOf(serviceCase: TestCase, activities: readonly Activity[]): Promise<Answer> {
  const jws = await people.tara.signedRequest(serviceCase, activities);
  return await post('tara', `/api/cases/${serviceCase.id}/session/request`, { jws });
}

test('an administrator sees a remote session by its case’s number and ends it; nothing else of the case is there', async () => {
  const cart = await gateway.enrolCart('US-1');
  await cart.connect();
  const serviceCase = await openCase(people.tara, 'US-1');
  await grantSession(people.tara, cart, serviceCase);
  const answer = await people.ada.ask('GET', '/api/admin/sessions');
  const [session] = answer.body['items'] as Readonly<Record<string, unknown>>[];
  assert.deepEqual(
    [session?.['cart'], session?.['caseNumber'], session?.['technicianName']],
    ['US-1', serviceCase.number, 'Tara Lindqvist'],
  );
  assert.ok(!answer.text.includes(serviceCase.id) && !answer.text.includes('St. Test'));
  assert.deepEqual(await items('/api/admin/sessions?q=nobody'), []);
  const path = `/api/admin/sessions/${String(session?.['id'])}/end`;
  assert.equal((await post('ada', path)).status, 204);
  const ended = await cart.until(() => cart.ends.length > 0 && cart.ends);
  assert.equal(ended[0], 'gateway-ended');
  assert.equal((await post('ada', path)).body['code'], 'TARGET_UNKNOWN');
  const timeline = await people.tara.ask('GET', `/api/cases/${serviceCase.id}/timeline`);
  assert.ok(timeline.text.includes('session-end-ordered'));
});

test('a sign-in that an administrator ends is over at once, with the session from there', async () => {
  const [signIn] = (await items('/api/admin/sign-ins?q=lena')).filter(
    ({ name }) => name === 'Lena Hoffmann',
  );
  const path = `/api/admin/sign-ins/${String(signIn?.['id'])}/end`;
  assert.equal((await post('ada', path)).status, 204);
  assert.equal((await people.lena.ask('GET', '/api/me')).status, 401);
  assert.equal((await lastAct())['target'], people.lena.id);
  assert.equal((await post('ada', path)).body['code'], 'TARGET_UNKNOWN');
});

test('a retired workstation is out, and a retired cart has no certificate any more', async () => {
  const { workstation } = people.finn;
  const answer = await post('ada', `/api/admin/workstations/${workstation}/retire`);
  assert.equal(answer.body['state'], 'retired', answer.text);
  assert.equal((await people.finn.ask('GET', '/api/me')).status, 401);
  const cart = await post('ada', '/api/admin/carts/US-1/retire');
  assert.equal(cart.body['state'], 'retired', cart.text);
  assert.equal(
    (await post('ada', '/api/admin/carts/US-404/retire')).body['code'],
    'TARGET_UNKNOWN',
  );
  const acts = (await factsOf(gateway.running)).filter(({ kind }) => kind === 'administration-act');
  assert.ok(acts.every((act) => 'by' in act && act.by !== ''));
});

/**
 * Goal: what takes two people is not done by one, and what it does is whole; a hold that was only proposed already keeps a
 * case. Administrators' own acts take effect at once, are written down with who, where and why, and leave an administrator.
 * Method: a running demo gateway, with the people of each role at their consoles.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import { PROPOSAL_LIFE_MS } from '@chaperone/domain/two-person/two-person.ts';
import { ManualClock } from '../platform/testing/manual-clock.ts';
import { Technician, factsOf, newTestGateway } from './testing/gateway-harness.ts';
import type { Answer, DemoName, TestGateway } from './testing/gateway-harness.ts';
import { openCase, resolveCase } from './testing/session-script.ts';

const REASON = { reason: 'asked for in writing' };
const clock = new ManualClock(Date.now());
let gateway: TestGateway;
const people = {} as Record<DemoName, Technician>;

before(async () => {
  gateway = await newTestGateway({ clock });
  for (const name of ['tara', 'lena', 'ada', 'amir', 'ines', 'finn'] as const)
    people[name] = await gateway.signedIn(name);
});
after(async () => await gateway[Symbol.asyncDispose]());

const post = async (who: DemoName, path: string, body: object = {}): Promise<Answer> =>
  await people[who].ask('POST', path, { body });
const propose = async (who: DemoName, act: string, target: string): Promise<Answer> =>
  await post(who, '/api/proposals', { act, target, ...REASON });
const approve = async (who: DemoName, id: unknown): Promise<Answer> =>
  await post(who, `/api/proposals/${String(id)}/approve`);
const facts = async (kind: string): Promise<readonly Readonly<Record<string, unknown>>[]> =>
  (await factsOf(gateway.running)).filter((fact) => fact.kind === kind) as never;

test('an account is made with a first password that opens nothing but the choice of another', async () => {
  const account = { userId: 'otto', directoryLogin: 'otto.brandt', name: 'Otto Brandt' };
  const tooMuch = { ...account, roles: ['administrator'] };
  const refused = await post('ada', '/api/admin/accounts', tooMuch);
  assert.equal(refused.body['code'], 'TWO_PEOPLE_NEEDED');
  const made = await post('ada', '/api/admin/accounts', { ...account, roles: ['technician'] });
  assert.equal(made.status, 200, made.text);
  const { firstPassword } = made.body as { firstPassword: string };
  const otto = new Technician(gateway.running.consoleUrl);
  await otto.enrol(gateway.running);
  const first = { login: 'otto.brandt', password: 'chestnut-velvet-19' };
  const { workstation } = otto;
  await otto.ask('POST', '/api/sign-in/directory', { body: { ...first, workstation } });
  const second = { userId: 'otto', password: firstPassword };
  const step = await otto.ask('POST', '/api/sign-in/gateway', { body: second });
  assert.equal(step.body['next'], 'new-password', step.text);
  assert.equal((await otto.ask('GET', '/api/me')).status, 401);
  const body = { password: 'trellis-mosaic-5526' };
  const done = await otto.ask('POST', '/api/sign-in/new-password', { body });
  assert.equal(done.body['next'], 'done', done.text);
  const [fact] = (await facts('administration-act')).filter(({ act }) => act === 'add-account');
  assert.deepEqual(
    [fact?.['by'], fact?.['workstationId'], fact?.['roles']],
    [people.ada.id, people.ada.workstation, ['technician']],
  );
  assert.ok(!JSON.stringify(await factsOf(gateway.running)).includes(firstPassword));
});

test('a disabled account is out at once; the ledger has who, where, and a commitment to why', async () => {
  const path = `/api/admin/accounts/${people.finn.id}`;
  assert.equal((await post('ada', `${path}/disable`)).body['code'], 'REQUEST_MALFORMED');
  const disabled = await post('ada', `${path}/disable`, REASON);
  assert.equal(disabled.body['state'], 'disabled', disabled.text);
  assert.equal((await people.finn.ask('GET', '/api/me')).status, 401);
  const enabled = await post('ada', `${path}/enable`, REASON);
  assert.equal(enabled.body['state'], 'active', enabled.text);
  people.finn = await gateway.signedIn('finn');
  const acts = await facts('administration-act');
  const [fact] = acts.filter(({ act }) => act === 'disable-account');
  assert.deepEqual(
    [fact?.['target'], fact?.['by'], fact?.['workstationId']],
    [people.finn.id, people.ada.id, people.ada.workstation],
  );
  assert.ok(!JSON.stringify(acts).includes(REASON.reason));
  assert.equal(typeof fact?.['reasonCommitment'], 'string');
  const unknown = await post('ada', `/api/admin/accounts/tech-${'0'.repeat(26)}/disable`, REASON);
  assert.equal(unknown.body['code'], 'TARGET_UNKNOWN');
});

test('roles change at once on what is open, and the last administrator stays one', async () => {
  const narrow = await post('ada', `/api/admin/accounts/${people.amir.id}/roles`, {
    roles: ['lead'],
    ...REASON,
  });
  assert.deepEqual(narrow.body['roles'], ['lead'], narrow.text);
  const accounts = await people.amir.ask('GET', '/api/admin/accounts');
  assert.equal(accounts.body['code'], 'NOT_ALLOWED');
  for (const [path, body] of [
    ['disable', REASON],
    ['roles', { roles: ['auditor'], ...REASON }],
  ] as const) {
    const answer = await post('ada', `/api/admin/accounts/${people.ada.id}/${path}`, body);
    assert.equal(answer.body['code'], 'LAST_ADMINISTRATOR', answer.text);
  }
  const back = await post('ada', `/api/admin/accounts/${people.amir.id}/roles`, {
    roles: ['lead', 'administrator'],
    ...REASON,
  });
  assert.equal(back.body['code'], 'TWO_PEOPLE_NEEDED');
  // One administrator cannot make a second one, and there is nobody to approve it: the machine's owner does.
  const proposed = await propose('ada', 'give-administrator', people.amir.id);
  assert.equal(proposed.status, 200, proposed.text);
  assert.equal((await approve('ada', proposed.body['id'])).body['code'], 'PROPOSAL_NOT_YOURS');
  assert.equal((await approve('lena', proposed.body['id'])).body['code'], 'PROPOSAL_UNKNOWN');
  const asked = { act: 'change-roles', accountName: 'amir', by: 'root', ...REASON };
  await gateway.running.administer({ ...asked, roles: null });
  assert.equal((await approve('amir', proposed.body['id'])).status, 200);
  const [last] = (await facts('administration-act')).slice(-1);
  assert.deepEqual([last?.['by'], last?.['workstationId']], ['root', null]);
});

test('a role that is taken away while the role of an administrator is given stays away', async (t) => {
  const listed = await people.ada.ask('GET', '/api/admin/accounts?q=otto');
  const [otto] = listed.body['items'] as { readonly id: string }[];
  assert.ok(otto, listed.text);
  const roles = `/api/admin/accounts/${otto.id}/roles`;
  await post('ada', roles, { roles: ['technician', 'lead'], ...REASON });
  const proposed = await propose('ada', 'give-administrator', otto.id);
  const { ledger } = gateway.running;
  const append = ledger.append.bind(ledger);
  const reached = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  t.mock.method(ledger, 'append', async (fact: LedgerFact) => {
    if (fact.kind === 'administration-act' && fact.act === 'give-administrator') {
      reached.resolve();
      await release.promise;
    }
    return await append(fact);
  });
  const given = approve('amir', proposed.body['id']);
  await reached.promise;
  const taken = post('ada', roles, { roles: ['technician'], ...REASON });
  // It waits for its turn: whoever did not would be done by now.
  await Promise.race([taken, delay(300)]);
  release.resolve();
  assert.equal((await given).status, 200);
  assert.deepEqual((await taken).body['roles'], ['technician']);
  const after = await people.ada.ask('GET', '/api/admin/accounts?q=otto');
  const [now] = after.body['items'] as { readonly roles: unknown }[];
  assert.deepEqual(now?.roles, ['technician']);
});

test('an account is recovered by two: another password, no factor, signed out, and only the second learns it', async () => {
  const proposed = await propose('ada', 'recover-account', people.tara.id);
  assert.equal(proposed.body['targetName'], 'Tara Lindqvist', proposed.text);
  const twice = await propose('amir', 'recover-account', people.tara.id);
  assert.equal(twice.body['code'], 'PROPOSAL_NEEDLESS');
  const { id } = proposed.body;
  assert.equal((await people.tara.ask('GET', '/api/me')).status, 200);
  const listed = await people.amir.ask('GET', '/api/proposals');
  const items = listed.body['items'] as Readonly<Record<string, unknown>>[];
  const item = items.find((each) => each['id'] === id);
  assert.equal(item?.['isMineToApprove'], true);
  const done = await approve('amir', id);
  const { proposal, firstPassword } = done.body as {
    proposal: { state: string };
    firstPassword: string;
  };
  assert.equal(proposal.state, 'done', done.text);
  assert.equal((await people.tara.ask('GET', '/api/me')).status, 401);
  assert.equal((await approve('amir', id)).body['code'], 'PROPOSAL_DECIDED');
  const tara = new Technician(gateway.running.consoleUrl);
  await tara.enrol(gateway.running);
  const first = { login: 'tara.lindqvist', password: 'lakeside-teal-41' };
  const { workstation } = tara;
  await tara.ask('POST', '/api/sign-in/directory', { body: { ...first, workstation } });
  const body = { userId: 'tara', password: firstPassword };
  const step = await tara.ask('POST', '/api/sign-in/gateway', { body });
  assert.equal(step.body['next'], 'new-password', step.text);
  const own = { password: 'harbour-amber-7291' };
  await tara.ask('POST', '/api/sign-in/new-password', { body: own });
  tara.id = people.tara.id;
  people.tara = tara;
  const kinds = (await factsOf(gateway.running)).map(({ kind }) => kind);
  const at = kinds.lastIndexOf('proposal-approved');
  assert.deepEqual(kinds.slice(at, at + 3), [
    'proposal-approved',
    'administration-act',
    'factor-removed',
  ]);
});

test('a hold keeps a case from the moment it is proposed until two leads have lifted it', async () => {
  await gateway.enrolCart('US-1');
  const serviceCase = await openCase(people.tara, 'US-1');
  const administrators = await propose('ada', 'set-legal-hold', serviceCase.id);
  assert.equal(administrators.body['code'], 'PROPOSAL_NOT_YOURS');
  const proposed = await propose('lena', 'set-legal-hold', serviceCase.id);
  assert.equal(proposed.body['targetName'], serviceCase.number, proposed.text);
  const held = await resolveCase(people.tara, serviceCase);
  assert.equal(held.body['code'], 'CASE_UNDER_LEGAL_HOLD');
  const set = await approve('amir', proposed.body['id']);
  assert.equal((set.body['proposal'] as { state: string }).state, 'done', set.text);
  const detail = await people.lena.ask('GET', `/api/cases/${serviceCase.id}`);
  assert.equal(detail.body['legalHold'], true);
  const lift = await propose('amir', 'lift-legal-hold', serviceCase.id);
  assert.equal((await resolveCase(people.tara, serviceCase)).body['code'], 'CASE_UNDER_LEGAL_HOLD');
  assert.equal((await approve('amir', lift.body['id'])).body['code'], 'PROPOSAL_NOT_YOURS');
  assert.equal((await approve('lena', lift.body['id'])).status, 200);
  const timeline = await people.lena.ask('GET', `/api/cases/${serviceCase.id}/timeline`);
  for (const kind of ['legal-hold-proposed', 'legal-hold-set', 'legal-hold-lifted'])
    assert.ok(timeline.text.includes(kind), kind);
  // One other lead alone does not get it out of the way; taken back by its proposer it holds nothing any more.
  const again = await propose('lena', 'set-legal-hold', serviceCase.id);
  const path = `/api/proposals/${String(again.body['id'])}/decline`;
  const refused = await post('amir', path, REASON);
  assert.deepEqual([refused.status, refused.body['code']], [403, 'PROPOSAL_NOT_YOURS']);
  const alone = await resolveCase(people.amir, serviceCase);
  assert.equal(alone.body['code'], 'CASE_UNDER_LEGAL_HOLD');
  const declined = await post('lena', path, REASON);
  assert.equal(declined.body['state'], 'declined', declined.text);
  const resolved = await resolveCase(people.tara, serviceCase);
  assert.equal(resolved.status, 200, resolved.text);
  const late = await propose('lena', 'set-legal-hold', serviceCase.id);
  assert.equal(late.body['code'], 'CASE_NOT_OPEN');
});

test('a retired chain admits and issues nothing any more, now and after the next start', async () => {
  const cart = await gateway.enrolCart('US-2');
  await cart.connect();
  const proposed = await propose('ada', 'retire-authority', 'cart');
  assert.equal(
    (await propose('ada', 'retire-authority', 'browser')).body['code'],
    'TARGET_UNKNOWN',
  );
  const done = await approve('amir', proposed.body['id']);
  assert.equal((done.body['proposal'] as { state: string }).state, 'done', done.text);
  for (let tries = 0; tries < 500 && cart.connections > 0; tries += 1) await delay(10);
  assert.equal(cart.connections, 0);
  await cart.connect();
  for (let tries = 0; tries < 500 && cart.connections > 0; tries += 1) await delay(10);
  assert.equal(cart.connections, 0);
  const serial = { serial: 'US-9' };
  const licence = await post('finn', '/api/admin/licences/cart', serial);
  assert.equal(licence.body['code'], 'CHAIN_RETIRED', licence.text);
  const again = await propose('ada', 'retire-authority', 'cart');
  assert.equal(again.body['code'], 'PROPOSAL_NEEDLESS');
  await gateway.restart();
  for (const each of Object.values(people)) each.moveTo(gateway.running);
  await assert.rejects(gateway.enrolCart('US-10'));
});

test('nobody decides after a day, and a proposer who is out proposes nothing any more', async () => {
  const proposed = await propose('ada', 'recover-account', people.ines.id);
  clock.advance(PROPOSAL_LIFE_MS);
  for (const name of ['ada', 'amir'] as const) await people[name].passGates(name);
  assert.equal((await approve('amir', proposed.body['id'])).body['code'], 'PROPOSAL_DECIDED');
  assert.equal((await facts('proposal-expired')).length, 1);
  const second = await propose('ada', 'recover-account', people.ines.id);
  const asked = { act: 'disable-account', accountName: 'ada', by: 'root', ...REASON };
  await gateway.running.administer(asked);
  assert.equal((await approve('amir', second.body['id'])).body['code'], 'PROPOSAL_NOT_YOURS');
});

test('one administrator alone does not bring another one back; without the role it is an account like any other', async () => {
  await using own = await newTestGateway();
  const ada = await own.signedIn('ada');
  const amir = await own.signedIn('amir');
  const act = async (name: string, body: object = {}): Promise<Answer> =>
    await ada.ask('POST', `/api/admin/accounts/${amir.id}/${name}`, {
      body: { ...body, ...REASON },
    });
  const { status, text } = await act('disable');
  assert.equal(status, 200, text);
  const alone = await act('enable');
  assert.equal(alone.body['code'], 'TWO_PEOPLE_NEEDED', alone.text);
  assert.match(alone.text, /take the role away first/);
  const narrow = await act('roles', { roles: ['lead'] });
  assert.equal(narrow.status, 200, narrow.text);
  assert.equal((await act('enable')).status, 200);
  // The machine's owner may do it alone, and the ledger says that it was them.
  const atMachine = { accountName: 'amir', by: 'root', ...REASON };
  await own.running.administer({ act: 'change-roles', roles: null, ...atMachine });
  assert.equal((await act('disable')).status, 200);
  assert.equal((await act('enable')).body['code'], 'TWO_PEOPLE_NEEDED');
  await own.running.administer({ act: 'enable-account', ...atMachine });
  assert.equal((await own.signedIn('amir')).id, amir.id);
});

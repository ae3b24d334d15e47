/**
 * Goal: each role sees its own lists and nothing of the others'; whoever is no technician and no lead sees no case.
 * Method: a running gateway with somebody of each role, two carts, and planted texts that must not appear.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { factsOf, newTestGateway } from '../../composition/testing/gateway-harness.ts';
import type {
  DemoName,
  Technician,
  TestGateway,
} from '../../composition/testing/gateway-harness.ts';
import { PLANTED, openCase } from '../../composition/testing/session-script.ts';
import type { TestCase } from '../../composition/testing/session-script.ts';

type Item = Readonly<Record<string, unknown>>;
interface Page {
  readonly items: readonly Item[];
  readonly total: number;
  readonly page: number;
  readonly size: number;
}

let gateway: TestGateway;
const people = {} as Record<DemoName, Technician>;
let open: TestCase;

before(async () => {
  gateway = await newTestGateway();
  for (const name of ['tara', 'lena', 'ada', 'amir', 'ines', 'finn'] as const)
    people[name] = await gateway.signedIn(name);
  await gateway.enrolCart('US-1');
  await gateway.enrolCart('US-2');
  open = await openCase(people.tara, 'US-1');
});
after(async () => await gateway[Symbol.asyncDispose]());

const page = async (who: DemoName, path: string): Promise<Page> => {
  const answer = await people[who].ask('GET', path);
  assert.equal(answer.status, 200, answer.text);
  return answer.body as unknown as Page;
};
const codeOf = async (who: DemoName, method: string, path: string): Promise<unknown> =>
  (await people[who].ask(method, path, method === 'POST' ? { body: {} } : {})).body['code'];

test('everybody is told their own roles', async () => {
  const roles = async (who: DemoName): Promise<unknown> =>
    ((await people[who].ask('GET', '/api/me')).body['technician'] as Item)['roles'];
  assert.deepEqual(await roles('ada'), ['administrator']);
  assert.deepEqual(await roles('amir'), ['lead', 'administrator']);
  assert.deepEqual(await roles('ines'), ['auditor']);
  assert.deepEqual(await roles('finn'), ['field-engineer']);
});

test('no other role leads to a case; with a lead’s role beside it one does', async () => {
  const paths = [`/api/cases/${open.id}`, `/api/cases/${open.id}/timeline`];
  for (const who of ['ada', 'ines', 'finn'] as const) {
    for (const path of paths) assert.equal(await codeOf(who, 'GET', path), 'CASE_UNKNOWN', who);
    const absent = await people[who].ask('GET', `/api/cases/case-${'0'.repeat(26)}`);
    const there = await people[who].ask('GET', `/api/cases/${open.id}`);
    assert.deepEqual([there.status, there.text], [absent.status, absent.text]);
    for (const path of ['/api/cases', '/api/carts', '/api/technicians'])
      assert.equal(await codeOf(who, 'GET', path), 'NOT_ALLOWED', `${who} ${path}`);
    assert.equal(await codeOf(who, 'POST', '/api/cases'), 'NOT_ALLOWED');
  }
  assert.equal((await people.amir.ask('GET', `/api/cases/${open.id}`)).status, 200);
  const refused = (await factsOf(gateway.running)).filter(({ kind }) => kind === 'access-refused');
  assert.ok(refused.some((fact) => 'route' in fact && fact.route === 'GET /api/cases/:case'));
});

test('nobody designates an account that works in no case', async () => {
  const listed = await people.lena.ask('GET', '/api/technicians');
  assert.ok(JSON.stringify(listed.body).includes(people.tara.id));
  const account = { accountName: 'olga', directoryLogin: 'olga.berg', name: 'Olga Berg' };
  const asked = { act: 'add-account', ...account, password: 'chestnut-velvet-19' };
  const { id } = (await gateway.running.administer({
    ...asked,
    roles: ['auditor'],
    by: 'test',
  })) as { id: string };
  assert.ok(!(await people.lena.ask('GET', '/api/technicians')).text.includes(id));
  const body = { technician: id };
  const answer = await people.lena.ask('POST', `/api/cases/${open.id}/designations`, { body });
  assert.equal(answer.body['code'], 'TECHNICIAN_UNKNOWN');
});

test('an administrator sees accounts, workstations, licences, carts and sign-ins, in pages and searched', async () => {
  const accounts = await page('ada', '/api/admin/accounts?q=LINDQVIST');
  assert.deepEqual(
    accounts.items.map(({ userId, name, roles, state }) => ({ userId, name, roles, state })),
    [{ userId: 'tara', name: 'Tara Lindqvist', roles: null, state: 'active' }],
  );
  const first = await page('ada', '/api/admin/accounts?size=2');
  const second = await page('ada', '/api/admin/accounts?size=2&page=2');
  assert.deepEqual([first.items.length, first.total, second.page], [2, first.total, 2]);
  const ids = [...first.items, ...second.items].map(({ id }) => id);
  assert.equal(new Set(ids).size, 4);
  assert.deepEqual((await page('ada', '/api/admin/accounts?q=100%25')).items, []);
  const workstations = await page('ada', '/api/admin/workstations?q=desk');
  assert.equal(workstations.total, 6);
  assert.deepEqual((workstations as unknown as { seats: object }).seats, { used: 6, max: 100 });
  assert.ok(
    workstations.items.every(({ state, label }) => state === 'active' && label === 'Desk 1'),
  );
  assert.ok(workstations.items.every(({ lastSeenUtcMs }) => typeof lastSeenUtcMs === 'number'));
  assert.equal((await page('ada', '/api/admin/licences')).total, 8);
  const carts = await page('ada', '/api/admin/carts');
  assert.deepEqual(
    carts.items.map(({ serial, state, online }) => ({ serial, state, online })),
    ['US-1', 'US-2'].map((serial) => ({ serial, state: 'commissioned', online: false })),
  );
  const signIns = await page('ada', '/api/admin/sign-ins');
  assert.equal(signIns.total, 6);
  assert.deepEqual(
    signIns.items.filter(({ isThisOne }) => isThisOne === true).map(({ name }) => name),
    ['Ada Nilsen'],
  );
  assert.ok(signIns.items.every(({ workstationLabel }) => workstationLabel === 'Desk 1'));
  const roles = await people.ada.ask('GET', '/api/admin/roles');
  assert.equal(roles.body['directory'], 'demo');
  assert.ok(roles.text.includes('field-engineer'));
});

test('a field engineer sees carts and their licences, and no workstation', async () => {
  const licences = await page('finn', '/api/admin/licences');
  assert.deepEqual(new Set(licences.items.map(({ subject }) => subject)), new Set(['cart']));
  assert.equal((await page('finn', '/api/admin/carts?q=us-2')).total, 1);
  for (const path of ['accounts', 'workstations', 'sign-ins', 'roles'])
    assert.equal(await codeOf('finn', 'GET', `/api/admin/${path}`), 'NOT_ALLOWED', path);
});

test('an auditor reads the ledger by kind, time and name, and nothing else', async () => {
  const all = await page('ines', '/api/audit/entries?size=100');
  const indexes = all.items.map(({ index }) => index as number);
  assert.deepEqual(
    indexes,
    indexes.toSorted((a, b) => b - a),
  );
  const signIns = await page('ines', '/api/audit/entries?kind=sign-in');
  assert.equal(signIns.total, 6);
  const tara = await page('ines', '/api/audit/entries?kind=sign-in&q=lindqvist');
  assert.deepEqual(
    tara.items.map(({ who }) => who),
    ['Tara Lindqvist'],
  );
  const { utcMs } = tara.items[0] as { utcMs: number };
  const then = await page('ines', `/api/audit/entries?from=${utcMs}&to=${utcMs}`);
  assert.ok(then.items.every((item) => item['utcMs'] === utcMs) && then.total >= 1);
  assert.equal((await page('ines', `/api/audit/entries?to=${utcMs - 3_600_000}`)).total, 0);
  const bundle = await people.ines.ask('GET', '/api/audit/evidence');
  const { ledger } = bundle.body as { ledger: { entries: unknown[] } };
  assert.ok(ledger.entries.length >= all.total);
  for (const planted of Object.values(PLANTED)) assert.ok(!bundle.text.includes(planted));
  for (const path of ['/api/admin/accounts', '/api/admin/carts', '/api/admin/licences'])
    assert.equal(await codeOf('ines', 'GET', path), 'NOT_ALLOWED', path);
  for (const who of ['tara', 'lena', 'ada', 'finn'] as const)
    assert.equal(await codeOf(who, 'GET', '/api/audit/entries'), 'NOT_ALLOWED', who);
});

test('nobody but technicians and leads hears of cases', async () => {
  const heard = {
    ada: await people.ada.listen(),
    ines: await people.ines.listen(),
    tara: await people.tara.listen(),
  };
  const body = { text: 'something new' };
  await people.tara.ask('POST', `/api/cases/${open.id}/notes`, { body });
  await heard.tara.until(({ type }) => type === 'case');
  const cart = await gateway.enrolCart('US-3');
  await cart.connect();
  await heard.ada.until(({ type }) => type === 'carts');
  assert.ok(heard.ada.events.every(({ type }) => type === 'carts'));
  assert.deepEqual(heard.ines.events, []);
  for (const each of Object.values(heard)) each.close();
});

test('what is asked about the desk says whether the directory answers', async () => {
  for (const who of ['tara', 'ines'] as const) {
    const { body } = await people[who].ask('GET', '/api/desk');
    assert.deepEqual(body['directory'], { reachable: true, sinceUtcMs: null });
  }
});

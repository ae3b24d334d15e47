/**
 * Goal: through a whole gateway, the domain decides who comes in, with which roles, and who may stay: a disabled account is
 * out of its live session within a minute, one dead controller is not noticed, and without any nobody new comes in.
 * Method: a real Active Directory of two controllers by Samba, a gateway asked as a browser asks, a cart that does as told.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import {
  DOMAIN_NAME,
  PASSWORD,
  groupName,
  provisionDomain,
} from '../directory/active-directory/testing/samba-domain.ts';
import type {
  SambaController,
  SambaDomain,
} from '../directory/active-directory/testing/samba-domain.ts';
import { startDirectoryGateway } from './testing/directory-gateway.ts';
import type { DirectoryGateway } from './testing/directory-gateway.ts';
import { factOf } from './testing/gateway-harness.ts';
import type { Technician } from './testing/gateway-harness.ts';
import { grantSession, openCase, sessionIs } from './testing/session-script.ts';

let domain: SambaDomain;
before(async () => {
  domain = await provisionDomain();
});
after(async () => await domain[Symbol.asyncDispose]());

/** A gateway in front of these controllers. */
async function gatewayBefore(
  controllers: readonly SambaController[],
  unreachableMsMax = 3_600_000,
): Promise<DirectoryGateway> {
  return await startDirectoryGateway((place) => ({
    kind: 'active-directory',
    controllers: controllers.map(({ host, port }) => `${host}:${port}`),
    authoritiesFile: place('domain.pem', domain.authorities),
    searchBase: DOMAIN_NAME,
    bindName: 'reader@corp.test',
    bindPasswordFile: place('bind-password', PASSWORD),
    groups: {
      technician: [groupName('Service-Staff')],
      lead: [groupName('Service-Leads')],
      administrator: [groupName('Service-Administrators')],
      fieldEngineer: [groupName('Service-Field')],
      auditor: [groupName('Service-Audit')],
    },
    timeoutMs: 5_000,
    unreachableMsMax,
  }));
}

const passFirst = async (technician: Technician, login: string, password: string) =>
  await technician.ask('POST', '/api/sign-in/directory', {
    body: { login, password, workstation: technician.workstation },
  });

async function signedIn(gateway: DirectoryGateway, login: string): Promise<Technician> {
  const account = await gateway.addAccount(login);
  const technician = await gateway.atWorkstation();
  await technician.passGatesWith({ login, password: PASSWORD }, account);
  return technician;
}

/** Asks until it is so. */
async function eventually(withinMs: number, isSo: () => Promise<boolean>): Promise<void> {
  for (const endMs = Date.now() + withinMs; !(await isSo()); await pause(200))
    assert.ok(Date.now() < endMs, `not within ${withinMs} ms`);
}
const isOut = async (technician: Technician): Promise<boolean> =>
  (await technician.ask('GET', '/api/me')).status === 401;

describe('through one controller', () => {
  let controller: SambaController;
  let gateway: DirectoryGateway;
  before(async () => {
    controller = await domain.startController();
    gateway = await gatewayBefore([controller]);
  });
  after(async () => await gateway[Symbol.asyncDispose]());

  test('groups within groups give each of the five roles, and nobody another one', async () => {
    for (const [login, roles] of [
      ['member', ['technician']],
      ['lead', ['technician', 'lead']],
      ['admin', ['administrator']],
      ['engineer', ['field-engineer']],
      ['auditor', ['auditor']],
    ] as const) {
      const technician = await signedIn(gateway, login);
      const { body } = await technician.ask('GET', '/api/me');
      const { technician: me } = body as { technician: { roles: readonly string[] } };
      assert.deepEqual([...me.roles].toSorted(), [...roles].toSorted(), login);
    }
  });

  test('whatever is typed, a stranger gets one answer, and learns nothing of who exists', async () => {
    const wrong = 'not the password';
    const answers = new Set<string>();
    for (const [login, password] of [
      ['member', wrong],
      ['nobody-at-all', wrong],
      ['disabled', wrong],
      ['expired', wrong],
      ['stranger', wrong],
      ['*', PASSWORD],
      ['mem*', PASSWORD],
      ['member)(|(objectClass=*)', PASSWORD],
      ['member)(&(userAccountControl=512)', PASSWORD],
      ['\\2a', PASSWORD],
      ['CN=Member Tester,OU=Service,DC=corp,DC=test', PASSWORD],
      ['mеmber', PASSWORD],
      ['ｍember', PASSWORD],
      ['mem\u200bber', PASSWORD],
      ['member', `${PASSWORD}\0`],
      ['member', PASSWORD.toLowerCase()],
    ] as const) {
      // Each at a workstation of its own: how often somebody may try is another matter.
      const technician = await gateway.atWorkstation();
      const { status, text } = await passFirst(technician, login, password);
      assert.equal(status, 401, `${login}: ${text}`);
      assert.equal(technician.cookie, '');
      answers.add(text);
    }
    assert.equal(answers.size, 1, [...answers].join('\n'));
    const technician = await gateway.atWorkstation();
    for (const [login, password] of [
      ['member', ''],
      ['', PASSWORD],
      ['member\0', PASSWORD],
      ['member', 'x'.repeat(10_000)],
      ['m'.repeat(10_000), PASSWORD],
      ['\ud800', PASSWORD],
    ] as const) {
      const { body } = await passFirst(technician, login, password);
      assert.equal(body['code'], 'REQUEST_MALFORMED', login.slice(0, 20));
    }
  });

  test('the reason is told after the right password only', async () => {
    for (const [login, words] of [
      ['disabled', /is disabled/],
      ['expired', /has expired/],
      ['mustchange', /has to be changed/],
      ['ended', /has ended/],
      ['stranger', /no group of yours has a role/],
    ] as const) {
      const technician = await gateway.atWorkstation();
      const { status, body } = await passFirst(technician, login, PASSWORD);
      assert.deepEqual([status, body['code']], [403, 'DIRECTORY_ACCOUNT_UNFIT'], login);
      assert.match(String(body['detail']), words);
      assert.equal(technician.cookie, '');
    }
  });

  test('whoever passed as one person does not pass on as another', async () => {
    const account = await gateway.addAccount('leaving');
    const technician = await gateway.atWorkstation();
    assert.equal((await passFirst(technician, 'removed', PASSWORD)).status, 200);
    const { status, body } = await technician.ask('POST', '/api/sign-in/gateway', {
      body: account,
    });
    assert.deepEqual([status, body['code']], [401, 'SIGN_IN_REFUSED']);
    assert.ok(await isOut(technician));
  });

  test('a disabled account is out of its live session within a minute; others are not', async () => {
    const cart = await gateway.enrolCart();
    const leaving = await gateway.atWorkstation();
    await leaving.passGatesWith(
      { login: 'leaving', password: PASSWORD },
      { userId: 'leaving', password: 'chestnut-velvet-19' },
    );
    const other = await signedIn(gateway, 'odd(name)');
    const serviceCase = await openCase(leaving);
    await cart.connect();
    await grantSession(leaving, cart, serviceCase, ['view']);
    await controller.administer('user', 'disable', 'leaving');
    await eventually(60_000, async () => cart.ends.length > 0);
    await eventually(5_000, async () => await isOut(leaving));
    assert.ok(!(await isOut(other)));
    const fact = await factOf(
      gateway.running,
      'sign-out',
      ({ technicianId }) => technicianId === leaving.id,
    );
    assert.match(fact.reason, /not in the directory/);
    const again = await passFirst(leaving, 'leaving', PASSWORD);
    assert.equal(again.body['code'], 'DIRECTORY_ACCOUNT_UNFIT');
  });
});

test('one of two controllers dies unnoticed; without any, nobody new comes in, and who is in goes by the rule', async () => {
  const [one, two] = [await domain.startController(), await domain.startController()];
  // Shorter than the time between two looks at everybody: out at the second one without an answer.
  await using gateway = await gatewayBefore([one, two], 1_000);
  const tara = await signedIn(gateway, 'member');
  await one.kill();
  const lena = await signedIn(gateway, 'lead');
  const cart = await gateway.enrolCart();
  const serviceCase = await openCase(tara);
  await cart.connect();
  await grantSession(tara, cart, serviceCase, ['view']);
  await two.kill();
  const stranger = await gateway.atWorkstation();
  const refused = await passFirst(stranger, 'member', PASSWORD);
  assert.deepEqual([refused.status, refused.body['code']], [503, 'DIRECTORY_UNAVAILABLE']);
  assert.equal(stranger.cookie, '');
  // The console says so; meanwhile everybody goes on.
  await eventually(60_000, async () => {
    const { directory } = (await lena.ask('GET', '/api/desk')).body as {
      directory?: { reachable: boolean; sinceUtcMs: number | null };
    };
    return directory?.reachable === false && directory.sinceUtcMs !== null;
  });
  assert.deepEqual([await isOut(tara), await isOut(lena)], [false, false]);
  await sessionIs(tara, serviceCase, 'granted');
  assert.deepEqual(cart.ends, []);
  await eventually(60_000, async () => cart.ends.length > 0);
  await eventually(5_000, async () => (await isOut(tara)) && (await isOut(lena)));
});

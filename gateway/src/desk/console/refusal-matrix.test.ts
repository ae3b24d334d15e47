/**
 * Goal: every operation and every WebSocket answers every kind of caller as its row says, whoever it refuses changes nothing
 * and learns nothing, and an operation without a row fails.
 * Method: the published document of a gateway over TLS, walked with each caller. The rows stand here a second time, apart
 * from the route table that they check.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CONFIRMATION_LIFE_MS } from '@chaperone/protocol/console-api/administration.ts';
import {
  LEAD_ALONE,
  Technician,
  factsOf,
  newTestGateway,
} from '../../composition/testing/gateway-harness.ts';
import type { Answer, TestGateway } from '../../composition/testing/gateway-harness.ts';
import { uploadFile } from '../../composition/testing/upload-file.ts';
import {
  PLANTED,
  grantSession,
  openCase,
  resolveCase,
  sessionIs,
} from '../../composition/testing/session-script.ts';
import type { TestCase } from '../../composition/testing/session-script.ts';
import { PROBLEM_TABLE } from '../../platform/problem/problem-table.ts';
import { ManualClock } from '../../platform/testing/manual-clock.ts';
import { ROUTE_TABLE } from './console.ts';
import { CALLERS, MATRIX, WEB_SOCKETS, refusalOf } from './testing/refusal-matrix.ts';
import type { CallerName, Row } from './testing/refusal-matrix.ts';

const IDLE_MS = 900_000;
const password = 'chestnut-velvet-19';
const clock = new ManualClock(Date.now());
const people = {} as Record<CallerName, Technician>;
let gateway: TestGateway;
let open: TestCase;
let resolved: TestCase;
let ended: TestCase;
let published: Readonly<Record<string, Readonly<Record<string, unknown>>>>;

before(async () => {
  gateway = await newTestGateway({ clock }, null, 'off-demo', 'browser-chain');
  const { running } = gateway;
  const enrolled = async (): Promise<Technician> => {
    const technician = new Technician(running.consoleUrl);
    await technician.enrol(running);
    return technician;
  };
  for (const name of CALLERS) people[name] = await enrolled();
  const unlicensed = new Technician(running.consoleUrl);
  unlicensed.tls = { ca: running.authority.publicRoots.browserRootPEM };
  people.unlicensed = unlicensed;
  const amir = await enrolled();
  await people.designated.passGates('tara');
  await amir.passGates('amir');
  await gateway.enrolCart('US-1');
  resolved = await casesOf(amir, 'US-1');
  assert.equal((await resolveCase(people.designated, resolved)).status, 200);
  open = await casesOf(amir, 'US-1');
  const cart = await gateway.enrolCart('US-2');
  await cart.connect();
  ended = await casesOf(amir, 'US-2');
  await grantSession(people.designated, cart, ended);
  await ask(people.designated, 'POST', `/api/cases/${ended.id}/session/leave`);
  await sessionIs(people.designated, ended, 'ended');

  await people.expired.passGates('tara');
  clock.advance(IDLE_MS + 1);
  await people.staleDesignated.passGates('tara');
  await people.staleAdministrator.passGates('ada');
  await people.staleLead.passGates('lena');
  await people.staleAuditor.passGates('ines');
  clock.advance(CONFIRMATION_LIFE_MS + 1);
  await people.designated.passGates('tara');
  await people.lead.passGates('lena');
  await people.administrator.passGates('ada');
  await people.engineer.passGates('finn');
  await people.auditor.passGates('ines');
  const otto = {
    accountName: 'otto',
    directoryLogin: 'otto.brandt',
    name: 'Otto Brandt',
    password,
  };
  await running.administer({ act: 'add-account', by: 'test', ...otto });
  const directory = { login: 'otto.brandt', password };
  await people.outsider.passGatesWith(directory, { userId: 'otto', password });
  const { login, displayName: name } = LEAD_ALONE;
  const mira = { accountName: 'mira', directoryLogin: login, name, password };
  await running.administer({ act: 'add-account', by: 'test', ...mira });
  await people.designatedLead.passGatesWith({ login, password }, { userId: 'mira', password });
  for (const { id } of [open, ended]) {
    const designation = { technician: people.designatedLead.id };
    const done = await ask(people.lead, 'POST', `/api/cases/${id}/designations`, designation);
    assert.equal(done.status, 200, done.text);
  }
  await firstGate(people.half, 'tara.lindqvist', 'lakeside-teal-41');
  await amir.passGates('amir');
  await recovered(amir, people.givenPassword);
  const document = await ask(people.nobody, 'GET', '/api/openapi.json');
  published = (document.body as { paths: typeof published }).paths;
});
after(async () => await gateway[Symbol.asyncDispose]());

const ask = async (
  who: Technician,
  method: string,
  target: string,
  body?: unknown,
): Promise<Answer> => await who.ask(method, target, method === 'POST' ? { body: body ?? {} } : {});

/** A case of somebody who asks nothing here, for which one technician is designated. */
async function casesOf(opener: Technician, serial: string): Promise<TestCase> {
  const made = await openCase(opener, serial);
  const path = `/api/cases/${made.id}/designations`;
  const answer = await ask(opener, 'POST', path, { technician: people.designated.id });
  assert.equal(answer.status, 200, answer.text);
  return made;
}

async function firstGate(who: Technician, login: string, own: string): Promise<void> {
  const { workstation } = who;
  const answer = await ask(who, 'POST', '/api/sign-in/directory', {
    login,
    password: own,
    workstation,
  });
  assert.equal(answer.status, 200, answer.text);
}

/** Leads somebody to the choice of a new password, after two have recovered their account. */
async function recovered(amir: Technician, who: Technician): Promise<void> {
  const asked = { act: 'recover-account', target: amir.id, reason: 'lost it' };
  const proposed = await ask(people.administrator, 'POST', '/api/proposals', asked);
  assert.equal(proposed.status, 200, proposed.text);
  const path = `/api/proposals/${String(proposed.body['id'])}/approve`;
  const done = await ask(amir, 'POST', path);
  const given = String(done.body['firstPassword']);
  await firstGate(who, 'amir.haddad', 'willow-granite-84');
  const second = { userId: 'amir', password: given };
  const step = await ask(who, 'POST', '/api/sign-in/gateway', second);
  assert.equal(step.body['next'], 'new-password', step.text);
}

const operations = (): readonly (readonly [string, string, string])[] =>
  Object.entries(published).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => {
      const name = `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1').replace('{*}', '*')}`;
      return [name, method.toUpperCase(), path] as const;
    }),
  );

const nothing = (prefix: string): string => `${prefix}-${'0'.repeat(26)}`;
const targetOf = (path: string, serviceCase: string): string =>
  path
    .replace('{case}', serviceCase)
    .replace('{transfer}', nothing('xfer'))
    .replace('{record}', nothing('recd'))
    .replace('{account}', nothing('tech'))
    .replace('{licence}', nothing('lcnc'))
    .replace('{workstation}', nothing('wrks'))
    .replace('{session}', nothing('sess'))
    .replace('{proposal}', nothing('prop'))
    .replace('{report}', nothing('acpt'))
    .replace('{export}', nothing('xprt'))
    .replace('{technician}', nothing('tech'))
    .replace('{signIn}', 'A'.repeat(43))
    .replace('{serial}', 'US-404')
    .replace('{*}', 'entries/000.p/1');

/** What everybody who may see it sees of what can be changed. */
async function everything(): Promise<string> {
  const seen: string[] = [];
  for (const list of ['accounts', 'workstations', 'licences', 'carts', 'sessions'])
    seen.push((await ask(people.administrator, 'GET', `/api/admin/${list}?size=100`)).text);
  for (const path of [
    '/api/cases',
    `/api/cases/${open.id}`,
    `/api/cases/${ended.id}`,
    '/api/proposals',
  ])
    seen.push((await ask(people.lead, 'GET', path)).text);
  return seen.join('\n').replaceAll(/"(?:lastSeen|lastSignIn)UtcMs":\d+/g, '');
}

test('every operation of the published document and every WebSocket has a row, and no row is left over', () => {
  const listed = operations().map(([name]) => name);
  const hidden = ['GET /api/openapi.json'];
  assert.deepEqual(new Set([...listed, ...hidden]), new Set(Object.keys(MATRIX)));
  const sockets = Object.keys(ROUTE_TABLE).filter(
    (name) => !listed.includes(name) && !hidden.includes(name),
  );
  assert.deepEqual(new Set(sockets), new Set(Object.keys(WEB_SOCKETS)));
});

test('each refuses each caller as its row says; who is refused changes nothing and learns nothing', async () => {
  const before = await everything();
  const counted = (await factsOf(gateway.running)).length;
  let refused = 0;
  for (const [name, method, path] of operations()) {
    const row = MATRIX[name];
    assert.ok(row, name);
    const cases = path.includes('{case}') ? [open.id, resolved.id, ended.id] : [''];
    for (const caller of CALLERS) {
      const code = refusalOf(row, caller);
      if (code === null) continue;
      for (const id of cases) {
        const what = `${caller}: ${name}`;
        const answer = await ask(people[caller], method, targetOf(path, id));
        assert.deepEqual(
          [answer.status, answer.body['code']],
          [PROBLEM_TABLE[code].status, code],
          `${what}: ${answer.text.slice(0, 300)}`,
        );
        for (const planted of [...Object.values(PLANTED), 'St. Test', open.number])
          assert.ok(!answer.text.includes(planted), what);
        if (code === 'CASE_UNKNOWN') {
          const absent = await ask(people[caller], method, targetOf(path, nothing('case')));
          assert.equal(answer.text, absent.text, what);
        }
        refused += 1;
      }
    }
  }
  assert.ok(refused > 600, String(refused));
  assert.equal(await everything(), before);
  const since = (await factsOf(gateway.running)).slice(counted).map(({ kind }) => kind);
  assert.deepEqual(new Set(since), new Set(['access-refused']));
});

test('whoever a row lets through is not refused for who they are', async () => {
  const refusals = new Set(['NOT_SIGNED_IN', 'NOT_ALLOWED', 'NOT_DESIGNATED', 'CASE_UNKNOWN']);
  for (const code of ['CONFIRMATION_REQUIRED', 'WORKSTATION_REFUSED']) refusals.add(code);
  for (const [name, method, path] of operations()) {
    const row: Row | undefined = MATRIX[name];
    // They end the sign-in, or never end; each has a test of its own.
    if (row === undefined || /sign-out|\/api\/events/.test(name)) continue;
    for (const caller of CALLERS) {
      if (refusalOf(row, caller) !== null) continue;
      const body = { nothing: 'of use' };
      const answer = await ask(people[caller], method, targetOf(path, open.id), body);
      const what = `${caller}: ${name}: ${answer.status} ${answer.text.slice(0, 300)}`;
      assert.ok(!refusals.has(String(answer.body['code'])), what);
      assert.ok(answer.status < 500, what);
    }
  }
});

/** The status with which a WebSocket is refused, or the reason with which it is closed. */
async function endOf(socket: ReturnType<Technician['webSocket']>): Promise<string> {
  socket.on('error', () => undefined);
  return await new Promise<string>((resolve) => {
    socket.once('unexpected-response', (_request, { statusCode }) => resolve(String(statusCode)));
    socket.once('close', (_code, reason) => resolve(String(reason)));
  });
}

test('a WebSocket is opened for nobody else', async () => {
  for (const [name, row] of Object.entries(WEB_SOCKETS)) {
    const target = targetOf(name.replace('GET ', '').replaceAll(/:(\w+)/g, '{$1}'), open.id);
    for (const caller of CALLERS) {
      const code = refusalOf(row, caller);
      const expected = code === null ? 'NO_SESSION' : String(PROBLEM_TABLE[code].status);
      const socket = people[caller].webSocket(target);
      assert.equal(await endOf(socket), expected, `${caller}: ${name}`);
    }
  }
});

test('the right people get no further where the case is resolved, or its session has ended', async () => {
  const at = (id: string, rest: string): string => `/api/cases/${id}/${rest}`;
  const note = { text: 'too late' };
  const late = Buffer.from('too late');
  const upload = await uploadFile(people.designated, resolved.id, 'a.txt', late);
  assert.deepEqual([upload.status, upload.body['code']], [409, 'CASE_KEY_MISSING']);
  const closed = [
    [people.designated, 'POST', at(resolved.id, 'notes'), note],
    [people.lead, 'POST', at(resolved.id, 'designations'), { technician: people.lead.id }],
    [people.lead, 'POST', at(resolved.id, 'resolve'), { confirmNumber: resolved.number }],
  ] as const;
  for (const [who, method, path, body] of closed) {
    const answer = await ask(who, method, path, body);
    assert.deepEqual([answer.status, answer.body['code']], [409, 'CASE_NOT_OPEN'], path);
  }
  const over = [
    ['GET', at(ended.id, 'session/directories'), undefined],
    ['GET', at(ended.id, 'session/files?directory=logs'), undefined],
    ['POST', at(ended.id, 'fetches'), { directory: 'logs', path: 'a.txt' }],
  ] as const;
  for (const [method, path, body] of over) {
    const answer = await ask(people.designated, method, path, body);
    assert.deepEqual([answer.status, answer.body['code']], [409, 'NO_SESSION'], path);
  }
});

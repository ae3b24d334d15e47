/**
 * Goal: every operation of the published API is refused to everybody whom its row does not let through, and the
 * browser's defences are there.
 * Method: the OpenAPI document of a running gateway is walked with each kind of caller; an operation without a row fails.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { Technician, newTestGateway } from '../../composition/testing/gateway-harness.ts';
import type { TestGateway } from '../../composition/testing/gateway-harness.ts';
import { openCase, resolveCase } from '../../composition/testing/session-script.ts';
import type { TestCase } from '../../composition/testing/session-script.ts';
import { DEMO_SIGN_INS } from '../../composition.ts';
import { ROUTE_TABLE } from './console.ts';
import type { Requirement, RouteRule } from './console.ts';

interface OpenAPI {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

let gateway: TestGateway;
let nobody: Technician;
let half: Technician;
let outsider: Technician;
let designated: Technician;
let lead: Technician;
let open: TestCase;
let resolved: TestCase;
let document: OpenAPI;

before(async () => {
  gateway = await newTestGateway();
  const { running } = gateway;
  await gateway.enrolCart('US-1');
  await gateway.enrolCart('US-2');
  designated = await gateway.signedIn('tara');
  lead = await gateway.signedIn('lena');
  nobody = new Technician(running.consoleUrl);
  half = new Technician(running.consoleUrl);
  await half.enrol(running);
  const [tara] = DEMO_SIGN_INS;
  await half.ask('POST', '/api/sign-in/directory', {
    body: { ...tara?.directory, workstation: half.workstation },
  });
  outsider = await newTechnician();
  resolved = await openCase(designated, 'US-1');
  const answer = await resolveCase(designated, resolved);
  assert.equal(answer.status, 200, answer.text);
  open = await openCase(designated, 'US-2');
  const published = await nobody.ask('GET', '/api/openapi.json');
  document = published.body as unknown as OpenAPI;
});
after(async () => await gateway[Symbol.asyncDispose]());

/** A technician whom nobody designated: the demo's lead without a lead's role is not there, so one is made. */
async function newTechnician(): Promise<Technician> {
  const technician = await gateway.signedInAs({ login: 'otto.brandt', displayName: 'Otto Brandt' });
  return technician;
}

const callers = () =>
  [
    ['nobody', nobody],
    ['half', half],
    ['outsider', outsider],
    ['designated', designated],
    ['lead', lead],
  ] as const;
type CallerName = ReturnType<typeof callers>[number][0];

/** The refusal that each requirement has for each caller; absent means that the guard lets them through. */
const REFUSALS: Readonly<Record<Requirement, Partial<Record<CallerName, string>>>> = {
  anybody: {},
  // This one is without TLS: nobody shows a certificate.
  workstation: {
    nobody: 'WORKSTATION_REFUSED',
    half: 'WORKSTATION_REFUSED',
    outsider: 'WORKSTATION_REFUSED',
    designated: 'WORKSTATION_REFUSED',
    lead: 'WORKSTATION_REFUSED',
  },
  'first-gate': {},
  // Also to those who are in: it is passed on the way, not afterwards.
  'third-gate': {
    nobody: 'NOT_SIGNED_IN',
    half: 'NOT_SIGNED_IN',
    outsider: 'NOT_SIGNED_IN',
    designated: 'NOT_SIGNED_IN',
    lead: 'NOT_SIGNED_IN',
  },
  'new-password': {
    nobody: 'NOT_SIGNED_IN',
    half: 'NOT_SIGNED_IN',
    outsider: 'NOT_SIGNED_IN',
    designated: 'NOT_SIGNED_IN',
    lead: 'NOT_SIGNED_IN',
  },
  'signed-in': { nobody: 'NOT_SIGNED_IN', half: 'NOT_SIGNED_IN' },
  // Which roles pass is in `roles.test.ts`.
  role: { nobody: 'NOT_SIGNED_IN', half: 'NOT_SIGNED_IN' },
  case: { nobody: 'NOT_SIGNED_IN', half: 'NOT_SIGNED_IN', outsider: 'CASE_UNKNOWN' },
  designated: {
    nobody: 'NOT_SIGNED_IN',
    half: 'NOT_SIGNED_IN',
    outsider: 'CASE_UNKNOWN',
    lead: 'NOT_DESIGNATED',
  },
  designator: { nobody: 'NOT_SIGNED_IN', half: 'NOT_SIGNED_IN', outsider: 'CASE_UNKNOWN' },
};
const GUARD_CODES = new Set([
  'NOT_SIGNED_IN',
  'CASE_UNKNOWN',
  'NOT_DESIGNATED',
  'NOT_ALLOWED',
  'ORIGIN_REFUSED',
]);

function operations(): readonly (readonly [string, string])[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => [method.toUpperCase(), path] as const),
  );
}

/** `/api/cases/{case}` as the route table and Fastify write it. */
const asRoute = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');
const target = (path: string, serviceCase: TestCase): string =>
  path
    .replace('{case}', serviceCase.id)
    .replace('{transfer}', `xfer-${'0'.repeat(26)}`)
    .replace('{record}', `recd-${'0'.repeat(26)}`);
const hasBody = (method: string): boolean => method === 'POST';

describe('the refusal matrix', () => {
  test('the document is OpenAPI 3.1, and every operation in it has a row', () => {
    assert.match(document.openapi, /^3\.1\./);
    const rows = new Set(Object.keys(ROUTE_TABLE));
    const listed = operations().map(([method, path]) => `${method} ${asRoute(path)}`);
    assert.deepEqual(
      listed.filter((name) => !rows.has(name)),
      [],
    );
    // The document itself, and the WebSocket, which OpenAPI cannot describe and a test of its own examines.
    const hidden = ['GET /api/cases/:case/session/screen', 'GET /api/openapi.json'];
    assert.deepEqual([...rows].filter((name) => !listed.includes(name)).toSorted(), hidden);
  });

  test('each operation refuses each caller as its row says, on open and on resolved cases', async () => {
    for (const [method, path] of operations()) {
      const rule = (ROUTE_TABLE as Readonly<Record<string, RouteRule>>)[
        `${method} ${asRoute(path)}`
      ];
      assert.ok(rule !== undefined);
      const { requirement } = rule;
      // Its own test below: it would sign the callers out.
      if (['/api/sign-out', '/api/me/sign-out-everywhere'].includes(path)) continue;
      for (const serviceCase of path.includes('{case}') ? [open, resolved] : [open]) {
        for (const [name, caller] of callers()) {
          if (path === '/api/events' && !['nobody', 'half'].includes(name)) continue;
          const sent = hasBody(method) ? { body: { nothing: 'of use' } } : {};
          const answer = await caller.ask(method, target(path, serviceCase), sent);
          const expected: string | undefined = REFUSALS[requirement][name];
          const what = `${name}: ${method} ${path}: ${answer.status} ${answer.text.slice(0, 200)}`;
          if (expected !== undefined) assert.equal(answer.body['code'], expected, what);
          else if (requirement !== 'first-gate' && requirement !== 'role')
            assert.ok(!GUARD_CODES.has(String(answer.body['code'])), what);
          assert.ok(answer.status < 500, what);
        }
      }
    }
  });

  test('what one may not know looks exactly like what is not there', async () => {
    const there = await outsider.ask('GET', `/api/cases/${open.id}`);
    const absent = await outsider.ask('GET', `/api/cases/case-${'0'.repeat(26)}`);
    assert.deepEqual([there.status, there.text], [absent.status, absent.text]);
    const listed = await outsider.ask('GET', '/api/cases');
    assert.deepEqual(listed.body, { cases: [] });
    const carts = await outsider.ask('GET', '/api/carts');
    assert.ok(!carts.text.includes(open.id) && !carts.text.includes('St. Test'));
  });

  test('a WebSocket without a sign-in, or of another origin, is not opened', async () => {
    const screen = `/api/cases/${open.id}/session/screen`;
    const refused = async (socket: ReturnType<Technician['webSocket']>): Promise<number> => {
      socket.on('error', () => undefined);
      const [, response] = await once(socket, 'unexpected-response');
      return response.statusCode;
    };
    assert.equal(await refused(nobody.webSocket(screen)), 401);
    assert.equal(await refused(outsider.webSocket(screen)), 404);
    assert.equal(
      await refused(designated.webSocket(screen, { origin: 'https://evil.example' })),
      403,
    );
    const socket = designated.webSocket(screen);
    const [code, reason] = await once(socket, 'close');
    assert.deepEqual([code, String(reason)], [4003, 'NO_SESSION']);
  });
});

describe('the defences of a browser', () => {
  test('a page of another origin can change nothing', async () => {
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: '' },
      { 'sec-fetch-site': 'cross-site' },
      { host: 'rebound.example' },
    ]) {
      const body = { facility: 'x', cart: 'US-1', caller: 'x', complaint: 'x' };
      const answer = await designated.ask('POST', '/api/cases', { body, headers });
      assert.equal(answer.body['code'], 'ORIGIN_REFUSED', JSON.stringify(headers));
    }
    const rebound = await designated.ask('GET', '/api/me', {
      headers: { host: 'rebound.example' },
    });
    assert.equal(rebound.body['code'], 'ORIGIN_REFUSED');
  });

  test('every answer carries the policy; answers of the API are not kept', async () => {
    for (const path of [
      '/',
      '/api/about',
      '/api/cases',
      '/no/such/page',
      '/api/none',
      '/api/cases/%zz',
    ]) {
      const { headers } = await nobody.ask('GET', path);
      const policy = String(headers['content-security-policy']);
      assert.match(policy, /script-src 'self'(;|$)/);
      assert.match(policy, /frame-ancestors 'none'/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      if (path.startsWith('/api/')) assert.equal(headers['cache-control'], 'no-store');
    }
  });

  test('the cookie is for HTTP only and for this site only, and stands nowhere in the database', async () => {
    const technician = new Technician(gateway.running.consoleUrl);
    await technician.enrol(gateway.running);
    const [tara] = DEMO_SIGN_INS;
    const first = { ...tara?.directory, workstation: technician.workstation };
    const answer = await technician.ask('POST', '/api/sign-in/directory', { body: first });
    const [cookie = ''] = answer.headers['set-cookie'] as string[];
    assert.match(cookie, /^chaperone-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    const planted = technician.cookie;
    await technician.ask('POST', '/api/sign-in/gateway', { body: tara?.gateway });
    assert.notEqual(technician.cookie, planted);
    // What was planted before the sign-in is worth nothing after it.
    technician.cookie = planted;
    assert.equal((await technician.ask('GET', '/api/me')).status, 401);
  });

  test('bodies that are too large, malformed or of another type are refused', async () => {
    const large = await designated.ask('POST', '/api/cases', {
      body: { facility: 'x'.repeat(300_000) },
    });
    assert.equal(large.body['code'], 'REQUEST_TOO_LARGE');
    const headers = { 'content-type': 'application/json' };
    const broken = await designated.ask('POST', '/api/cases', { bytes: Buffer.from('{'), headers });
    assert.equal(broken.body['code'], 'REQUEST_MALFORMED');
    const address = await designated.ask('GET', '/api/cases/%zz');
    assert.deepEqual([address.status, address.body['code']], [400, 'REQUEST_MALFORMED']);
    assert.ok(!address.text.includes('%zz'));
    const other = await designated.ask('POST', '/api/cases', {
      bytes: Buffer.from('<a/>'),
      headers: { 'content-type': 'text/xml' },
    });
    assert.equal(other.body['code'], 'MEDIA_TYPE_UNSUPPORTED');
    const cart = { facility: 'x', cart: 'US-404', caller: 'x', complaint: 'x' };
    assert.equal(
      (await designated.ask('POST', '/api/cases', { body: cart })).body['code'],
      'CART_UNKNOWN',
    );
  });

  test('text that no URL or database can carry is malformed, wherever it comes', async () => {
    const about = { facility: 'x', cart: 'US-2', caller: 'x', complaint: 'x' };
    for (const broken of ['a\0b', 'a\ud800b']) {
      const asked = [
        ['POST', '/api/cases', { ...about, complaint: broken }],
        ['POST', '/api/cases', { ...about, cart: broken }],
        ['POST', `/api/cases/${open.id}/notes`, { text: broken }],
        ['POST', `/api/cases/${open.id}/fetches`, { directory: broken, path: 'a' }],
        ['POST', '/api/sign-in/directory', { login: broken, password: 'x', workstation: 'x' }],
      ] as const;
      for (const [method, path, body] of asked) {
        const answer = await designated.ask(method, path, { body });
        assert.deepEqual([answer.status, answer.body['code']], [400, 'REQUEST_MALFORMED'], path);
      }
    }
    const unknown = await designated.ask('GET', '/api/cases/a%00b');
    assert.equal(unknown.body['code'], 'CASE_UNKNOWN');
  });

  test('signing out ends the sign-in', async () => {
    const technician = await gateway.signedIn('tara');
    assert.equal((await technician.ask('GET', '/api/me')).status, 200);
    const { cookie } = technician;
    assert.equal((await technician.ask('POST', '/api/sign-out')).status, 204);
    technician.cookie = cookie;
    assert.equal((await technician.ask('GET', '/api/me')).status, 401);
  });
});

test('events tell a technician of the own cases only', async () => {
  const heard = await designated.listen();
  const others = await outsider.listen();
  const note = { body: { text: 'something new' } };
  assert.equal((await designated.ask('POST', `/api/cases/${open.id}/notes`, note)).status, 200);
  await heard.until((event) => event['type'] === 'case' && event['case'] === open.id);
  // A change that both may hear of comes later, so what the outsider was not told will not come.
  const cart = await gateway.enrolCart('US-3');
  await cart.connect();
  await others.until((event) => event['type'] === 'carts');
  assert.ok(others.events.every((event) => event['type'] === 'carts'));
  heard.close();
  others.close();
});

/**
 * Goal: what one may not know looks like what is not there, and the browser's defences are there. Who is refused what is in
 * `refusal-matrix.test.ts`. Method: a running gateway, asked as a browser asks, and as a page of another origin does.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { Technician, newTestGateway } from '../../composition/testing/gateway-harness.ts';
import type { TestGateway } from '../../composition/testing/gateway-harness.ts';
import { openCase } from '../../composition/testing/session-script.ts';
import type { TestCase } from '../../composition/testing/session-script.ts';
import { DEMO_SIGN_INS } from '../../composition.ts';

let gateway: TestGateway;
let nobody: Technician;
let outsider: Technician;
let designated: Technician;
let open: TestCase;

before(async () => {
  gateway = await newTestGateway();
  const { running } = gateway;
  await gateway.enrolCart('US-1');
  await gateway.enrolCart('US-2');
  designated = await gateway.signedIn('tara');
  nobody = new Technician(running.consoleUrl);
  outsider = await newTechnician();
  open = await openCase(designated, 'US-2');
});
after(async () => await gateway[Symbol.asyncDispose]());

/** A technician whom nobody designated: the demo's lead without a lead's role is not there, so one is made. */
async function newTechnician(): Promise<Technician> {
  const technician = await gateway.signedInAs({ login: 'otto.brandt', displayName: 'Otto Brandt' });
  return technician;
}

describe('somebody without a right to a case', () => {
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
      // What cannot be read is answered before the gate, with a policy that names nothing of this place.
      const isReadable = !path.includes('%zz');
      assert.match(policy, isReadable ? /script-src 'self'(;|$)/ : /^default-src 'none'$/);
      if (isReadable) assert.match(policy, /frame-ancestors 'none'/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      if (path.startsWith('/api/')) assert.equal(headers['cache-control'], 'no-store');
    }
  });

  test('HEAD of the event stream, which has no end, is not there and holds no place', async () => {
    const answer = await designated.ask('HEAD', '/api/events');
    assert.equal(answer.status, 404);
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

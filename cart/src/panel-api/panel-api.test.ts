// Goal: only the operator's own panel acts for the operator; another page, another program and another name for the
// loopback address get nothing. Method: raw HTTP against the agent as it is started, with every header that a browser
// or a program could send, and the real journal read back.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { before, test } from 'node:test';
import type { TestContext } from 'node:test';
import { NOTICE_VERSION } from '@chaperone/domain/notice/notice.ts';
import { panelView } from '@chaperone/protocol/panel-api/schema.ts';
import { enrolledCart, startAgent } from '../composition/testing/enrolled-cart.ts';
import { testCertificates } from '../platform/testing/cart-bench.ts';
import type { TestCertificates } from '../platform/testing/cart-bench.ts';
import { pressButton } from './panel-api.ts';

let certificates: TestCertificates;
before(async () => {
  certificates = await testCertificates();
});

/** No test here reaches a gateway; this port is nobody's. */
const NO_GATEWAY = 9;

async function start(t: TestContext) {
  const enrolled = await enrolledCart(t, certificates, NO_GATEWAY);
  const pages = path.join(enrolled.directory, 'pages');
  await mkdir(pages);
  await writeFile(path.join(pages, 'index.html'), '<!doctype html>');
  await writeFile(path.join(pages, '.hidden'), 'hidden');
  const cart = await startAgent(enrolled, { pagesDirectory: pages });
  const { host } = new URL(cart.panelUrl);
  const good = {
    host,
    authorization: `Bearer ${cart.credential}`,
    origin: cart.panelUrl,
    'sec-fetch-site': 'same-origin',
    'content-type': 'application/json',
  };
  const ask = (
    method: string,
    target: string,
    headers: Readonly<Record<string, string>>,
    body = '',
  ) => askRaw(host, method, target, headers, body);
  const facts = async (): Promise<string> =>
    readFile(path.join(enrolled.dataDirectory, 'journal', 'journal.ndjson'), 'utf8');
  return { ...enrolled, cart, host, good, ask, facts };
}

interface RawAnswer {
  readonly status: number;
  readonly code: string | undefined;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

async function askRaw(
  host: string,
  method: string,
  target: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<RawAnswer> {
  const [address, port] = host.split(':');
  const request = http.request({
    host: address,
    port,
    method,
    path: target,
    headers,
    setHost: false,
  });
  request.end(method === 'POST' || method === 'PUT' ? body : undefined);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  const isProblem =
    text !== '' && response.headers['content-type']?.startsWith('application/problem+json');
  const code = isProblem ? String((JSON.parse(text) as { code: unknown }).code) : undefined;
  return { status: response.statusCode ?? 0, code, headers: response.headers, body: text };
}

function without(headers: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
}

test('the panel itself presses, accepts and ends', async (t) => {
  const { cart, good, ask } = await start(t);
  assert.equal((await ask('POST', '/api/press', good, '{}')).status, 204);
  assert.equal(cart.view().phase, 'notice');
  const late = await ask('POST', '/api/notice/accept', good, '{"noticeVersion":"old"}');
  assert.deepEqual([late.status, late.code], [409, 'NOTICE_OUTDATED']);
  const accepted = await ask(
    'POST',
    '/api/notice/accept',
    good,
    JSON.stringify({ noticeVersion: NOTICE_VERSION }),
  );
  assert.equal(accepted.status, 204);
  assert.equal(cart.view().phase, 'dialling');
  assert.equal((await ask('POST', '/api/end', good, '{}')).status, 204);
  const { body } = await ask('GET', '/api/view', without(good, 'content-type'));
  assert.equal(panelView.parse(JSON.parse(body)).ended?.reason, 'operator-ended');
});

const IMPOSTORS: readonly [string, Readonly<Record<string, string>>, string][] = [
  ['no credential', { authorization: '' }, 'PANEL_CREDENTIAL_REFUSED'],
  ['another credential', { authorization: `Bearer ${'A'.repeat(43)}` }, 'PANEL_CREDENTIAL_REFUSED'],
  ['another scheme', { authorization: 'Basic QTpB' }, 'PANEL_CREDENTIAL_REFUSED'],
  ['another page', { origin: 'https://evil.example' }, 'PANEL_ORIGIN_REFUSED'],
  ['another port of loopback', { origin: 'http://127.0.0.1:1' }, 'PANEL_ORIGIN_REFUSED'],
  ['a page without an origin', { origin: 'null' }, 'PANEL_ORIGIN_REFUSED'],
  ['a cross-site fetch', { 'sec-fetch-site': 'cross-site' }, 'PANEL_ORIGIN_REFUSED'],
  ['a same-site fetch', { 'sec-fetch-site': 'same-site' }, 'PANEL_ORIGIN_REFUSED'],
  ['a navigation to the interface', { 'sec-fetch-site': 'none' }, 'PANEL_ORIGIN_REFUSED'],
  ['a rebound name', { host: 'evil.example' }, 'PANEL_HOST_REFUSED'],
  ['localhost by another name', { host: 'localhost' }, 'PANEL_HOST_REFUSED'],
];
for (const [what, change, code] of IMPOSTORS) {
  test(`refused and written down: ${what}`, async (t) => {
    const { cart, good, ask, facts } = await start(t);
    for (const act of ['press', 'notice/accept', 'consent', 'resume', 'end']) {
      const answer = await ask('POST', `/api/${act}`, { ...good, ...change }, '{}');
      assert.deepEqual([answer.status, answer.code], [403, code]);
    }
    assert.equal(cart.view().phase, 'idle');
    await cart.close();
    assert.match(await facts(), new RegExp(`"operation":"panel press","code":"${code}"`));
  });
}

test('a POST without an Origin is refused, a GET without one is not', async (t) => {
  const { good, ask } = await start(t);
  const bare = without(good, 'origin');
  assert.equal((await ask('POST', '/api/press', bare, '{}')).code, 'PANEL_ORIGIN_REFUSED');
  assert.equal((await ask('GET', '/api/view', bare)).status, 200);
});

test('no way of writing the address goes around the credential', async (t) => {
  const { cart, good, ask } = await start(t);
  const bare = without(good, 'authorization');
  for (const target of [
    '/api/view',
    '/%61pi/view',
    '/api%2fview',
    '//api/view',
    '/api/../api/view',
    '/./api/view',
    '/API/view',
    '/api/view/',
    '/api/view?x=1',
    '/api;x/view',
  ]) {
    for (const method of ['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT']) {
      const { status, body } = await ask(method, target, bare, '{}');
      assert.ok(status === 403 || status === 404, `${method} ${target}: ${status}`);
      assert.doesNotMatch(body, /serviceCentre/);
    }
  }
  for (const target of ['/%61pi/press', '/api/%70ress']) {
    assert.notEqual((await ask('POST', target, bare, '{}')).status, 204);
  }
  assert.equal(cart.view().phase, 'idle');
});

test('an address that cannot be read is refused as everything else is', async (t) => {
  const { good, ask } = await start(t);
  const { status, code, headers, body } = await ask('GET', '/api/%zz', good);
  assert.deepEqual([status, code], [400, 'REQUEST_MALFORMED']);
  assert.match(String(headers['content-security-policy']), /default-src 'none'/);
  assert.ok(!body.includes('%zz'));
});

test('a form of another page cannot be taken for a request', async (t) => {
  const { good, ask } = await start(t);
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
    const { status, code } = await ask(
      'POST',
      '/api/press',
      { ...good, 'content-type': type },
      '{}',
    );
    assert.deepEqual([status, code], [415, 'MEDIA_TYPE_UNSUPPORTED']);
  }
});

test('bodies that are too large, no JSON or of another shape are refused', async (t) => {
  const { cart, good, ask } = await start(t);
  const press = async (body: string) => (await ask('POST', '/api/press', good, body)).code;
  assert.equal(await press(`{"a":"${'x'.repeat(5000)}"}`), 'REQUEST_TOO_LARGE');
  assert.equal(await press('{'), 'REQUEST_MALFORMED');
  assert.equal(await press('[]'), 'REQUEST_MALFORMED');
  assert.equal(await press('{"more":1}'), 'REQUEST_MALFORMED');
  assert.equal(await press('{"__proto__":{}}'), 'REQUEST_MALFORMED');
  assert.equal(cart.view().phase, 'idle');
});

test('the pages are served to a browser alone on this machine, under a strict policy, and nothing beside them', async (t) => {
  const { host, ask } = await start(t);
  const page = await ask('GET', '/', { host, 'sec-fetch-site': 'none' });
  assert.equal(page.status, 200);
  assert.match(
    String(page.headers['content-security-policy']),
    /default-src 'none'.*frame-ancestors 'none'/,
  );
  assert.equal(page.headers['cache-control'], 'no-store');
  assert.equal((await ask('GET', '/', { host: 'evil.example' })).code, 'PANEL_HOST_REFUSED');
  assert.equal(
    (await ask('GET', '/', { host, 'sec-fetch-site': 'cross-site' })).code,
    'PANEL_ORIGIN_REFUSED',
  );
  for (const target of [
    '/.hidden',
    '/../configuration.json',
    '/%2e%2e/data/panel-credential',
    '/..%2fdata',
  ]) {
    assert.equal((await ask('GET', target, { host })).status, 404, target);
  }
});

test('views come as lines: at once, at each change, and not to more than a few', async (t) => {
  const { dataDirectory, host, good } = await start(t);
  const open = async () => {
    const [address, port] = host.split(':');
    const request = http.request({
      host: address,
      port,
      path: '/api/views',
      headers: good,
      setHost: false,
    });
    request.on('error', () => undefined);
    t.after(() => request.destroy());
    request.end();
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.on('error', () => undefined);
    return response;
  };
  const first = await open();
  const lines: string[] = [];
  first.on('data', (chunk: Buffer) => lines.push(...chunk.toString('utf8').trim().split('\n')));
  await once(first, 'data');
  const next = once(first, 'data');
  await pressButton(dataDirectory);
  await next;
  assert.equal(panelView.parse(JSON.parse(lines.at(-1) ?? '')).phase, 'notice');
  for (let n = 0; n < 3; n += 1) assert.equal((await open()).statusCode, 200);
  assert.equal((await open()).statusCode, 429);
});

test('the press socket can press and do nothing else, and only for its own account', async (t) => {
  const { cart, dataDirectory } = await start(t);
  const socketFile = path.join(dataDirectory, 'press.sock');
  assert.equal((await stat(socketFile)).mode & 0o777, 0o600);
  assert.equal((await stat(dataDirectory)).mode & 0o777, 0o700);
  for (const text of [
    'accept\n',
    'press',
    'press\npress\n',
    'GET / HTTP/1.1\r\n\r\n',
    '\u0000'.repeat(5000),
  ]) {
    const socket = net.connect(socketFile);
    socket.on('error', () => undefined);
    socket.end(text);
    await once(socket, 'close');
    assert.equal(cart.view().phase, 'idle', JSON.stringify(text.slice(0, 20)));
  }
  await pressButton(dataDirectory);
  assert.equal(cart.view().phase, 'notice');
});

test('the credential is handed over in a file that only the agent can read, and is new at each start', async (t) => {
  const { cart, dataDirectory } = await start(t);
  const file = path.join(dataDirectory, 'panel-credential');
  assert.equal((await readFile(file, 'utf8')).trim(), cart.credential);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal(Buffer.from(cart.credential, 'base64url').length, 32);
  const other = await start(t);
  assert.notEqual(other.cart.credential, cart.credential);
});

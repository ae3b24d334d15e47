// Goal: the cart gets through a proxy, or says in a code why not; it shows its password only when it is asked, and in the strongest
// form that is offered. A proxy that is hostile or none at all costs time that is limited, and nothing else. Method: proxies on
// loopback that follow a script. What Squid does stands in test/network.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { ProxySettings } from '@chaperone/domain/network/proxy-settings.ts';
import { openRoad } from '../road.ts';
import { listenOn, startProxy } from '../testing/scripted-proxy.ts';

const CREDENTIALS = { name: 'cart', password: 'a secret: "quoted"' };
const NO_HOSTS = { servers: [], searchDomains: [], hosts: new Map<string, readonly string[]>() };

async function open(
  t: TestContext,
  proxyPort: number,
  credentials: typeof CREDENTIALS | null = null,
  signal = new AbortController().signal,
) {
  const port = await listenOn(t, (socket) => socket.end('behind the proxy'));
  const gateway = { host: 'gateway.example', port, serverName: 'gateway.example' };
  const proxy: ProxySettings = { kind: 'manual', host: '127.0.0.1', port: proxyPort, credentials };
  const machineNames = async () => NO_HOSTS;
  const road = await openRoad({ gateway, proxy }, signal, undefined, { machineNames });
  t.after(() => road.socket.destroy());
  return road;
}

function answer407(...challenges: readonly string[]): string {
  const fields = challenges.map((each) => `Proxy-Authenticate: ${each}\r\n`).join('');
  return `HTTP/1.1 407 No\r\n${fields}Content-Length: 4\r\n\r\nbody`;
}

test('the gateway is asked for by name, which the proxy looks up', async (t) => {
  const proxy = await startProxy(t, () => 'connect');
  const road = await open(t, proxy.port);
  assert.deepEqual(
    [road.namesBy, road.address, road.proxy?.authentication],
    ['proxy', null, 'none'],
  );
  const [said] = (await once(road.socket, 'data')) as [Buffer];
  assert.equal(said.toString(), 'behind the proxy');
  assert.match(proxy.heads[0] ?? '', /^CONNECT gateway\.example:\d+ HTTP\/1\.1\r\n/);
  assert.doesNotMatch(proxy.heads[0] ?? '', /authorization/i);
});

test('bytes that come with the answer are not lost', async (t) => {
  const proxy = await startProxy(t, () => 'HTTP/1.0 200 OK\r\nVia: x\r\n\r\nfirst words');
  const road = await open(t, proxy.port);
  const [said] = (await once(road.socket, 'data')) as [Buffer];
  assert.equal(said.toString(), 'first words');
});

test('Basic is shown when it is asked for, as UTF-8 and never before', async (t) => {
  const credentials = { name: 'wäger', password: 'ümlaut:' };
  const proxy = await startProxy(t, (_, count) =>
    count === 1 ? answer407('Negotiate', 'Basic realm="hospital"') : 'connect',
  );
  const road = await open(t, proxy.port, credentials);
  assert.equal(road.proxy?.authentication, 'basic');
  const expected = Buffer.from('wäger:ümlaut:').toString('base64');
  assert.doesNotMatch(proxy.heads[0] ?? '', /authorization/i);
  assert.match(proxy.heads[1] ?? '', new RegExp(`Proxy-Authorization: Basic ${expected}\r\n`));
});

test('Digest goes before Basic, by the strongest algorithm, and a stale nonce is answered anew', async (t) => {
  const md5 = 'Digest realm="r, \\"s\\"", nonce="n1", qop="auth-int,auth", algorithm=MD5';
  const sha = 'Digest realm="r", nonce="n2", opaque="o", qop="auth", algorithm=SHA-256';
  const proxy = await startProxy(t, (_, count) => {
    if (count === 1) return answer407(`Basic realm="r", ${md5}`, sha);
    return count === 2 ? answer407(`${sha.replace('n2', 'n3')}, stale=TRUE`) : 'connect';
  });
  const road = await open(t, proxy.port, CREDENTIALS);
  assert.equal(road.proxy?.authentication, 'digest');
  const [, second = '', third = ''] = proxy.heads;
  assert.match(second, /nonce="n2".*opaque="o"/);
  const value = (name: string): string =>
    new RegExp(`${name}="?([^",\r]*)`).exec(third.slice(third.indexOf('Digest')))?.[1] ?? '';
  const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
  const a1 = digest(`cart:r:${CREDENTIALS.password}`);
  const a2 = digest(`CONNECT:${value('uri')}`);
  assert.equal(value('nonce'), 'n3');
  assert.equal(value('response'), digest(`${a1}:n3:00000001:${value('cnonce')}:auth:${a2}`));
  assert.ok(!proxy.heads.join('').includes(CREDENTIALS.password));
});

const REFUSALS: readonly [string, string | null, string][] = [
  ['a forbidden port', 'HTTP/1.1 403 Forbidden\r\n\r\n', 'PROXY_PORT_REFUSED'],
  ['a gateway that it does not find', 'HTTP/1.1 503 No\r\n\r\n', 'PROXY_GATEWAY_UNREACHABLE'],
  ['a gateway that is slow behind it', 'HTTP/1.1 504 No\r\n\r\n', 'PROXY_GATEWAY_UNREACHABLE'],
  ['a web server', 'HTTP/1.1 405 No\r\nAllow: GET\r\n\r\n<html>', 'PROXY_NOT_A_PROXY'],
  ['a sign-in page', 'HTTP/1.1 302 Go\r\nLocation: http://x/\r\n\r\n', 'PROXY_NOT_A_PROXY'],
  ['something else', 'SSH-2.0-OpenSSH_10.0\r\n\r\n', 'PROXY_NOT_A_PROXY'],
  [
    'an answer without an end',
    `HTTP/1.1 200 OK\r\n${'A: b\r\n'.repeat(9999)}`,
    'PROXY_NOT_A_PROXY',
  ],
  ['silence', null, 'PROXY_SLOW'],
  ['one that is too busy', 'HTTP/1.1 429 Later\r\n\r\n', 'PROXY_SLOW'],
  ['a 407', answer407('Basic realm="r"'), 'PROXY_CREDENTIALS_MISSING'],
];
for (const [what, said, code] of REFUSALS) {
  test(`${what} is ${code}`, async (t) => {
    const proxy = await startProxy(t, () => said);
    await assert.rejects(open(t, proxy.port), (failure: Error & { readonly code: string }) => {
      assert.equal(failure.code, code);
      assert.ok(failure.message.includes(`127.0.0.1:${proxy.port}`), failure.message);
      return true;
    });
  });
}

test('a wrong password is told from a proof that nobody here can give', async (t) => {
  const wrong = await startProxy(t, () => answer407('Basic realm="r"'));
  await assert.rejects(open(t, wrong.port, CREDENTIALS), { code: 'PROXY_CREDENTIALS_REFUSED' });
  assert.equal(wrong.heads.length, 2);
  const foreign = await startProxy(t, () =>
    answer407('NTLM', 'Negotiate TlRMTVNTUAAC==', 'Digest realm="r", nonce="n", qop="auth-int"'),
  );
  await assert.rejects(open(t, foreign.port, CREDENTIALS), (failure: Error) => {
    assert.match(failure.message, /ntlm, negotiate, digest/);
    return 'code' in failure && failure.code === 'PROXY_AUTHENTICATION_UNKNOWN';
  });
  assert.equal(foreign.heads.length, 1);
  const endless = await startProxy(t, () => answer407('Digest realm="r", nonce="n", stale=true'));
  await assert.rejects(open(t, endless.port, CREDENTIALS), { code: 'PROXY_CREDENTIALS_REFUSED' });
  assert.equal(endless.heads.length, 3);
});

test('a proxy that hangs up, one that is not there and one without a name are told apart', async (t) => {
  const hangsUp = await listenOn(t, (socket) => socket.destroy());
  await assert.rejects(open(t, hangsUp), { code: 'PROXY_NOT_A_PROXY' });
  await assert.rejects(open(t, 9), { code: 'PROXY_UNREACHABLE' });
  const gateway = { host: 'gateway.example', port: 443, serverName: 'gateway.example' };
  const proxy = { kind: 'manual', host: 'proxy.invalid', port: 8080, credentials: null } as const;
  const opened = openRoad({ gateway, proxy }, new AbortController().signal);
  await assert.rejects(opened, { code: 'PROXY_NAME_UNKNOWN' });
});

test('when the time of the whole runs out at a proxy, the proxy is what was slow', async (t) => {
  const proxy = await startProxy(t, () => null);
  const opened = open(t, proxy.port, null, AbortSignal.timeout(300));
  await assert.rejects(opened, { code: 'PROXY_SLOW' });
});

test('asking stops, and the connection is closed, as soon as nobody wants it any more', async (t) => {
  const stop = new AbortController();
  const closed = Promise.withResolvers<void>();
  const port = await listenOn(t, (socket) => {
    socket.once('data', () => stop.abort(new Error('no longer wanted')));
    socket.once('close', closed.resolve);
  });
  await assert.rejects(open(t, port, null, stop.signal), /no longer wanted/);
  await closed.promise;
});

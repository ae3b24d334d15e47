// Goal: the cart talks to its own gateway or to nobody, and says in a code that a person can act on why not; a network that
// only pretends to be there is noticed. Method: real sockets that answer wrongly in every way, and a relay that freezes.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import tls from 'node:tls';
import { before, test } from 'node:test';
import type { TestContext } from 'node:test';
import { NOTICE_VERSION } from '@chaperone/domain/notice/notice.ts';
import { isInSession } from '@chaperone/domain/session/state.ts';
import { CART_ALPN } from '@chaperone/protocol/cart-api/version.ts';
import {
  connect,
  grant,
  startBench,
  TEST_SERIAL,
  testCertificates,
} from '../platform/testing/cart-bench.ts';
import type { TestCertificates } from '../platform/testing/cart-bench.ts';
import { TEST_SERVER_NAME } from '../platform/testing/scripted-desk.ts';
import { TestAuthority } from '../platform/testing/test-authority.ts';
import type { Certified } from '../platform/testing/test-authority.ts';
import { startProxy } from '../road/testing/scripted-proxy.ts';
import { GatewayUntrusted } from './dial-failure.ts';
import { dial } from './dial.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
let certificates: TestCertificates;
before(async () => {
  certificates = await testCertificates();
});

async function listen(t: TestContext, server: net.Server): Promise<number> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => undefined);
    open.add(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function listenTLS(t: TestContext, certified: Certified, options: tls.TlsOptions = {}) {
  const server = tls.createServer({
    key: certified.keyPem,
    cert: certified.pem,
    ALPNProtocols: [CART_ALPN],
    ...options,
  });
  server.on('tlsClientError', () => undefined);
  server.on('secureConnection', (socket) => socket.on('error', () => undefined));
  return listen(t, server);
}

async function dialTo(port: number, host = '127.0.0.1', signal = new AbortController().signal) {
  const { cart, root } = certificates;
  return dial(
    {
      road: { gateway: { host, port, serverName: TEST_SERVER_NAME }, proxy: { kind: 'none' } },
      certificatePem: cart.pem,
      keyPem: cart.keyPem,
      cartRootPem: root.pem,
      utcMs: () => Date.now(),
    },
    signal,
  );
}

test('the right gateway is reached, with TLS 1.3', async (t) => {
  const socket = await dialTo(await listenTLS(t, certificates.server));
  assert.equal(socket.getProtocol(), 'TLSv1.3');
  assert.equal(socket.isSessionReused(), false);
  socket.destroy();
});

test('a name that nobody knows and a port that nobody listens on are told apart', async (t) => {
  await assert.rejects(dialTo(443, 'gateway.invalid'), { code: 'GATEWAY_NAME_UNKNOWN' });
  const server = net.createServer();
  const port = await listen(t, server);
  await new Promise((resolve) => server.close(resolve));
  await assert.rejects(dialTo(port), { code: 'GATEWAY_UNREACHABLE' });
});

test('an inspecting firewall is named by its issuer', async (t) => {
  const inspector = await TestAuthority.make('p256-sha256', 'Hospital TLS Inspection');
  const port = await listenTLS(t, await inspector.server(TEST_SERVER_NAME));
  await assert.rejects(dialTo(port), (failure) => {
    assert.ok(failure instanceof GatewayUntrusted);
    assert.match(failure.issuer, /Hospital TLS Inspection/);
    return true;
  });
});

test('a certificate of the right root for another name, another purpose or another time is not believed', async (t) => {
  const { root, cart } = certificates;
  const wrong: readonly [Certified, string][] = [
    [await root.server('other.test'), 'GATEWAY_UNTRUSTED'],
    [cart, 'GATEWAY_UNTRUSTED'],
    [await root.server(TEST_SERVER_NAME, { purpose: 'peer' }), 'GATEWAY_UNTRUSTED'],
    [await root.server(TEST_SERVER_NAME, { notAfterMs: Date.now() - 1000 }), 'GATEWAY_UNTRUSTED'],
    [await root.server(TEST_SERVER_NAME, { notBeforeMs: Date.now() + DAY_MS }), 'CLOCK_SKEWED'],
  ];
  for (const [certified, code] of wrong) {
    await assert.rejects(dialTo(await listenTLS(t, certified)), { code });
  }
});

test('what speaks something else is called incompatible', async (t) => {
  const http = net.createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const ports = [
    await listen(t, http),
    await listenTLS(t, certificates.server, { maxVersion: 'TLSv1.2' }),
    await listenTLS(t, certificates.server, { ALPNProtocols: ['h2'] }),
  ];
  for (const port of ports) await assert.rejects(dialTo(port), { code: 'GATEWAY_INCOMPATIBLE' });
});

test('an edge that closes without an answer is unreachable', async (t) => {
  const port = await listen(
    t,
    net.createServer((socket) => socket.destroy()),
  );
  await assert.rejects(dialTo(port), { code: 'GATEWAY_UNREACHABLE' });
});

test('dialling stops as soon as nobody wants it any more', async (t) => {
  const silent = net.createServer();
  const port = await listen(t, silent);
  const stop = new AbortController();
  const arrived = once(silent, 'connection');
  const dialled = dialTo(port, '127.0.0.1', stop.signal);
  const [socket] = (await arrived) as [Socket];
  socket.resume();
  stop.abort(new Error('the session has ended'));
  await assert.rejects(dialled, /the session has ended/);
  await once(socket, 'close');
});

test('a cart whose certificate is foreign is refused, and after three times nobody waits any longer', async (t) => {
  const foreign = await TestAuthority.make('p256-sha3-256', 'Other carts');
  const bench = await startBench(t, { certificates, cart: await foreign.cart(TEST_SERIAL) });
  bench.session.press();
  await bench.session.acceptNotice(NOTICE_VERSION);
  await bench.until(({ phase }) => phase === 'ended');
  assert.ok(bench.session.state.phase === 'ended');
  assert.equal(bench.session.state.reason, 'gateway-refused');
  assert.equal(bench.session.dialFailure, 'CART_REFUSED');
  assert.deepEqual(
    bench.journal.of('dial-failed').map(({ failure }) => failure),
    ['CART_REFUSED', 'CART_REFUSED', 'CART_REFUSED'],
  );
});

test('a cart whose certificate has expired says so itself', async (t) => {
  const cart = await certificates.root.cart(TEST_SERIAL, { notAfterMs: Date.now() - 1000 });
  const bench = await startBench(t, { certificates, cart });
  bench.session.press();
  await bench.session.acceptNotice(NOTICE_VERSION);
  await bench.until(() => bench.session.dialFailure !== null);
  assert.equal(bench.session.dialFailure, 'CART_CERTIFICATE_EXPIRED');
});

test('a cart that was away while the service centre changed its root knows the gateway, and says why it is refused', async (t) => {
  const older = await TestAuthority.make('p256-sha3-256', 'Carts');
  const newer = await TestAuthority.make('p256-sha3-256', 'Carts');
  const server = await newer.server(TEST_SERVER_NAME);
  const pem = server.pem + older.certifyRoot(newer);
  const bench = await startBench(t, {
    certificates: { ...certificates, root: newer, server: { ...server, pem } },
    cart: await older.cart(TEST_SERIAL),
    cartRootPem: older.pem,
  });
  bench.session.press();
  await bench.session.acceptNotice(NOTICE_VERSION);
  await bench.until(() => bench.session.dialFailure !== null);
  assert.equal(bench.session.dialFailure, 'CART_ROOT_RETIRED');
});

/** A relay that can stop passing anything, with both connections left standing. */
async function startRelay(t: TestContext, port: () => number) {
  let isFrozen = false;
  const server = net.createServer((near) => {
    const far = net.connect(port(), '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (chunk: Buffer) => {
        if (!isFrozen) to.write(chunk);
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        if (!isFrozen) to.destroy();
      });
    }
  });
  return {
    port: await listen(t, server),
    freeze: (): void => {
      isFrozen = true;
    },
    mend: (): void => {
      isFrozen = false;
    },
  };
}

test('a half-open network is noticed in a session, streams are cut, and the lease begins', async (t) => {
  let deskPort = 0;
  const relay = await startRelay(t, () => deskPort);
  const bench = await startBench(t, { certificates, dial: { port: relay.port } });
  deskPort = bench.desk.port;
  const granted = await grant(await connect(bench), certificates.workstation);
  const screen = granted.interactive.open('CONNECT', 'screen', granted.granted);
  await once(screen, 'response');
  assert.equal(bench.session.isScreenOpen, true);
  relay.freeze();
  await bench.until((state) => isInSession(state) && state.link.is === 'lost');
  await bench.until(() => !bench.session.isScreenOpen);
  assert.equal(bench.session.admits({ grantId: granted.grantId, activity: 'view' }), false);
  relay.mend();
  const again = await bench.desk.connection();
  const hello = await again.hello();
  assert.equal(hello.session, granted.hello.session);
  await bench.until((state) => isInSession(state) && state.link.is === 'returned');
});

test('both connections of a session pass the proxy, which alone knows the name of the gateway', async (t) => {
  const proxy = await startProxy(t, (head) =>
    head.includes('Proxy-Authorization: Digest ')
      ? 'connect'
      : 'HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm="r", nonce="n", qop="auth"\r\n\r\n',
  );
  const credentials = { name: 'cart', password: 'secret' };
  const bench = await startBench(t, {
    certificates,
    dial: { host: 'gateway.test' },
    proxy: { kind: 'manual', host: '127.0.0.1', port: proxy.port, credentials },
  });
  const { bulk } = await grant(await connect(bench), certificates.workstation);
  assert.equal((await bulk.ask('GET', '/v1/hello')).status, 200);
  assert.equal(proxy.heads.length, 4);
});

test('what a proxy refuses is the reason that the panel shows and the journal keeps', async (t) => {
  const proxy = await startProxy(t, () => 'HTTP/1.1 403 Forbidden\r\n\r\n');
  const bench = await startBench(t, {
    certificates,
    proxy: { kind: 'manual', host: '127.0.0.1', port: proxy.port, credentials: null },
  });
  bench.session.press();
  await bench.session.acceptNotice(NOTICE_VERSION);
  await bench.until(() => bench.session.dialFailure !== null);
  assert.equal(bench.session.dialFailure, 'PROXY_PORT_REFUSED');
  assert.equal(bench.journal.of('dial-failed')[0]?.failure, 'PROXY_PORT_REFUSED');
});

test('a peer that answers nothing but PING stays connected', async (t) => {
  const bench = await grant(
    await connect(await startBench(t, { certificates })),
    certificates.workstation,
  );
  // Longer than what a silent peer is given in a session.
  await new Promise((resolve) => setTimeout(resolve, 3500));
  const { state } = bench.session;
  assert.ok(isInSession(state) && state.link.is === 'up');
});

test('a desk that breaks HTTP/2 is not taken for connected, and after three times nobody waits', async (t) => {
  const bench = await startBench(t, { certificates });
  bench.session.press();
  await bench.session.acceptNotice(NOTICE_VERSION);
  const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  const said = [
    Buffer.from('GET /v1/hello HTTP/1.1\r\nhost: cart\r\n\r\n'),
    // A frame that says it is longer than any frame may be (RFC 9113 section 4.2).
    Buffer.concat([preface, Buffer.alloc(64, 0xff)]),
    // DATA on a stream that was never opened (section 5.1).
    Buffer.concat([
      preface,
      Buffer.from('000000040000000000' + '000001000000000001' + '00', 'hex'),
    ]),
  ];
  for (const [index, bytes] of said.entries()) {
    const socket = await bench.desk.arrival();
    socket.resume();
    socket.write(bytes);
    await bench.until(() => bench.journal.of('dial-failed').length > index);
    assert.equal(bench.journal.of('tunnel-opened').length, 0);
  }
  await bench.until(({ phase }) => phase === 'ended');
  assert.ok(bench.session.state.phase === 'ended');
  assert.equal(bench.session.state.reason, 'gateway-refused');
});

test('a granted session whose dials are refused ends once the gateway itself has said so, and never because connections break', async (t) => {
  const says = { isRefused: false, asked: 0 };
  const bench = await startBench(t, {
    certificates,
    isRefused: () => {
      says.asked += 1;
      return says.isRefused;
    },
  });
  const granted = await grant(await connect(bench), certificates.workstation);
  const hangUp = async (times: number): Promise<void> => {
    for (let count = 0; count < times; count += 1) (await bench.desk.arrival()).destroy();
  };
  granted.interactive.destroy();
  await hangUp(2);
  assert.equal(says.asked, 0, 'twice is nothing');
  await hangUp(2);
  assert.equal(says.asked, 1);
  assert.equal(isInSession(bench.session.state), true, 'a network that hangs up does not end it');
  says.isRefused = true;
  await hangUp(2);
  await bench.until(({ phase }) => phase === 'ended');
  assert.ok(bench.session.state.phase === 'ended');
  assert.equal(bench.session.state.reason, 'gateway-refused');
  assert.equal(says.asked, 2);
});

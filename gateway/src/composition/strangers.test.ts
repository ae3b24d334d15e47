/**
 * Goal: whoever has no workstation's certificate in force learns nothing from the console's port, holds nothing there, and a
 * connection that asks nothing ends with its certificate, too. Method: a whole gateway with `console.tls: browser-chain`,
 * bytes over real TLS.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { STRANGER_LIMITS } from '../desk/console/strangers.ts';
import { newTestGateway } from './testing/gateway-harness.ts';
import type { TestGateway } from './testing/gateway-harness.ts';

let gateway: TestGateway;
let at: URL;
before(async () => {
  gateway = await newTestGateway({}, null, 'off-demo', 'browser-chain');
  at = new URL(gateway.running.consoleUrl);
});
after(async () => await gateway[Symbol.asyncDispose]());

function dial(t: TestContext, shown: { readonly key?: string; readonly cert?: string } = {}) {
  const { browserRootPEM: ca } = gateway.running.authority.publicRoots;
  const port = Number(at.port);
  const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca, ...shown });
  socket.on('error', () => undefined);
  t.after(() => socket.destroy());
  return socket;
}

/** Also of a connection that was reset. */
async function closeOf(socket: TLSSocket): Promise<void> {
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
}

/** Everything that comes back until the connection is closed. */
async function answerTo(t: TestContext, sent: string): Promise<string> {
  const socket = dial(t);
  const closed = closeOf(socket);
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
  socket.write(sent);
  await closed;
  return answer;
}

test('no answer before the gate names anything, and each is the last of its connection', async (t) => {
  const host = `Host: ${at.host}\r\n`;
  const enrol = `POST /api/workstation/enrol HTTP/1.1\r\n${host}`;
  const json = `Origin: ${at.origin}\r\nContent-Type: application/json\r\n`;
  for (const [sent, status] of [
    [`GET / HTTP/1.1\r\n${host}\r\n`, 403],
    [`GET /api/about HTTP/1.1\r\n${host}\r\n`, 403],
    [`${enrol}${json}Content-Length: 2\r\n\r\n{}`, 400],
    [`${enrol}Content-Length: 2\r\n\r\n{}`, 403],
    [`GET /%zz HTTP/1.1\r\n${host}\r\n`, 400],
    [`${enrol}Expect: foo\r\nContent-Length: 2\r\n\r\n{}`, 417],
    // What is no HTTP is not answered at all.
    ['GET / HTTP/1.1\r\nBad Header\r\n\r\n', null],
    [`FOO / HTTP/1.1\r\n${host}\r\n`, null],
    [`GET / HTTP/1.1\r\n${host}X: ${'a'.repeat(20_000)}\r\n\r\n`, null],
  ] as const) {
    const answer = await answerTo(t, sent);
    const what = `${sent.slice(0, 120)}\n${answer}`;
    if (status === null) {
      assert.equal(answer, '', what);
      continue;
    }
    assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `), what);
    assert.match(answer, /^connection: close\r$/im, what);
    assert.match(answer, /^content-security-policy: default-src 'none'\r$/im, what);
    assert.doesNotMatch(answer, /localhost|127\.0\.0\.1|wss:|keep-alive/i, what);
  }
});

test('connections that send slowly without a certificate are held to their number and their time', async (t) => {
  const sockets: TLSSocket[] = [];
  const start =
    `POST /api/workstation/enrol HTTP/1.1\r\nHost: ${at.host}\r\nOrigin: ${at.origin}\r\n` +
    'Content-Type: application/json\r\nContent-Length: 8000\r\n\r\n{';
  const closed: Promise<unknown>[] = [];
  for (let each = 0; each < STRANGER_LIMITS.perAddressMax + 20; each += 1) {
    const socket = dial(t);
    sockets.push(socket);
    closed.push(closeOf(socket));
    socket.write(start);
  }
  const open = (): readonly TLSSocket[] => sockets.filter(({ destroyed }) => !destroyed);
  while (open().length > STRANGER_LIMITS.perAddressMax) await delay(20);
  const sending = setInterval(() => {
    for (const socket of open()) socket.write(' ');
  }, 500);
  t.after(() => clearInterval(sending));
  // While they are there, a workstation comes in.
  const technician = await gateway.signedIn('tara');
  assert.equal((await technician.ask('GET', '/api/me')).status, 200);
  await Promise.all(closed);
  assert.equal((await technician.ask('GET', '/api/me')).status, 200);
});

test('a retired workstation’s connection ends although nothing was ever asked over it', async (t) => {
  const other = await gateway.signedIn('lena');
  const leaving = await gateway.signedIn('tara');
  // Opened before: were it for its idleness that a connection ends, this one would end first.
  const staying = dial(t, other.tls);
  await once(staying, 'secureConnect');
  const going = dial(t, leaving.tls);
  await once(going, 'secureConnect');
  // The client's handshake ends before the gateway's (RFC 8446 §2): what comes after this one finds it admitted.
  assert.equal((await other.ask('GET', '/api/me')).status, 200);
  const closed = closeOf(going);
  await gateway.running.administer({
    act: 'retire-workstation',
    id: leaving.workstation,
    by: 'root',
    reason: 'it is sold',
  });
  await closed;
  assert.equal(staying.destroyed, false);
});

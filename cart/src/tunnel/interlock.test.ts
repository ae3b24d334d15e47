// Goal: when the clinic needs the cart, everybody has nothing: streams are cut, nothing is admitted, what is queued for a road
// that takes nothing is thrown away, and only the operator gives it back. Method: a scripted desk over real TLS and reverse
// HTTP/2 against the cart's session, screen and tunnel; real sockets whose other end does not read.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { before, test } from 'node:test';
import type { TestContext } from 'node:test';
import { sessionView } from '@chaperone/protocol/cart-api/schema.ts';
import { sessionReceiptClaims } from '@chaperone/protocol/signed/claims.ts';
import { decodeJwt } from 'jose';
import { undeliveredBytes } from '../device/send-queue/send-queue.ts';
import { connect, grant, startBench, testCertificates } from '../platform/testing/cart-bench.ts';
import type { GrantedBench, TestCertificates } from '../platform/testing/cart-bench.ts';
import { ScriptedDesk, TEST_SERVER_NAME } from '../platform/testing/scripted-desk.ts';
import { RecordingViewer } from '../screen/testing/recording-viewer.ts';
import { Connection } from './connection.ts';
import { dial, resetSocket } from './dial.ts';
import { isSentSoon } from './unsent.ts';

let certificates: TestCertificates;
before(async () => {
  certificates = await testCertificates();
});

async function start(t: TestContext): Promise<GrantedBench> {
  return grant(await connect(await startBench(t, { certificates })), certificates.workstation);
}

async function watch(bench: GrantedBench) {
  const stream = bench.interactive.open('CONNECT', 'screen', bench.granted);
  const viewer = new RecordingViewer(stream as unknown as Duplex);
  await viewer.start();
  await viewer.nextUpdate();
  return { stream, viewer };
}

test('a signal cuts the screen and every transfer in the same turn, and both sides are told', async (t) => {
  const bench = await start(t);
  await writeFile(path.join(bench.exposed, 'a.bin'), randomBytes(8_000_000));
  const events = bench.interactive.open('GET', '/v1/events');
  events.end();
  const { stream } = await watch(bench);
  const content = bench.bulk.open('GET', '/v1/content/images?path=a.bin', bench.granted);
  content.end();
  await once(content, 'response');
  content.resume();
  const over = Promise.all([once(stream, 'close'), once(content, 'close')]);
  bench.session.raiseInterlock('probe-active');
  await over;
  let told = '';
  for await (const chunk of events) {
    told += String(chunk);
    const last = told.trim().split('\n').at(-1) ?? '';
    if (last.endsWith('}') && sessionView.parse(JSON.parse(last)).interlock === 'probe-active')
      break;
  }
  const facts = bench.journal.of('interlock-raised');
  assert.partialDeepStrictEqual(facts, [
    { source: 'probe-active', sessionId: bench.session.sessionId },
  ]);
});

test('the receipt says how often and how long everybody was held off, up to the end; one of a session without it says nothing', async (t) => {
  const claimsOf = async ({ session }: GrantedBench) =>
    sessionReceiptClaims.parse(decodeJwt((await session.receipt)?.jws ?? ''));
  const quiet = await start(t);
  quiet.session.end('operator-ended');
  assert.ok(!('interlocks' in (await claimsOf(quiet))));
  const held = await start(t);
  held.session.raiseInterlock('new-exam');
  held.session.raiseInterlock('vendor');
  await held.session.liftInterlock();
  held.session.raiseInterlock('probe-active');
  held.session.end('operator-ended');
  const { interlocks, endedUtcMs, startedUtcMs } = await claimsOf(held);
  assert.equal(interlocks?.count, 2);
  assert.ok(interlocks.heldMs <= endedUtcMs - startedUtcMs + 1);
});

test('what is queued is looked at though no stream is left to cut: a file may have ended just before; once for each signal', async (t) => {
  const looked = t.mock.method(Connection.prototype, 'dropUnsent');
  const bench = await start(t);
  bench.session.raiseInterlock('new-exam');
  const kinds = looked.mock.calls.map(({ this: connection }) => (connection as Connection).kind);
  assert.deepEqual(kinds.toSorted(), ['bulk', 'interactive']);
  bench.session.raiseInterlock('vendor');
  bench.session.observed();
  assert.equal(looked.mock.callCount(), 2);
  await bench.session.liftInterlock();
  bench.session.raiseInterlock('vendor');
  assert.equal(looked.mock.callCount(), 4);
});

test('while it is raised nothing is admitted, resuming a lost connection included; the operator lifts it', async (t) => {
  const bench = await start(t);
  bench.session.raiseInterlock('new-exam');
  const headers = bench.granted;
  const asked = [
    await bench.interactive.ask('CONNECT', 'screen', { headers }),
    await bench.bulk.ask('GET', '/v1/files/images?path=', { headers }),
    await bench.bulk.ask('POST', '/v1/inbox', { headers, body: {} }),
  ];
  for (const answer of asked)
    assert.deepEqual([answer.status, answer.json()['code']], [403, 'SESSION_INTERLOCKED']);
  // What the desk may say of the session lifts nothing.
  await bench.interactive.hello();
  assert.ok(bench.session.state.interlock);
  await bench.session.liftInterlock();
  assert.ok(bench.journal.of('interlock-lifted').length === 1);
  await watch(bench);
});

test('with a full disk it is raised all the same, and not lifted', async (t) => {
  const bench = await start(t);
  const { stream } = await watch(bench);
  bench.journal.isFull = true;
  const closed = once(stream, 'close');
  bench.session.raiseInterlock('vendor');
  await closed;
  await assert.rejects(bench.session.liftInterlock(), { code: 'JOURNAL_UNWRITABLE' });
  assert.ok(bench.session.state.interlock);
});

test('a signal while "continue" is being recorded wins', async (t) => {
  const bench = await start(t);
  bench.session.raiseInterlock('operator');
  let open: () => void = () => undefined;
  bench.journal.gate = new Promise((resolve) => (open = resolve));
  const lifted = bench.session.liftInterlock();
  bench.session.raiseInterlock('probe-active');
  open();
  await assert.rejects(lifted, { code: 'SESSION_CONTENDED' });
  assert.ok(bench.session.state.interlock);
});

async function dialled(t: TestContext) {
  const { cart, root, server } = certificates;
  const desk = await ScriptedDesk.start(root, server);
  t.after(() => desk.close());
  const socket = await dial(
    {
      road: {
        gateway: { host: '127.0.0.1', port: desk.port, serverName: TEST_SERVER_NAME },
        proxy: { kind: 'none' },
      },
      certificatePem: cart.pem,
      keyPem: cart.keyPem,
      cartRootPem: root.pem,
      utcMs: () => Date.now(),
    },
    new AbortController().signal,
  );
  t.after(() => socket.destroy());
  const far = await desk.arrival();
  const ports = { localPort: socket.localPort ?? 0, remotePort: socket.remotePort ?? 0 };
  return { socket, far, ports };
}

test('what a road has taken is told from what it has not, and a reset throws that away', async (t) => {
  const { socket, far, ports } = await dialled(t);
  far.resume();
  socket.write(Buffer.alloc(1000));
  assert.equal(await isSentSoon(socket, () => performance.now()), true);
  far.pause();
  // More than the buffers of both ends hold.
  const written = 32_000_000;
  socket.write(Buffer.alloc(written));
  while (((await undeliveredBytes(ports)) ?? 0) === 0) await new Promise((r) => setImmediate(r));
  assert.equal(await isSentSoon(socket, () => performance.now()), false);
  let received = 0;
  far.on('data', (chunk: Buffer) => (received += chunk.length));
  // Not `once`: the reset is an error, too.
  const closed = new Promise((resolve) => far.once('close', resolve));
  resetSocket(socket);
  far.resume();
  await closed;
  assert.ok(received < written / 2, `${received} bytes came after the reset`);
  assert.equal(await undeliveredBytes(ports), null);
});

/**
 * Goal: connections without a certificate have their time and their number, and whoever holds many keeps nobody out. Method:
 * real TCP connections from two loopback addresses, small limits.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { Strangers } from './strangers.ts';
import type { StrangerLimits } from './strangers.ts';

/** Longer than any test. */
const FOR_EVER_MS = 3_600_000;

async function stage(t: TestContext, limits: Partial<StrangerLimits>) {
  const strangers = new Strangers({
    stayMs: FOR_EVER_MS,
    perAddressMax: 10,
    inAllMax: 10,
    ...limits,
  });
  const opened: Socket[] = [];
  const server = createServer((socket) => strangers.arrive(socket));
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  t.after(async () => {
    for (const socket of opened) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const { port } = server.address() as AddressInfo;
  return async (localAddress = '127.0.0.1') => {
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const socket = connect({ host: '127.0.0.1', port, localAddress });
    opened.push(socket);
    socket.on('error', () => undefined);
    socket.resume();
    const closed = once(socket, 'close');
    const [arrived] = await accepted;
    return { socket, closed, release: () => strangers.release(arrived as TLSSocket) };
  };
}

test('a stranger’s time is over, also while they send; whoever is known stays', async (t) => {
  const come = await stage(t, { stayMs: 2000 });
  const known = await come();
  known.release();
  const slow = await come();
  const sending = setInterval(() => slow.socket.write('x'), 20);
  t.after(() => clearInterval(sending));
  await slow.closed;
  assert.equal(known.socket.destroyed, false);
});

test('of one address the first makes way, and no other address for it', async (t) => {
  const come = await stage(t, { perAddressMax: 2 });
  const elsewhere = await come('127.0.0.2');
  const known = await come();
  known.release();
  const [first, second, third] = [await come(), await come(), await come()];
  await first.closed;
  // Those that went leave their place.
  second.socket.destroy();
  await second.closed;
  for (const each of [elsewhere, known, third]) assert.equal(each.socket.destroyed, false);
});

test('in all the first makes way, whatever its address', async (t) => {
  const come = await stage(t, { inAllMax: 2 });
  const first = await come('127.0.0.2');
  const second = await come();
  const third = await come();
  await first.closed;
  for (const each of [second, third]) assert.equal(each.socket.destroyed, false);
});

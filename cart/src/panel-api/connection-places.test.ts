// Goal: strangers never keep the panel out, and hold a place for a moment only. Method: a real server on port 0 and real
// sockets; a byte from a client stands for a request with the credential.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { ConnectionPlaces } from './connection-places.ts';
import type { PlacesLimits } from './connection-places.ts';

const LONG_MS = 600_000;

async function serve(t: TestContext, limits: Partial<PlacesLimits>) {
  let crowded = 0;
  const places = new ConnectionPlaces(() => (crowded += 1), limits);
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => {
      places.prove(socket);
      socket.write('proven');
    });
  });
  places.watch(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  t.after(() => server.close());
  const connect = async (): Promise<net.Socket> => {
    const accepted = once(server, 'connection');
    const socket = net.connect(address.port, '127.0.0.1');
    t.after(() => socket.destroy());
    socket.on('error', () => undefined);
    await accepted;
    return socket;
  };
  const prove = async (socket: net.Socket): Promise<void> => {
    socket.write('.');
    await once(socket, 'data');
  };
  const isOpen = async (socket: net.Socket): Promise<boolean> => {
    socket.write('.');
    const [first] = (await Promise.race([
      once(socket, 'data'),
      once(socket, 'close').then(() => [null]),
    ])) as [Buffer | null];
    return first !== null;
  };
  return { connect, prove, isOpen, crowded: () => crowded };
}

test('a new stranger takes the place of the oldest, and the panel keeps its own', async (t) => {
  const { connect, prove, isOpen, crowded } = await serve(t, {
    strangersMax: 3,
    strangerMs: LONG_MS,
  });
  const panel = await connect();
  await prove(panel);
  const strangers = [await connect(), await connect(), await connect()];
  const [oldest] = strangers;
  assert.ok(oldest);
  const gone = once(oldest, 'close');
  oldest.resume();
  assert.equal(crowded(), 0);
  const late = await connect();
  await gone;
  assert.equal(crowded(), 1);
  for (const socket of [panel, late]) assert.ok(await isOpen(socket));
});

test('a stranger is cut after its time, a panel is not', async (t) => {
  const { connect, prove, isOpen } = await serve(t, { strangersMax: 3, strangerMs: 200 });
  const panel = await connect();
  await prove(panel);
  const stranger = await connect();
  stranger.resume();
  await once(stranger, 'close');
  assert.ok(await isOpen(panel));
});

test('of the panels the one goes that was silent longest', async (t) => {
  const { connect, prove, isOpen } = await serve(t, { panelsMax: 2, strangerMs: LONG_MS });
  const first = await connect();
  const second = await connect();
  await prove(first);
  await prove(second);
  await prove(first);
  const third = await connect();
  const gone = once(second, 'close');
  second.resume();
  await prove(third);
  await gone;
  assert.ok(await isOpen(first));
});

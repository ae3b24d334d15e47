// Goal: the first address that answers is used, a dead one costs its head start and no more, and nothing that came too late stays
// open; what a failure means is said by the refusal that says most. Method: listeners on loopback addresses; ways that the test
// settles itself, with a head start that never ends, so that only failures can move on.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connectTo } from './connect.ts';
import { firstToArrive } from './head-start.ts';
import { listenOn } from './testing/scripted-proxy.ts';

const FOR_EVER_MS = 2 ** 30;
const { signal } = new AbortController();

test('an address that refuses is passed over at once', async (t) => {
  const port = await listenOn(t, (socket) => socket.end());
  const socket = await connectTo(['127.0.0.2', '127.0.0.3', '127.0.0.1'], port, signal);
  assert.equal(socket.remoteAddress, '127.0.0.1');
  socket.destroy();
});

test('a closed port, and an address to which no way leads, are told apart', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  await assert.rejects(connectTo(['127.0.0.1', '127.0.0.2'], port, signal), {
    code: 'PORT_CLOSED',
  });
  // Broadcast: the kernel lets no TCP go there.
  await assert.rejects(connectTo(['255.255.255.255'], port, signal), (failure: Error) =>
    /^(?:NO_ROUTE|ROAD_REFUSED)$/.test('code' in failure ? String(failure.code) : ''),
  );
});

test('a failure gives the next way its turn at once; success none', async () => {
  const turns: number[] = [];
  const ways = [0, 1, 2].map((way) => async () => {
    turns.push(way);
    if (way === 0) throw new Error('dead');
    return way;
  });
  assert.equal(await firstToArrive(ways, FOR_EVER_MS, signal), 1);
  assert.deepEqual(turns, [0, 1]);
});

test('what comes too late is dropped, and whoever still tries is told to stop', async () => {
  const late = Promise.withResolvers<string>();
  const dropped = Promise.withResolvers<string>();
  let stopped: AbortSignal | undefined;
  const ways = [
    (stop: AbortSignal) => {
      stopped = stop;
      return late.promise;
    },
    async () => 'first',
  ];
  assert.equal(await firstToArrive(ways, 0, signal, dropped.resolve), 'first');
  assert.equal(stopped?.aborted, true);
  late.resolve('late');
  assert.equal(await dropped.promise, 'late');
});

test('all failures are told in their order; giving up is told as such', async () => {
  const ways = ['a', 'b'].map((each) => async () => {
    throw new Error(each);
  });
  await assert.rejects(firstToArrive(ways, FOR_EVER_MS, signal), (failure: AggregateError) => {
    assert.deepEqual(
      failure.errors.map((each: Error) => each.message),
      ['a', 'b'],
    );
    return true;
  });
  const stop = new AbortController();
  const waiting = firstToArrive(
    [
      (over) =>
        new Promise((_, reject) => {
          over.addEventListener('abort', () => reject(new Error('stopped')));
          stop.abort(new Error('no longer wanted'));
        }),
    ],
    FOR_EVER_MS,
    stop.signal,
  );
  await assert.rejects(waiting, /no longer wanted/);
});

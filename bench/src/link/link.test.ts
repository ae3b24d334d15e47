/**
 * Goal: what goes over a slow road comes out whole, in order, and not before its time.
 * Method: a real relay between real sockets. Only lower limits of time are asserted: a busy machine is slower still.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { startLink } from './link.ts';

/** 1,000 bytes a millisecond. */
const PLAN = { bitsPerSecond: 8_000_000, delayMs: 20, queueBytes: 20_000 } as const;

async function startEcho() {
  const server = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port } };
}

test('two connections share a road and each gets its own bytes, in order', async () => {
  const { server, address } = await startEcho();
  const link = await startLink(address, PLAN);
  const began = performance.now();
  const sent = [1, 2].map((value) => Buffer.alloc(60_000, value));
  const came = await Promise.all(
    sent.map(async (bytes) => {
      const socket = connect({ host: '127.0.0.1', port: link.port });
      socket.write(bytes);
      const chunks: Buffer[] = [];
      let length = 0;
      for await (const chunk of socket as AsyncIterable<Buffer>) {
        chunks.push(chunk);
        length += chunk.length;
        if (length >= bytes.length) break;
      }
      return Buffer.concat(chunks);
    }),
  );
  const tookMs = performance.now() - began;
  assert.deepEqual(came, sent);
  assert.ok(tookMs >= 120 + 40, `120,000 bytes and a round trip took only ${tookMs} ms`);
  await link.close();
  server.close();
});

test('the end of one side reaches the other after its last byte', async () => {
  const server = createServer((socket) => socket.end(Buffer.alloc(30_000, 7)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = (server.address() as AddressInfo).port;
  const link = await startLink({ host: '127.0.0.1', port }, PLAN);
  const socket = connect({ host: '127.0.0.1', port: link.port });
  assert.equal((await buffer(socket)).length, 30_000);
  await link.close();
  server.close();
});

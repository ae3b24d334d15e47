/**
 * Goal: bytes that are no TLS, or no HTTP/2, end their connection and nothing else. Method: a real gateway; changed
 * ClientHellos at its edge, rubbish behind a good one, and a cart with a valid certificate that breaks into its own
 * HTTP/2. Afterwards a cart connects as ever, and the log holds no fault. The cart's side: test/hostile/gateway.
 */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { newTestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import { createLog } from '@chaperone/gateway/platform/log/log.ts';
import { CART_ALPN } from '@chaperone/protocol/cart-api/version.ts';
import { changeBytes } from './engine/change-bytes.ts';
import { Chance } from './engine/chance.ts';
import { helloOf } from './target/header.ts';

/** Below the edge's own rate for one address, so that what is refused is refused for what it says. */
const CONNECTIONS = 60;
const FRAMES = 10;
const HTTP2_SETTINGS = Buffer.from('000000040000000000', 'hex');

test('changed ClientHellos, rubbish behind a good one, and broken HTTP/2 from a cart: closed, nothing in the log', async () => {
  const logged: string[] = [];
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logged.push(chunk.toString());
      done();
    },
  });
  const log = createLog({ level: 'info', destination });
  await using gateway = await newTestGateway({ log });
  const { port } = gateway.running.edgeAddress;
  const hello = await helloOf('localhost', [CART_ALPN]);
  for (let run = 0; run < CONNECTIONS; run += 1) {
    const chance = Chance.of(11, run);
    const bytes = chance.oneIn(3)
      ? Buffer.concat([hello, chance.bytes(64)])
      : changeBytes(hello, chance, [HTTP2_SETTINGS]);
    await closedAfter(port, bytes);
  }
  const cart = await gateway.enrolCart();
  // What the edge gives to one address is used up by now.
  cart.localAddress = '127.0.0.3';
  for (let run = 0; run < FRAMES; run += 1) {
    const socket = await cart.dialBare();
    socket.resume();
    const broken = changeBytes(HTTP2_SETTINGS, Chance.of(12, run), []);
    socket.end(Buffer.concat([broken, Buffer.alloc(64, 0xff)]));
    await closed(socket);
  }
  await cart.connect();
  await cart.until(() => cart.connections === 2);
  cart.drop();
  const faults = logged.filter((line) => /"level":(?:"error"|50|60)|\n? {4}at /.test(line));
  assert.ok(logged.length > 0, 'nothing was logged at all');
  assert.deepEqual(faults, []);
});

/** Says something and hangs up; waits until the other side has, too. */
async function closedAfter(port: number, bytes: Buffer): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.resume();
  socket.end(bytes);
  await closed(socket);
}

/** Not `once`: a reset would be thrown, and it is an end like any other. */
async function closed(socket: Socket): Promise<void> {
  if (socket.closed || socket.destroyed) return;
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
}

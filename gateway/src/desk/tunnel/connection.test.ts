/**
 * Goal: what a licensed cart does below the protocol (frames that no library sends, goodbyes without hanging up,
 * connections without end) costs it its connection and nobody else anything.
 * Method: a real gateway with real TLS, a scripted cart, and frames written past its HTTP/2 session.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { factOf, newTestGateway } from '../../composition/testing/gateway-harness.ts';
import type { TestGateway } from '../../composition/testing/gateway-harness.ts';
import { apart, deaf, flood, frame, goaway, many } from './testing/frames.ts';

let gateway: TestGateway;
before(async () => {
  gateway = await newTestGateway();
});
after(async () => await gateway[Symbol.asyncDispose]());

const refusedFor = async (cart: string, code: string) =>
  await factOf(gateway.running, 'cart-refused', (fact) => fact.cart === cart && fact.code === code);

test('a cart that says goodbye and does not hang up is hung up on', async () => {
  const serial = 'US-4001';
  const cart = await gateway.enrolCart(serial);
  cart.between = apart;
  await cart.dial('interactive');
  const socket = await cart.dial('bulk');
  await factOf(gateway.running, 'cart-connected', (fact) => fact.cart === serial);
  // Nothing that the desk sends is read any more, not even its end.
  deaf(socket);
  socket.write(goaway(2 ** 31 - 1, 0));
  const { ended } = await flood(socket, frame('unknown', 0), 20_000);
  assert.ok(ended);
  // The desk itself is well.
  assert.equal((await gateway.signedIn('tara')).name, 'Tara Lindqvist');
});

test('frames that break HTTP/2 end the connection, and the ledger says so', async () => {
  const endless = Buffer.concat([Buffer.of(0, 1, 0x78, 0x7f, 0x80, 0x7f), Buffer.alloc(255, 97)]);
  const frames = [
    ['HTTP2_BROKEN', frame('push', 1, Buffer.of(0, 0, 0, 2, 0x82), 4)],
    ['HTTP2_BROKEN', frame('ping', 0, Buffer.alloc(3))],
    ['HTTP2_BROKEN', frame('continuation', 1, Buffer.alloc(10))],
    [
      'HTTP2_BROKEN',
      Buffer.concat([frame('headers', 3, endless), many(frame('continuation', 3, endless), 300)]),
    ],
    ['FRAMES_FLOODED', many(frame('ping', 0, Buffer.alloc(8)), 100)],
    ['FRAMES_FLOODED', many(frame('settings', 0), 100)],
  ] as const;
  for (const [index, [code, bytes]] of frames.entries()) {
    const serial = `US-410${index}`;
    const cart = await gateway.enrolCart(serial);
    cart.between = apart;
    const socket = await cart.dial('interactive');
    await cart.until(() => cart.asked.includes('GET /v1/events'));
    socket.write(bytes);
    await refusedFor(serial, code);
    cart.drop();
  }
});

test('an answer that would become too large by being parsed is not parsed', async () => {
  const serial = 'US-4200';
  const cart = await gateway.enrolCart(serial);
  cart.interfere = (stream, headers) => {
    if (headers[':path'] !== '/v1/hello') return false;
    stream.respond({ ':status': 200 });
    stream.end('['.repeat(60_000));
    return true;
  };
  await cart.dial('interactive');
  await refusedFor(serial, 'ANSWER_TOO_LARGE');
});

test('a cart that never says hello loses its older connections to its newer ones', async () => {
  const serial = 'US-4300';
  const cart = await gateway.enrolCart(serial);
  cart.interfere = (_stream, headers) => headers[':path'] === '/v1/hello';
  const first = await cart.dial('interactive');
  const closed = once(first, 'close');
  for (let others = 0; others < 16; others += 1) await cart.dial('interactive');
  await closed;
  assert.equal(cart.connections, 16);
  await refusedFor(serial, 'CONNECTIONS_FLOODED');
  cart.drop();
});

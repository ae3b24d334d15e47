/**
 * Goal: a stream on which something moves now and then lives, one on which nothing moves is given up.
 * Method: a real HTTP/2 connection whose server sends a byte at a time, then none.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { giveUpWhenStill } from './still-stream.ts';

const STILL_FOR_MS = 400;
const BYTES = 12;

test('a stream lives as long as bytes come, however few', async () => {
  const server = createServer();
  server.on('stream', (stream) => {
    stream.on('error', () => undefined);
    stream.respond({ ':status': 200 });
    let sent = 0;
    const timer = setInterval(() => {
      stream.write('x');
      sent += 1;
      if (sent === BYTES) clearInterval(timer);
    }, STILL_FOR_MS / 4);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const stream = session.request({ ':path': '/' });
  giveUpWhenStill(stream, STILL_FOR_MS);
  let received = 0;
  stream.on('data', (chunk: Buffer) => (received += chunk.length));
  await once(stream, 'close');
  // Three times as long as it may be still, so it was not the age that ended it.
  assert.equal(received, BYTES);
  assert.equal(stream.rstCode, 8);
  session.destroy();
  server.close();
  await once(server, 'close');
});

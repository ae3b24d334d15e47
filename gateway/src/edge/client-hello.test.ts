/**
 * Goal: the parser reads what real TLS stacks send, however it is cut, and on anything else throws only its own
 * error, never reads past its bound, and never waits for more than its bound.
 * Method: a hello of Node's own TLS, cut at each place and into records; mutations and random bytes.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connect } from 'node:tls';
import fc from 'fast-check';
import { CLIENT_HELLO_BYTES_MAX, NotAClientHello, readClientHello } from './client-hello.ts';

async function realHello(protocols: string[], servername: string): Promise<Buffer> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const peer = connect({ port, host: '127.0.0.1', servername, ALPNProtocols: protocols });
  peer.on('error', () => undefined);
  const [socket] = await once(server, 'connection');
  const chunks: Buffer[] = [];
  for await (const chunk of socket) {
    chunks.push(chunk as Buffer);
    if (!('needBytes' in readClientHello(Buffer.concat(chunks)))) break;
  }
  peer.destroy();
  socket.destroy();
  server.close();
  return Buffer.concat(chunks);
}

const hello = await realHello(['chaperone-cart/1', 'http/1.1'], 'Gateway.Example');
const expected = { serverName: 'gateway.example', protocols: ['chaperone-cart/1', 'http/1.1'] };

/** Cuts the handshake message of a one-record hello into records at the given places. */
function inRecords(cuts: readonly number[]): Buffer {
  const message = hello.subarray(5);
  const places = [
    0,
    ...new Set(cuts.filter((cut) => cut > 0 && cut < message.length)),
    message.length,
  ];
  places.sort((a, b) => a - b);
  return Buffer.concat(
    places.slice(1).map((end, index) => {
      const fragment = message.subarray(places[index], end);
      return Buffer.concat([
        Buffer.from([22, 3, 1, fragment.length >> 8, fragment.length & 255]),
        fragment,
      ]);
    }),
  );
}

test('reads the hello of a real TLS stack', () => {
  assert.deepEqual(readClientHello(hello), expected);
});

test('asks for more at each shorter length, and never for more than there is', () => {
  for (let length = 0; length < hello.length; length += 1) {
    const answer = readClientHello(hello.subarray(0, length));
    assert.ok(
      'needBytes' in answer && answer.needBytes > length && answer.needBytes <= hello.length,
    );
  }
});

test('reads a hello that is cut into records', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(hello.length), { maxLength: 12 }), (cuts) => {
      assert.deepEqual(readClientHello(inRecords(cuts)), expected);
    }),
  );
});

test('a hello in too many records, too long, or followed by something is refused', () => {
  const many = Array.from({ length: 40 }, (_, index) => index * 3 + 1);
  assert.throws(() => readClientHello(inRecords(many)), NotAClientHello);
  assert.throws(() => readClientHello(Uint8Array.of(22, 3, 1, 1, 0, 1, 1, 0, 0)), NotAClientHello);
  const longer = Buffer.from(hello);
  longer.writeUInt16BE(hello.length - 5 + 4, 3);
  assert.throws(() => readClientHello(Buffer.concat([longer, Buffer.alloc(4)])), NotAClientHello);
  assert.throws(() => readClientHello(Buffer.from('GET / HTTP/1.1\r\n')), NotAClientHello);
  assert.throws(() => readClientHello(Uint8Array.of(22, 3, 1, 0, 0)), NotAClientHello);
});

test('whatever comes, it answers, asks within its bound, or throws its own error', () => {
  const mutated = fc
    .array(fc.tuple(fc.nat(hello.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
    .map((changes) => {
      const bytes = Buffer.from(hello);
      for (const [at, value] of changes) bytes[at] = value;
      return bytes;
    });
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 4000 })), (bytes) => {
      try {
        const answer = readClientHello(bytes);
        if ('needBytes' in answer) {
          assert.ok(
            answer.needBytes > bytes.length && answer.needBytes <= CLIENT_HELLO_BYTES_MAX + 5,
          );
        }
      } catch (fault) {
        assert.ok(fault instanceof NotAClientHello, String(fault));
      }
    }),
    { numRuns: 2000 },
  );
});

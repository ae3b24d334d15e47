/**
 * Goal: the edge hands over exactly the connections of the two roads, byte for byte, and closes all others silently.
 * Method: a real listener; peers that speak TLS end to end through it to a TLS server behind, and peers that do not.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTCP } from 'node:net';
import type { Socket } from 'node:net';
import { after, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { connect, createServer } from 'node:tls';
import { issueCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import type { EdgeArrival } from './contract.ts';
import { DEFAULT_EDGE_LIMITS, startEdge } from './edge.ts';
import type { EdgeLimits } from './edge.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const certificate = issueCertificate(
  { profile: 'p256-sha256', privateKey },
  {
    subject: { kind: 'other', commonName: 'gateway.example' },
    purpose: 'server',
    publicKey,
    notBeforeMs: Date.now() - 1000,
    notAfterMs: Date.now() + 3_600_000,
    hostNames: ['gateway.example'],
  },
);
const behind = createServer({
  key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  cert: encodePEM('CERTIFICATE', certificate),
  ALPNProtocols: ['chaperone-cart/1', 'http/1.1'],
});
behind.on('secureConnection', (socket) => socket.pipe(socket));
behind.on('tlsClientError', () => undefined);

async function started(limits: Partial<EdgeLimits> = {}) {
  const arrivals: EdgeArrival[] = [];
  const edge = await startEdge(
    {
      host: '127.0.0.1',
      port: 0,
      serverNames: ['gateway.example'],
      admitsWithoutName: false,
      limits: { ...DEFAULT_EDGE_LIMITS, ...limits },
    },
    {
      accept(arrival) {
        arrivals.push(arrival);
        behind.emit('connection', arrival.socket);
      },
    },
  );
  after(async () => await edge.close());
  return { edge, arrivals, port: edge.address.port };
}

async function closedWithNothing(socket: Socket): Promise<void> {
  let received = 0;
  socket.on('data', (chunk) => (received += chunk.length));
  socket.on('error', () => undefined);
  // Not `once`: a reset is as good an end as any.
  await new Promise((resolve) => socket.once('close', resolve));
  assert.equal(received, 0);
}

test('both roads reach TLS behind the edge and carry bytes both ways', async () => {
  const { port, arrivals, edge } = await started();
  for (const [protocol, road] of [
    ['chaperone-cart/1', 'tunnel'],
    ['http/1.1', 'enrolment'],
  ] as const) {
    const peer = connect({
      port,
      host: '127.0.0.1',
      servername: 'gateway.example',
      ALPNProtocols: [protocol],
      rejectUnauthorized: false,
    });
    await once(peer, 'secureConnect');
    assert.equal(peer.alpnProtocol, protocol);
    const sent = Buffer.alloc(300_000, protocol);
    peer.write(sent);
    let received = Buffer.alloc(0);
    while (received.length < sent.length)
      received = Buffer.concat([received, (await once(peer, 'data'))[0]]);
    assert.ok(received.equals(sent));
    assert.equal(arrivals.at(-1)?.road, road);
    peer.destroy();
  }
  assert.equal(edge.counters().handedOver, 2);
});

test('a hello that arrives byte by byte is handed over whole', async () => {
  const { port } = await started();
  const raw = connectTCP({ port, host: '127.0.0.1', noDelay: true });
  await once(raw, 'connect');
  const peer = connect({
    socket: trickle(raw),
    servername: 'gateway.example',
    ALPNProtocols: ['chaperone-cart/1'],
    rejectUnauthorized: false,
  });
  await once(peer, 'secureConnect');
  peer.write('through');
  assert.equal(String((await once(peer, 'data'))[0]), 'through');
  peer.destroy();
});

/** Cuts every write of a socket into small ones. */
function trickle(socket: Socket): Socket {
  const write = socket._write.bind(socket);
  socket._write = (chunk: Buffer, encoding, done) => {
    const step = (offset: number): void => {
      if (offset >= chunk.length) return done();
      write(chunk.subarray(offset, offset + 97), encoding, () =>
        queueMicrotask(() => step(offset + 97)),
      );
    };
    step(0);
  };
  return socket;
}

test('another name, another protocol, no TLS at all: closed without a byte', async () => {
  const { port, edge } = await started();
  const options = { port, host: '127.0.0.1', rejectUnauthorized: false } as const;
  await closedWithNothing(
    connect({ ...options, servername: 'other.example', ALPNProtocols: ['http/1.1'] }),
  );
  await closedWithNothing(
    connect({ ...options, servername: 'gateway.example', ALPNProtocols: ['h2'] }),
  );
  await closedWithNothing(connect({ ...options, ALPNProtocols: ['http/1.1'] }));
  const plain = connectTCP({ port, host: '127.0.0.1' });
  plain.write('GET / HTTP/1.1\r\n\r\n');
  await closedWithNothing(plain);
  assert.equal(edge.counters().refused['no-road'], 3);
  assert.equal(edge.counters().refused['not-a-client-hello'], 1);
});

test('who says nothing is closed, and one address holds only its share', async () => {
  const { port, edge } = await started({ helloTimeoutMs: 60, connectionsPerAddressMax: 2 });
  const silent = [1, 2, 3].map(() => connectTCP({ port, host: '127.0.0.1' }));
  await Promise.all(silent.map(async (socket) => await closedWithNothing(socket)));
  assert.equal(edge.counters().refused['too-many-from-address'], 1);
  assert.equal(edge.counters().refused['too-slow'], 2);
  while (edge.counters().live > 0) await setImmediate();
});

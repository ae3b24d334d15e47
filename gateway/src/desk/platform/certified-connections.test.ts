/**
 * Goal: a connection ends with its certificate, whoever revoked it, and no other does. Method: real TLS connections; what
 * another desk revoked is a set that the test changes, and time is moved by hand.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { connect, createServer } from 'node:tls';
import type { Server, TLSSocket } from 'node:tls';
import { parseId } from '@chaperone/domain/id/id.ts';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { issueCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import type { WorkstationPeer } from '../../authority/contract.ts';
import { ManualClock } from '../../platform/testing/manual-clock.ts';
import { CertifiedConnections } from './certified-connections.ts';

const DAY_MS = 86_400_000;

let server: Server;
const arrived: TLSSocket[] = [];
before(async () => {
  const { privateKey, publicKey } = await newKeyPair('p256-sha256');
  const der = issueCertificate(
    { profile: 'p256-sha256', privateKey },
    {
      subject: { kind: 'other', commonName: 'console.test' },
      purpose: 'server',
      publicKey,
      notBeforeMs: Date.now() - DAY_MS,
      notAfterMs: Date.now() + DAY_MS,
      hostNames: ['console.test'],
    },
  );
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  server = createServer({ key, cert: encodePEM('CERTIFICATE', der) }, (socket) => {
    socket.on('error', () => undefined);
    arrived.push(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
after(async () => {
  server.close();
  await once(server, 'close');
});

/** A connection as both ends have it. */
async function connection() {
  const { port } = server.address() as AddressInfo;
  // Who the server is does not matter here.
  const client = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  client.on('error', () => undefined);
  client.resume();
  const accepted = once(server, 'secureConnection');
  await once(client, 'secureConnect');
  await accepted;
  const socket = arrived.pop();
  assert.ok(socket !== undefined);
  return { client, socket };
}

const peer = (certificateSerialHex: string, notAfterMs: number): WorkstationPeer => ({
  workstationId: parseId('workstation', `wrks-${'0'.repeat(26)}`),
  label: 'One',
  use: 'browser',
  certificateSerialHex,
  notBeforeMs: 0,
  notAfterMs,
});

test('what was revoked here or elsewhere, or has expired, ends its own connections and no others', async () => {
  const clock = new ManualClock();
  const inForce = new Set(['aa', 'bb', 'cc', 'dd']);
  const faults: unknown[] = [];
  const connections = new CertifiedConnections({
    inForce: async (serials) => new Set(serials.filter((serial) => inForce.has(serial))),
    utcMs: () => clock.utcMs(),
    report: (fault) => faults.push(fault),
  });
  try {
    const held = new Map<string, Awaited<ReturnType<typeof connection>>>();
    for (const serial of inForce) {
      const made = await connection();
      held.set(serial, made);
      const endsAtMs = clock.utcMs() + (serial === 'cc' ? DAY_MS : 9 * DAY_MS);
      connections.hold(made.socket, peer(serial, endsAtMs));
      // Each request of a connection says so again.
      connections.hold(made.socket, peer(serial, endsAtMs));
    }
    const isOpen = (serial: string): boolean => held.get(serial)?.socket.destroyed === false;
    const ended = async (serial: string): Promise<unknown> =>
      await once(held.get(serial)?.client ?? assert.fail(), 'close');
    const here = ended('aa');
    connections.drop('aa');
    await here;
    const elsewhere = ended('bb');
    inForce.delete('bb');
    await elsewhere;
    assert.ok(isOpen('cc') && isOpen('dd'));
    const expired = ended('cc');
    clock.advance(DAY_MS + 1);
    await expired;
    assert.ok(isOpen('dd'));
    // One that went away by itself is forgotten, and its certificate may be revoked.
    const gone = ended('dd');
    held.get('dd')?.client.end();
    await gone;
    connections.drop('dd');
    assert.deepEqual(faults, []);
  } finally {
    connections.close();
  }
});

test('a registry that does not answer is reported, and asked again', async () => {
  const { socket, client } = await connection();
  let isAway = true;
  let reported: (() => void) | undefined;
  const told = new Promise<void>((resolve) => (reported = resolve));
  const connections = new CertifiedConnections({
    inForce: async () => {
      if (isAway) throw new Error('the database is away');
      return new Set();
    },
    utcMs: () => 0,
    report: () => reported?.(),
  });
  try {
    connections.hold(socket, peer('ee', DAY_MS));
    const ended = once(client, 'close');
    await told;
    assert.equal(socket.destroyed, false);
    isAway = false;
    await ended;
  } finally {
    connections.close();
  }
});

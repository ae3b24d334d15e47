// Goal: before it is enrolled a cart looks for the gateway of the licence that waits on it, and knows it by that licence's root; a
// trial of a network is then proven by it. Method: the real looks of the agent against a gateway's TLS on loopback.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { makeCertificatesOnly } from '@chaperone/protocol/est/certificates-only.ts';
import { encodeESTBody, EST_ALPN, EST_MEDIA_TYPES } from '@chaperone/protocol/est/est.ts';
import { readCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { decodePEM } from '@chaperone/protocol/x509/pem.ts';
import { parseConfiguration } from '../configuration/configuration.ts';
import { keepWaitingLicence } from '../licence/waiting-licence.ts';
import { systemClock } from '../platform/clock.ts';
import { testCertificates } from '../platform/testing/cart-bench.ts';
import { TEST_SERVER_NAME } from '../platform/testing/scripted-desk.ts';
import { gatewaySought } from './gateway-sought.ts';
import { reachGateway } from './network-part.ts';

const NOWHERE = { host: '127.0.0.1', port: 1, serverName: 'elsewhere.example' };

async function cartWithout(t: TestContext) {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'chaperone-sought-'));
  t.after(() => rm(dataDirectory, { recursive: true }));
  return parseConfiguration({
    dataDirectory,
    cart: { serial: 'US-4711', model: 'Bench' },
    gateway: NOWHERE,
    serviceCentre: { name: 'Centre', phone: '1', phiPolicyUrl: 'https://example.org/phi' },
    screen: { kind: 'demo' },
  });
}

async function gateway(t: TestContext) {
  const { root, server } = await testCertificates();
  const [der] = decodePEM('CERTIFICATE', root.pem);
  assert.ok(der);
  const listener = createServer(
    { key: server.keyPem, cert: server.pem, ALPNProtocols: [EST_ALPN] },
    (_, response) => {
      response.setHeader('content-type', EST_MEDIA_TYPES.certificates);
      response.end(encodeESTBody(makeCertificatesOnly([der])));
    },
  );
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  t.after(() => {
    listener.closeAllConnections();
    listener.close();
  });
  const { port } = listener.address() as AddressInfo;
  return {
    address: { host: '127.0.0.1', port, serverName: TEST_SERVER_NAME },
    fingerprint: readCertificate(der).fingerprint,
  };
}

test('the licence that waits says where to look and whom to believe, before the configuration', async (t) => {
  const configuration = await cartWithout(t);
  const { address, fingerprint } = await gateway(t);
  const { signal } = new AbortController();
  const look = async (): Promise<void> =>
    await reachGateway(configuration, systemClock(), 'eth0', signal);
  await assert.rejects(look(), { code: 'PORT_CLOSED' });
  await keepWaitingLicence(configuration.dataDirectory, {
    code: '00000-00000-00000-00000',
    rootFingerprint: fingerprint,
    gateway: address,
    licence: null,
  });
  const sought = await gatewaySought(configuration, configuration.gateway);
  assert.deepEqual(sought, { gateway: address, identity: null, rootFingerprint: fingerprint });
  // It is the gateway; only the way to it, inside this machine, proves nothing of a network.
  await assert.rejects(look(), { code: 'GATEWAY_BY_OTHER_INTERFACE' });
});

test('a stranger at that place is not the gateway', async (t) => {
  const configuration = await cartWithout(t);
  const { address, fingerprint } = await gateway(t);
  await keepWaitingLicence(configuration.dataDirectory, {
    code: '00000-00000-00000-00000',
    rootFingerprint: fingerprint.replaceAll(/./g, '0'),
    gateway: address,
    licence: null,
  });
  await assert.rejects(
    reachGateway(configuration, systemClock(), 'eth0', AbortSignal.timeout(20_000)),
    {
      code: /./,
    },
  );
});

test('one that is damaged says nothing, and what the site says counts', async (t) => {
  const configuration = await cartWithout(t);
  await writeFile(path.join(configuration.dataDirectory, 'waiting-licence.json'), '{');
  const sought = await gatewaySought(configuration, NOWHERE);
  assert.deepEqual(sought, { gateway: NOWHERE, identity: null, rootFingerprint: null });
});

// Goal: a PAC file also comes over HTTPS, from a server that this machine believes and from nobody else. Method: a TLS server on
// loopback with an authority of the test, which the machine believes or does not.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import tls from 'node:tls';
import { TestAuthority } from '../../platform/testing/test-authority.ts';
import { PACUnreachable } from '../road-error.ts';
import { fetchPAC } from './pac-fetch.ts';

const NAME = 'pac.hospital.example';
const TEXT = "function FindProxyForURL() { return 'DIRECT'; }";

test('over HTTPS only from a server that the machine believes, by its name', async (t) => {
  const authority = await TestAuthority.make('p256-sha256', 'Hospital root');
  const { keyPem, pem } = await authority.server(NAME);
  const server = createServer({ key: keyPem, cert: pem }, (_, answer) => void answer.end(TEXT));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const { signal } = new AbortController();
  const find = async () =>
    ({ addresses: ['127.0.0.1'], by: 'udp', server: null, lifeMs: 0 }) as const;
  const fetched = (name: string) => fetchPAC(`https://${name}:${port}/`, { find, signal });

  await assert.rejects(fetched(NAME), (failure) => {
    assert.ok(failure instanceof PACUnreachable);
    assert.match(failure.message, /nobody whom this cart believes/);
    return true;
  });
  const believed = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...believed, authority.pem]);
  t.after(() => tls.setDefaultCACertificates(believed));
  assert.equal(await fetched(NAME), TEXT);
  await assert.rejects(fetched('other.hospital.example'), PACUnreachable);
});

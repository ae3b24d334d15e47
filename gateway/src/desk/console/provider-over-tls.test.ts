/**
 * Goal: as in production, with TLS and a certificate for each workstation, the way through a provider is bound to the
 * certificate: what a browser says of its workstation counts for nothing.
 * Method: two workstations with certificates of their own, a real OpenID provider, a gateway asked as a browser asks.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { startDirectoryGateway } from '../../composition/testing/directory-gateway.ts';
import type { DirectoryGateway } from '../../composition/testing/directory-gateway.ts';
import type { Technician } from '../../composition/testing/gateway-harness.ts';
import {
  REGISTERED_ID,
  REGISTERED_SECRET,
  startOpenIDProvider,
} from '../../directory/openid-connect/testing/openid-provider.ts';
import type { OpenIDProvider } from '../../directory/openid-connect/testing/openid-provider.ts';
import { ProviderVisit } from '../../directory/openid-connect/testing/provider-visit.ts';

const TARA = 'tara@corp.example';
let provider: OpenIDProvider;
let gateway: DirectoryGateway;

before(async () => {
  const port = await freePort();
  const returnTo = `https://127.0.0.1:${port}/sign-in/returned`;
  provider = await startOpenIDProvider({ returnTo: [returnTo] });
  provider.people.set(TARA, { name: 'Tara Lindqvist', groups: ['staff'] });
  gateway = await startDirectoryGateway(
    (place) => ({
      kind: 'openid-connect',
      name: 'Example Sign-In',
      issuer: provider.issuer,
      clientId: REGISTERED_ID,
      clientSecretFile: place('client-secret', REGISTERED_SECRET),
      authoritiesFile: place('provider.pem', provider.authorities),
      scopes: [],
      loginClaim: 'upn',
      rolesClaim: 'groups',
      groups: {
        technician: ['staff'],
        lead: [],
        administrator: [],
        fieldEngineer: [],
        auditor: [],
      },
      timeoutMs: 5_000,
      unreachableMsMax: 3_600_000,
    }),
    { tls: 'browser-chain', port },
  );
});
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

/** The provider has to know where it sends browsers back before the gateway listens there. */
async function freePort(): Promise<number> {
  const taker = net.createServer().listen(0, '127.0.0.1');
  await once(taker, 'listening');
  const { port } = taker.address() as net.AddressInfo;
  taker.close();
  await once(taker, 'close');
  return port;
}

const post = async (at: Technician, path: string, body: object) =>
  await at.ask('POST', `/api/sign-in/provider${path}`, { body });

test('the way belongs to the certificate of the workstation, whatever the browser says', async () => {
  const [one, other] = [await gateway.atWorkstation(), await gateway.atWorkstation()];
  const begun = await post(one, '', { workstation: other.workstation });
  assert.equal(begun.status, 200, begun.text);
  assert.match(String(begun.headers['set-cookie']), /Secure/);
  const answer = await new ProviderVisit(provider).signIn(String(begun.body['address']), TARA);
  // The other one has the cookie and the answer, and names itself or the first one.
  other.cookie = one.cookie;
  for (const { workstation } of [one, other]) {
    const taken = await post(other, '/answer', { workstation, answer });
    assert.equal(taken.body['code'], 'DIRECTORY_ANSWER_REFUSED');
  }
  const first = await post(one, '/answer', { workstation: other.workstation, answer });
  assert.equal(first.body['displayName'], 'Tara Lindqvist', first.text);
  const account = await gateway.addAccount(TARA);
  const second = await one.ask('POST', '/api/sign-in/gateway', { body: account });
  assert.equal(second.status, 200, second.text);
  const { body } = await one.ask('GET', '/api/me');
  assert.equal(body['workstation'], one.workstation);
});

test('without a certificate nothing is begun, and the page of the way back says nothing either', async () => {
  const nobody = await gateway.atWorkstation();
  const { ca = '' } = nobody.tls;
  nobody.tls = { ca };
  const begun = await post(nobody, '', { workstation: nobody.workstation });
  assert.equal(begun.status, 403, begun.text);
  assert.equal(begun.headers['set-cookie'], undefined);
  const page = await nobody.ask('GET', '/sign-in/returned?code=x&state=y');
  assert.equal(page.status, 403);
  assert.doesNotMatch(page.text, /Test Centre|Example Sign-In/);
});

/**
 * Goal: with TLS the console shows nothing to whoever is not a licensed workstation in force, whatever they ask for, and what
 * a workstation has open ends with its licence. Method: a whole gateway with `console.tls: browser-chain`, real TLS clients
 * with the certificates of workstations, carts and strangers.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request as httpsRequest } from 'node:https';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { text as readAll } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { parseId } from '@chaperone/domain/id/id.ts';
import { newLicenceCode, parseLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import { makeWorkstationProof } from '@chaperone/protocol/x509/workstation-proof.ts';
import { exportJWK } from 'jose';
import { CART_ALPN } from '@chaperone/protocol/cart-api/version.ts';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { issueCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { newConnectingKey } from '../authority/testing/workstation-keys.ts';
import { Technician, factOf, newTestGateway } from './testing/gateway-harness.ts';
import type { TestGateway } from './testing/gateway-harness.ts';
import { ManualClock } from '../platform/testing/manual-clock.ts';
import { systemRandom } from '../platform/random/random.ts';
import { base64Of, licenseOverTLS } from './testing/licensed-over-tls.ts';
import type { LicensedWorkstation } from './testing/licensed-over-tls.ts';

interface Shown {
  readonly key: string;
  readonly cert: string;
}

let gateway: TestGateway;
let own: LicensedWorkstation;
let other: LicensedWorkstation;
before(async () => {
  gateway = await newTestGateway({}, null, 'off-demo', 'browser-chain');
  own = await newWorkstation('Own');
  other = await newWorkstation('Other');
});
after(async () => await gateway[Symbol.asyncDispose]());

async function newWorkstation(label: string): Promise<LicensedWorkstation> {
  const { code } = await gateway.running.authority.issueWorkstationLicence(label, { by: 'test' });
  return await licenseOverTLS(asking(), code);
}

/** Somebody who shows this certificate, or none. */
function asking(shown: Partial<Shown> = {}): Technician {
  const technician = new Technician(gateway.running.consoleUrl);
  technician.tls = { ca: gateway.running.authority.publicRoots.browserRootPEM, ...shown };
  return technician;
}

/** A certificate that says that it is a workstation's, and that nobody of ours has signed. */
async function selfSigned(): Promise<Shown> {
  const { privateKey, publicKey } = await newKeyPair('p256-sha256');
  const der = issueCertificate(
    { profile: 'p256-sha256', privateKey },
    {
      subject: { kind: 'workstation', id: parseId('workstation', own.workstation), label: 'Own' },
      purpose: 'peer',
      publicKey,
      notBeforeMs: Date.now() - 1000,
      notAfterMs: Date.now() + 86_400_000,
    },
  );
  const key = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return { key, cert: encodePEM('CERTIFICATE', der) };
}

describe('without a workstation’s certificate in force', () => {
  const TARGETS = [
    ['GET', '/api/about'],
    ['GET', '/api/openapi.json'],
    ['GET', '/api/me'],
    ['GET', '/api/events'],
    ['GET', '/api/no-such-thing'],
    ['GET', '/api/workstation'],
    ['POST', '/api/workstation/certificate'],
    ['POST', '/api/workstation/signing-key'],
    ['POST', '/api/sign-in/directory'],
    ['PUT', '/api/workstation/enrol'],
    ['POST', '/api/workstation/enrol/'],
    ['GET', '/'],
    ['GET', '/index.html'],
    ['GET', '/assets/app.js'],
    ['GET', '/cases/case-1'],
    ['OPTIONS', '/'],
  ] as const;

  const strangers = async (): Promise<readonly (readonly [string, Partial<Shown>])[]> => [
    ['nothing', {}],
    ["a cart's", (await gateway.enrolCart('US-GATE')).shown],
    ['one that it signed itself', await selfSigned()],
  ];

  test('every address answers with one bare refusal', async () => {
    for (const [name, shown] of await strangers()) {
      for (const [method, target] of TARGETS) {
        const what = `${method} ${target} with ${name}`;
        const answer = await asking(shown).ask(method, target);
        assert.equal(answer.status, 403, `${what}: ${answer.text}`);
        assert.equal(answer.headers['connection'], 'close', what);
        assert.equal(answer.headers['set-cookie'], undefined, what);
        assert.doesNotMatch(answer.text, /Test Centre|555 0100|0\.\d+\.\d+/, what);
        if (target.startsWith('/api/'))
          assert.equal(answer.body['code'], 'WORKSTATION_REFUSED', what);
        else assert.match(answer.text, /licensed workstation/, what);
      }
      const socket = asking(shown).webSocket('/api/cases/case-1/session/screen');
      const [fault] = (await once(socket, 'error')) as [Error];
      assert.match(fault.message, /403/, `a WebSocket with ${name}`);
    }
  });

  test('the sentence says what is the matter', async () => {
    const page = async (shown: Partial<Shown>): Promise<string> =>
      (await asking(shown).ask('GET', '/')).text;
    assert.match(await page({}), /has shown no certificate/);
    assert.match(await page(await selfSigned()), /is not a workstation's/);
    const retired = await newWorkstation('Retired');
    assert.equal((await asking(retired.browser).ask('GET', '/api/about')).status, 200);
    await gateway.running.administer({
      act: 'retire-workstation',
      id: retired.workstation,
      by: 'root',
      reason: 'it is sold',
    });
    assert.match(await page(retired.browser), /has been retired/);
  });

  test('enrolment takes a code and a request, nothing else and not much of it', async () => {
    const stranger = asking();
    const { request } = await newConnectingKey();
    const csr = Buffer.from(request).toString('base64');
    const long = 'A'.repeat(10_240);
    for (const [body, status] of [
      [{ licenceCode: 'AAAAA-AAAAA-AAAAA-AAAAA', csr }, 400],
      [{ licenceCode: long, csr }, 413],
      [{ licenceCode: 'x', csr: long }, 413],
      [{ licenceCode: 'x', csr: 'A'.repeat(5000) }, 400],
      [{ csr }, 400],
      [[], 400],
    ] as const) {
      const answer = await stranger.ask('POST', '/api/workstation/enrol', { body });
      assert.equal(answer.status, status, answer.text);
    }
    const foreign = { headers: { origin: 'https://elsewhere.example' } };
    const body = { licenceCode: 'x', csr };
    const crossed = await stranger.ask('POST', '/api/workstation/enrol', { body, ...foreign });
    assert.equal(crossed.body['code'], 'ORIGIN_REFUSED');
  });
});

describe('enrolment', () => {
  test('of two workstations that race for a code one wins', async () => {
    const { authority } = gateway.running;
    const { code } = await authority.issueWorkstationLicence('Raced', { by: 'test' });
    const keys = await Promise.all([newConnectingKey(), newConnectingKey()]);
    const answers = await Promise.all(
      keys.map(async (key) => {
        const body = { licenceCode: code, csr: base64Of(key) };
        return await asking().ask('POST', '/api/workstation/enrol', { body });
      }),
    );
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    assert.equal(answers.filter(({ status }) => status === 403).length, 1);
    assert.equal(answers.find(({ status }) => status === 403)?.body['code'], 'LICENCE_USED');
  });

  test('is slowed by address, whatever is wrong with what is tried', async () => {
    await using slowed = await newTestGateway({}, null, 'off-demo', 'browser-chain');
    const stranger = new Technician(slowed.running.consoleUrl);
    stranger.tls = { ca: slowed.running.authority.publicRoots.browserRootPEM };
    const csr = base64Of(await newConnectingKey());
    const codes = new Set<unknown>();
    for (let tries = 0; tries < 25; tries += 1) {
      const licenceCode = newLicenceCode(systemRandom);
      const body = { licenceCode, csr };
      const answer = await stranger.ask('POST', '/api/workstation/enrol', { body });
      codes.add(answer.body['code']);
      if (answer.status === 429) assert.equal(answer.headers['retry-after'], '6');
    }
    assert.deepEqual([...codes], ['LICENCE_UNKNOWN', 'WORKSTATION_ENROLMENT_THROTTLED']);
  });

  test('of a demo is not taken where there is TLS, and the other way round', async () => {
    const { authority } = gateway.running;
    const { code } = await authority.issueWorkstationLicence('Demo', { by: 'test' });
    const typed = new Technician(gateway.running.consoleUrl);
    typed.tls = { ca: authority.publicRoots.browserRootPEM };
    const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'sign',
      'verify',
    ]);
    const { kty, crv, x, y } = await exportJWK(keys.publicKey);
    const proof = await makeWorkstationProof(keys, parseLicenceCode(code), Date.now());
    const body = { licenceCode: code, label: 'Demo', jwk: { kty, crv, x, y }, proof };
    const refused = await typed.ask('POST', '/api/workstation/enrol', { body });
    assert.equal(refused.body['code'], 'ENROLMENT_FORM_REFUSED', refused.text);
    await using open = await newTestGateway();
    const issued = await open.running.authority.issueWorkstationLicence('One', { by: 'test' });
    const csr = base64Of(await newConnectingKey());
    const program = await new Technician(open.running.consoleUrl).ask(
      'POST',
      '/api/workstation/enrol',
      { body: { licenceCode: issued.code, csr } },
    );
    assert.equal(program.body['code'], 'ENROLMENT_FORM_REFUSED', program.text);
  });
});

describe('with one', () => {
  test('the console is there, and knows which workstation asks', async () => {
    for (const shown of [own.browser, own.program]) {
      const about = await asking(shown).ask('GET', '/api/about');
      assert.equal(about.status, 200);
      assert.match(String(about.headers['strict-transport-security']), /^max-age=\d+$/);
      assert.match(String(about.headers['strict-transport-security']), /max-age/);
    }
    const { body } = await asking(own.browser).ask('GET', '/api/workstation');
    assert.equal(body['workstation'], own.workstation);
    assert.equal(body['label'], 'Own');
    assert.equal(body['use'], 'browser');
    const { beganUtcMs, renewFromUtcMs, expiresUtcMs } = body as Record<string, number>;
    assert.ok((beganUtcMs ?? 0) < (renewFromUtcMs ?? 0));
    assert.ok((renewFromUtcMs ?? 0) < (expiresUtcMs ?? 0));
  });

  test('a browser’s certificate gets no other TLS certificate', async () => {
    const body = { use: 'browser', csr: base64Of(await newConnectingKey()) };
    const refused = await asking(own.browser).ask('POST', '/api/workstation/certificate', { body });
    assert.equal(refused.status, 403, refused.text);
    const given = await asking(own.program).ask('POST', '/api/workstation/certificate', { body });
    assert.equal(given.status, 200, given.text);
  });

  test('at the edge it is no cart’s', async () => {
    const { port } = gateway.running.edgeAddress;
    const socket = connect({
      host: '127.0.0.1',
      port,
      servername: 'localhost',
      ca: gateway.running.authority.publicRoots.cartRootPEM,
      ALPNProtocols: [CART_ALPN],
      ...own.program,
    });
    socket.on('error', () => socket.destroy());
    socket.resume();
    await once(socket, 'close');
    const { code } = await factOf(gateway.running, 'cart-refused');
    assert.equal(code, 'CERTIFICATE_NOT_A_CART');
  });
});

describe('retiring a workstation', () => {
  test('ends its kept-open connections and event streams, and no other workstation’s', async () => {
    const leaving = await newWorkstation('Leaving');
    const kept = async (shown: Shown) => {
      const agent = new Agent({ keepAlive: true });
      const response = await answered(get(shown, '/api/about', agent));
      assert.equal(response.statusCode, 200);
      await readAll(response);
      const [socket] = Object.values(agent.freeSockets).flat();
      assert.ok(socket !== undefined, 'the connection is kept open');
      return { agent, socket };
    };
    const going = await kept(leaving.browser);
    const staying = await kept(other.browser);
    const closed = once(going.socket, 'close');
    await gateway.running.administer({
      act: 'retire-workstation',
      id: leaving.workstation,
      by: 'root',
      reason: 'it is sold',
    });
    await closed;
    const again = await answered(get(other.browser, '/api/about', staying.agent));
    assert.equal(again.statusCode, 200);
    assert.equal(again.socket, staying.socket, 'over the same connection');
    await readAll(again);
    staying.agent.destroy();
    assert.equal((await asking(leaving.browser).ask('GET', '/api/about')).status, 403);
  });
});

test('a certificate that expires ends what is open, and opens nothing more', async () => {
  const clock = new ManualClock(Date.now());
  await using ageing = await newTestGateway({ clock }, null, 'off-demo', 'browser-chain');
  const technician = await ageing.signedIn('tara');
  const heard = await technician.listen();
  clock.advance(366 * 86_400_000);
  await heard.ended;
  const refused = await technician.ask('GET', '/api/about');
  assert.equal(refused.status, 403);
  assert.match(refused.text, /has expired/);
});

function get(shown: Shown, path: string, agent: Agent): ClientRequest {
  const { consoleUrl, authority } = gateway.running;
  const { port, host } = new URL(consoleUrl);
  const trust = { ca: authority.publicRoots.browserRootPEM, servername: 'localhost' };
  const request = httpsRequest({
    host: '127.0.0.1',
    port,
    path,
    agent,
    ...trust,
    ...shown,
    headers: { host },
  });
  request.end();
  return request;
}

async function answered(request: ClientRequest): Promise<IncomingMessage> {
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

/**
 * Goal: EST gives a certificate to the right cart, once, and refuses everything else in words that help a field engineer
 * and nobody else. Method: a real HTTPS server on port 0 under both cart chains; real requests; Debian's openssl reads
 * what comes back where it can.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { readAnchors } from '@chaperone/protocol/est/anchors.ts';
import { readCertificatesOnly } from '@chaperone/protocol/est/certificates-only.ts';
import { makeCSRAttributes } from '@chaperone/protocol/est/csr-attributes.ts';
import { decodeESTBody, encodeESTBody } from '@chaperone/protocol/est/est.ts';
import { issueCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { makeCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import { readPeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import { decodePEM, encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { ManualClock } from '../../platform/testing/manual-clock.ts';
import { forEachDatabase } from '../../platform/database/testing/database-suite.ts';
import { LEDGER_KEY, newTestAuthority, serveEST } from '../testing/authority-harness.ts';
import type { TestAuthority } from '../testing/authority-harness.ts';
import type { Authority } from '../contract.ts';
import { AUTHORITY_MIGRATIONS } from '../registry/registry.ts';

const serial = parseCartSerial('US-1001');
const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;

interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | undefined;
  readonly key?: KeyObject;
  readonly certificate?: Uint8Array;
}
interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly code: string | undefined;
}

/** Asks an EST server on which everything is verified. */
async function ask(authority: Authority, port: number, sent: Sent): Promise<Answered> {
  const request = httpsRequest({
    host: '127.0.0.1',
    port,
    servername: 'gateway.test',
    ca: authority.publicRoots.cartRootPEM,
    agent: false,
    path: `/.well-known/est/${sent.path ?? 'simpleenroll'}`,
    method: sent.method ?? 'POST',
    headers: sent.headers ?? {},
    ...(sent.key === undefined || sent.certificate === undefined
      ? {}
      : {
          key: sent.key.export({ type: 'pkcs8', format: 'pem' }),
          cert: encodePEM('CERTIFICATE', sent.certificate),
        }),
  });
  request.end(sent.body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  const isProblem = response.headers['content-type'] === 'application/problem+json';
  const code = isProblem ? (JSON.parse(text) as { readonly code: string }).code : undefined;
  return { status: response.statusCode ?? 0, headers: response.headers, text, code };
}

const basic = (name: string, password: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
  'content-type': 'application/pkcs10',
});
const csr = (key: KeyObject, name = serial): string =>
  encodeESTBody(makeCertificationRequest(name, key));
const certificateIn = (answer: Answered): Uint8Array => {
  equal(answer.status, 200, answer.text);
  const [certificate, second] = readCertificatesOnly(decodeESTBody(answer.text, 65_536));
  ok(certificate !== undefined && second === undefined);
  return certificate;
};

async function newLicenceCode(held: TestAuthority, lifetimeMs?: number): Promise<string> {
  const order = { by: 'admin', ...(lifetimeMs === undefined ? {} : { lifetimeMs }) };
  return (await held.authority.issueCartLicence(serial, order)).code;
}

forEachDatabase('EST', (open) => {
  for (const cartKey of ['p256', 'rsa3072'] as const) {
    test(`${cartKey}: a cart enrols, renews, and is told what to trust`, async () => {
      await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS), { cartKey });
      const { authority, ledger } = held;
      await using est = await serveEST(authority);
      const get = (path: string): Promise<Answered> =>
        ask(authority, est.port, { path, method: 'GET' });
      const roots = await get('cacerts');
      match(roots.headers['content-type'] ?? '', /^application\/pkcs7-mime/);
      const root = certificateIn(roots);
      equal(
        new X509Certificate(root).fingerprint256.replaceAll(':', '').toLowerCase(),
        authority.facts.fingerprints.cart,
      );
      const anchors = await readAnchors((await get('chaperone/anchors')).text, root);
      equal(anchors.ledgerKey, LEDGER_KEY);
      equal(anchors.workstationCA, authority.publicRoots.workstationRootPEM);
      const attributes = await get('csrattrs');
      equal(attributes.headers['content-type'], 'application/csrattrs');
      deepEqual(decodeESTBody(attributes.text, 4096), makeCSRAttributes());

      const key = newKey();
      const code = await newLicenceCode(held);
      const sent = { headers: basic(serial, code), body: csr(key) };
      const certificate = certificateIn(await ask(authority, est.port, sent));
      const read = readPeerCertificate(certificate);
      equal(read.serial, serial);
      equal(await authority.isRevoked(read.certificateSerialHex), false);
      deepEqual(ledger.kinds().slice(-3), [
        'licence-issued',
        'licence-redeemed',
        'certificate-issued',
      ]);
      if (cartKey === 'rsa3072') {
        writeFileSync(join(held.directory, 'root.pem'), authority.publicRoots.cartRootPEM);
        const verdict = execFileSync(
          'openssl',
          ['verify', '-purpose', 'sslclient', '-CAfile', join(held.directory, 'root.pem')],
          {
            input: encodePEM('CERTIFICATE', certificate),
            encoding: 'utf8',
          },
        );
        match(verdict, /OK/);
      }

      const lost = certificateIn(await ask(authority, est.port, sent));
      deepEqual(lost, certificate);

      const nextKey = newKey();
      const renewal = {
        path: 'simplereenroll',
        headers: { 'content-type': 'application/pkcs10' },
        body: csr(nextKey),
        key,
        certificate,
      };
      const renewed = certificateIn(await ask(authority, est.port, renewal));
      const again = certificateIn(await ask(authority, est.port, renewal));
      deepEqual(again, renewed);
      equal(readPeerCertificate(renewed).serial, serial);
      equal(await authority.isRevoked(read.certificateSerialHex), false);
      const third = await ask(authority, est.port, {
        ...renewal,
        body: csr(newKey()),
        key: nextKey,
        certificate: renewed,
      });
      certificateIn(third);
      equal(await authority.isRevoked(read.certificateSerialHex), true);
      equal((await ask(authority, est.port, renewal)).code, 'CART_REFUSED');
      deepEqual(held.faults, []);
    });
  }

  test('refusals say what is wrong, and use nothing up', async () => {
    await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS));
    const { authority } = held;
    await using est = await serveEST(authority);
    const code = await newLicenceCode(held);
    const key = newKey();
    const good = { headers: basic(serial, code), body: csr(key) };
    const type = { 'content-type': 'application/pkcs10' };
    const wrongSymbol = code.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    const foreign = parseCartSerial('US-1002');
    const cases: readonly (readonly [Sent, number, string])[] = [
      [{ headers: type, body: csr(key) }, 401, 'ENROLMENT_CREDENTIALS_MISSING'],
      [
        { ...good, headers: { ...type, authorization: 'Basic !' } },
        401,
        'ENROLMENT_CREDENTIALS_MISSING',
      ],
      [
        { ...good, headers: { ...type, authorization: 'Bearer x' } },
        401,
        'ENROLMENT_CREDENTIALS_MISSING',
      ],
      [{ ...good, headers: basic(serial, wrongSymbol) }, 400, 'LICENCE_CODE_MISTYPED'],
      [{ ...good, headers: basic(serial, '00000-00000-00000-00000') }, 403, 'LICENCE_UNKNOWN'],
      [{ ...good, headers: basic(foreign, code) }, 403, 'LICENCE_SERIAL_MISMATCH'],
      [{ headers: basic(foreign, code), body: csr(key, foreign) }, 403, 'LICENCE_SERIAL_MISMATCH'],
      [{ ...good, headers: basic('../x', code) }, 400, 'MALFORMED_ID'],
      [{ ...good, body: csr(key, foreign) }, 403, 'LICENCE_SERIAL_MISMATCH'],
      [{ ...good, body: 'AAAA' }, 400, 'MALFORMED_CERTIFICATION_REQUEST'],
    ];
    for (const [sent, status, expected] of cases) {
      const answer = await ask(authority, est.port, sent);
      deepEqual([answer.status, answer.code], [status, expected]);
    }
    certificateIn(await ask(authority, est.port, good));
    const used = await ask(authority, est.port, { ...good, body: csr(newKey()) });
    deepEqual([used.status, used.code], [403, 'LICENCE_USED']);
    match(used.text, /Have a new licence issued/);
    ok(!used.text.includes(code));
    deepEqual(held.faults, []);
  });

  test('expired and retired licences, and bodies of the wrong kind, are refused', async () => {
    const clock = new ManualClock(Date.now());
    await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS), { clock });
    const { authority } = held;
    await using est = await serveEST(authority);
    const late = await newLicenceCode(held, 1000);
    const { licence, code } = await authority.issueCartLicence(serial, { by: 'admin' });
    await authority.retireLicence(licence.id);
    clock.advance(1000);
    const body = csr(newKey());
    const cases: readonly (readonly [Sent, number, string])[] = [
      [{ headers: basic(serial, late), body }, 403, 'LICENCE_EXPIRED'],
      [{ headers: basic(serial, code), body }, 403, 'LICENCE_RETIRED'],
      [
        { headers: { ...basic(serial, code), 'content-type': 'text/plain' }, body },
        415,
        'MEDIA_TYPE_UNSUPPORTED',
      ],
      [{ headers: basic(serial, code), body: '%%%' }, 400, 'MALFORMED_EST_BODY'],
      [
        { headers: basic(serial, code), body: randomBytes(20_000).toString('base64') },
        413,
        'REQUEST_TOO_LARGE',
      ],
      [{ headers: basic(serial, code), body: '' }, 400, 'MALFORMED_EST_BODY'],
      [{ path: 'cacerts', method: 'POST' }, 405, 'ENROLMENT_METHOD_REFUSED'],
      [{ method: 'GET' }, 405, 'ENROLMENT_METHOD_REFUSED'],
      [{ path: 'fullcmc', body }, 404, 'ROUTE_NOT_FOUND'],
      [{ path: '../../etc/passwd', method: 'GET' }, 404, 'ROUTE_NOT_FOUND'],
      [
        { path: 'simplereenroll', headers: { 'content-type': 'application/pkcs10' }, body },
        403,
        'CART_REFUSED',
      ],
    ];
    for (const [sent, status, expected] of cases) {
      const answer = await ask(authority, est.port, sent);
      deepEqual([answer.status, answer.code], [status, expected]);
    }
  });

  test('guessing is slowed down, and an honest cart is let in afterwards', async () => {
    const clock = new ManualClock(Date.now());
    await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS), { clock });
    const { authority } = held;
    await using est = await serveEST(authority);
    const code = await newLicenceCode(held);
    const wrong = { headers: basic(serial, '00000-00000-00000-00000'), body: csr(newKey()) };
    for (let tries = 0; tries < 10; tries += 1)
      equal((await ask(authority, est.port, wrong)).status, 403);
    const good = { headers: basic(serial, code), body: csr(newKey()) };
    const slowed = await ask(authority, est.port, good);
    deepEqual([slowed.status, slowed.code], [429, 'ENROLMENT_THROTTLED']);
    equal(slowed.headers['retry-after'], '900');
    equal((await ask(authority, est.port, { path: 'cacerts', method: 'GET' })).status, 200);
    clock.advance(15 * 60 * 1000);
    certificateIn(await ask(authority, est.port, good));
    ok(!held.ledger.kinds().includes('licence-refused'));
  });

  test('a ledger that cannot write lets no certificate out; asking again does once it can', async () => {
    await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS));
    const { authority, ledger } = held;
    await using est = await serveEST(authority);
    const code = await newLicenceCode(held);
    const sent = { headers: basic(serial, code), body: csr(newKey()) };
    ledger.isFull = true;
    equal((await ask(authority, est.port, sent)).status, 500);
    const [pending] = await authority.certificatesOf({ kind: 'cart', id: serial });
    equal(pending?.state, 'pending');
    equal(await authority.isRevoked(pending.certificateSerialHex), true);
    ledger.isFull = false;
    const certificate = certificateIn(await ask(authority, est.port, sent));
    deepEqual(certificate, pending.der);
    equal(held.faults.length, 1);
  });

  test('many carts at once with one code: one gets in', async () => {
    await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS));
    const { authority } = held;
    await using est = await serveEST(authority);
    const code = await newLicenceCode(held);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        ask(authority, est.port, { headers: basic(serial, code), body: csr(newKey()) }),
      ),
    );
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    deepEqual(statuses, [200, ...Array.from({ length: 7 }, () => 403)]);
    ok(answers.every(({ status, code: why }) => status === 200 || why === 'LICENCE_USED'));
  });

  test('renewal needs a certificate in force, and the same serial', async () => {
    await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS));
    const { authority } = held;
    await using est = await serveEST(authority);
    const key = newKey();
    const sent = { headers: basic(serial, await newLicenceCode(held)), body: csr(key) };
    const certificate = certificateIn(await ask(authority, est.port, sent));
    const renewal = {
      path: 'simplereenroll',
      headers: { 'content-type': 'application/pkcs10' },
      key,
      certificate,
    };
    const foreign = await ask(authority, est.port, {
      ...renewal,
      body: csr(newKey(), parseCartSerial('US-9')),
    });
    equal(foreign.code, 'LICENCE_SERIAL_MISMATCH');
    const [root] = decodePEM('CERTIFICATE', authority.publicRoots.cartRootPEM);
    ok(root !== undefined);
    const forger = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const forged = issueCertificate(
      { profile: 'p256-sha3-256', privateKey: forger.privateKey, certificate: root },
      {
        subject: { kind: 'cart', serial },
        purpose: 'peer',
        publicKey: forger.publicKey,
        notBeforeMs: Date.now() - 1000,
        notAfterMs: Date.now() + 1_000_000,
      },
    );
    const shown = { ...renewal, key: forger.privateKey, certificate: forged, body: csr(newKey()) };
    equal((await ask(authority, est.port, shown)).code, 'CART_REFUSED');
    for (let count = 0; count < 10; count += 1) {
      certificateIn(await ask(authority, est.port, { ...renewal, body: csr(newKey()) }));
    }
    equal(
      (await ask(authority, est.port, { ...renewal, body: csr(newKey()) })).code,
      'RENEWED_TOO_OFTEN',
    );
    await authority.retireCart(serial);
    equal(
      (await ask(authority, est.port, { ...renewal, body: csr(newKey()) })).code,
      'CART_REFUSED',
    );
    equal((await ask(authority, est.port, sent)).code, 'LICENCE_RETIRED');
  });
});

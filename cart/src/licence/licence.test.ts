/**
 * Goal: whatever a hostile or broken gateway answers, the cart keeps what it has, sends its code to nobody but the pinned
 * root, and says what was wrong. Method: a scripted EST server over real TLS on port 0, whose every answer can be
 * exchanged; damaged identities in temporary directories.
 */
import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { newLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import { newLicenceId } from '@chaperone/domain/licence/licence.ts';
import { makeLicenceStatement } from '@chaperone/protocol/licence/licence-statement.ts';
import { signerOf } from '@chaperone/protocol/x509/signer.ts';
import { makeAnchors } from '@chaperone/protocol/est/anchors.ts';
import { makeCertificatesOnly } from '@chaperone/protocol/est/certificates-only.ts';
import { EST_PATHS, decodeESTBody, encodeESTBody } from '@chaperone/protocol/est/est.ts';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { issueCertificate, readCertificate } from '@chaperone/protocol/x509/certificate.ts';
import type { CertificateTerms, Issuer } from '@chaperone/protocol/x509/certificate.ts';
import { readCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import {
  EnrolmentAnswerRefused,
  EnrolmentRefused,
  EnrolmentUnreachable,
  GatewayNotVerified,
  IdentityDamaged,
  NotEnrolled,
  RootFingerprintMismatch,
  enrol,
  loadIdentity,
  refreshLicence,
  renew,
} from './licence.ts';
import type { EnrolOptions, HeldLicence } from './licence.ts';
import { storeIdentity } from './identity.ts';

const DAY = 86_400_000;
const serial = parseCartSerial('US-1001');
const code = newLicenceCode((length) => new Uint8Array(length).fill(7));

type Root = Required<Issuer>;
type Answering = (request: IncomingMessage, response: ServerResponse, body: string) => void;

interface Script extends AsyncDisposable {
  readonly root: Root;
  readonly foreign: Root;
  readonly licenceRoot: Root;
  /** Exchanges the answers to one path. */
  answer(path: string, answering: Answering): void;
  /** Each request as `path` and what it carried as credentials. */
  readonly seen: (readonly [path: string, authorization: string | undefined])[];
  readonly directory: string;
  readonly options: EnrolOptions;
  certify(body: string, issuer?: Root, terms?: Partial<CertificateTerms>): string;
}

const TERMS: HeldLicence = {
  id: newLicenceId((length) => new Uint8Array(length)),
  number: 2,
  serial,
  features: ['view', 'control'],
  validFromUtcMs: 0,
  validUntilUtcMs: 4_000_000_000_000,
  issuedUtcMs: 0,
};
const signTerms = async (root: Root, terms: HeldLicence): Promise<string> =>
  await makeLicenceStatement(signerOf(root.privateKey), terms);

async function newRoot(profile: 'p256-sha3-256' | 'p256-sha256' = 'p256-sha3-256'): Promise<Root> {
  const { privateKey, publicKey } = await newKeyPair(profile);
  const certificate = issueCertificate(
    { profile, privateKey },
    {
      subject: { kind: 'other', commonName: 'Test root' },
      purpose: 'authority',
      publicKey,
      notBeforeMs: Date.now() - DAY,
      notAfterMs: Date.now() + 30 * DAY,
    },
  );
  return { profile, privateKey, certificate };
}

async function play(): Promise<Script> {
  const directory = mkdtempSync(join(tmpdir(), 'chaperone-licence-'));
  const [root, foreign, workstationRoot] = [
    await newRoot(),
    await newRoot(),
    await newRoot('p256-sha256'),
  ];
  const { privateKey, publicKey } = await newKeyPair('p256-sha3-256');
  const serverCertificate = issueCertificate(root, {
    subject: { kind: 'other', commonName: 'gateway.test' },
    purpose: 'server',
    publicKey,
    notBeforeMs: Date.now() - DAY,
    notAfterMs: Date.now() + DAY,
    hostNames: ['gateway.test'],
  });
  const licenceRoot = await newRoot('p256-sha256');
  const anchors = await makeAnchors(root, {
    licenceCA: encodePEM('CERTIFICATE', licenceRoot.certificate),
    workstationCA: encodePEM('CERTIFICATE', workstationRoot.certificate),
    ledgerKey: 'test+00000000+AAAA',
    issuedAtMs: Date.now(),
  });
  const certify: Script['certify'] = (body, issuer = root, terms = {}) => {
    const wanted = readCertificationRequest(decodeESTBody(body, 12_000));
    const der = issueCertificate(issuer, {
      subject: { kind: 'cart', serial: wanted.serial },
      purpose: 'peer',
      publicKey: wanted.publicKey,
      notBeforeMs: Date.now() - DAY,
      notAfterMs: Date.now() + DAY,
      ...terms,
    });
    return encodeESTBody(makeCertificatesOnly([der]));
  };
  const answers = new Map<string, Answering>([
    [
      EST_PATHS.cacerts,
      (_, response) => response.end(encodeESTBody(makeCertificatesOnly([root.certificate]))),
    ],
    [EST_PATHS.anchors, (_, response) => response.end(anchors)],
    [
      EST_PATHS.licence,
      (_, response) =>
        void signTerms(licenceRoot, TERMS).then((terms) => {
          response.end(terms);
        }),
    ],
    [EST_PATHS.simpleenroll, (_, response, body) => response.end(certify(body))],
    [EST_PATHS.simplereenroll, (_, response, body) => response.end(certify(body))],
  ]);
  const seen: Script['seen'] = [];
  const options = {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    cert: encodePEM('CERTIFICATE', serverCertificate),
    requestCert: true,
    rejectUnauthorized: false,
  };
  const server = createServer(options, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [asked = ''] = (request.url ?? '').split('?', 1);
      seen.push([asked, request.headers.authorization]);
      answers.get(asked)?.(request, response, Buffer.concat(chunks).toString('latin1'));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    root,
    foreign,
    licenceRoot,
    seen,
    directory,
    certify,
    answer: (path, answering) => answers.set(path, answering),
    options: {
      directory,
      gateway: { host: '127.0.0.1', port, serverName: 'gateway.test' },
      proxy: { kind: 'none' },
      serial,
      licenceCode: code,
      rootFingerprint: readCertificate(root.certificate).fingerprint,
      signal: new AbortController().signal,
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      rmSync(directory, { recursive: true });
    },
  };
}

const problem =
  (status: number, body: string): Answering =>
  (_, response) => {
    response.statusCode = status;
    response.end(body);
  };

test('a certificate for another cart, key, root, purpose or time is not taken', async () => {
  await using script = await play();
  const other = await newKeyPair('p256-sha256');
  const wrong: readonly ((body: string) => string)[] = [
    (body) =>
      script.certify(body, script.root, {
        subject: { kind: 'cart', serial: parseCartSerial('US-2') },
      }),
    (body) => script.certify(body, script.root, { publicKey: other.publicKey }),
    (body) => script.certify(body, script.foreign),
    (body) => script.certify(body, script.root, { purpose: 'server' }),
    (body) =>
      script.certify(body, script.root, {
        notBeforeMs: Date.now() - 2 * DAY,
        notAfterMs: Date.now() - DAY,
      }),
    (body) => script.certify(body, script.root, { subject: { kind: 'other', commonName: 'x' } }),
    () => encodeESTBody(makeCertificatesOnly([script.root.certificate])),
    () => encodeESTBody(makeCertificatesOnly([])),
    () => '',
    () => '<html>captive portal</html>',
    () => 'A'.repeat(200_000),
  ];
  for (const answer of wrong) {
    script.answer(EST_PATHS.simpleenroll, (_, response, body) => response.end(answer(body)));
    await rejects(enrol(script.options), EnrolmentAnswerRefused);
    await rejects(loadIdentity(script.directory), NotEnrolled);
  }
  script.answer(EST_PATHS.simpleenroll, (_, response, body) => response.end(script.certify(body)));
  equal((await enrol(script.options)).serial, serial);
});

test('the code goes to nobody whose root or anchors are not the licence’s', async () => {
  await using script = await play();
  const roots = (...ders: Uint8Array[]): void =>
    script.answer(EST_PATHS.cacerts, (_, response) =>
      response.end(encodeESTBody(makeCertificatesOnly(ders))),
    );
  roots(script.foreign.certificate);
  await rejects(enrol(script.options), RootFingerprintMismatch);
  // The licence's root, shown by a server that has no certificate from it.
  await rejects(
    enrol({
      ...script.options,
      rootFingerprint: readCertificate(script.foreign.certificate).fingerprint,
    }),
    GatewayNotVerified,
  );
  roots(script.foreign.certificate, script.root.certificate);
  await rejects(
    enrol({
      ...script.options,
      gateway: { ...script.options.gateway, serverName: 'elsewhere.test' },
    }),
    GatewayNotVerified,
  );
  const forged = await makeAnchors(script.foreign, {
    licenceCA: null,
    workstationCA: encodePEM('CERTIFICATE', script.foreign.certificate),
    ledgerKey: 'x',
    issuedAtMs: 0,
  });
  script.answer(EST_PATHS.anchors, (_, response) => response.end(forged));
  await rejects(enrol(script.options), EnrolmentAnswerRefused);
  ok(script.seen.length > 3);
  deepEqual(
    script.seen.filter(([, authorization]) => authorization !== undefined),
    [],
  );
});

test('refusals keep the gateway’s code, without its control characters', async () => {
  await using script = await play();
  const refuse = (status: number, body: string): void =>
    script.answer(EST_PATHS.simpleenroll, problem(status, body));
  refuse(403, '{"code":"PUBLIC_KEY_IN_USE","detail":"Bad\\u001b[31m key"}');
  await rejects(enrol(script.options), (fault: unknown) => {
    ok(fault instanceof EnrolmentRefused);
    equal(fault.gatewayCode, 'PUBLIC_KEY_IN_USE');
    ok(!fault.message.includes('\u001b'));
    return true;
  });
  for (const body of ['', '{', '{"code":5}', `{"code":"${'X'.repeat(100)}"}`, '<html>']) {
    refuse(502, body);
    await rejects(enrol(script.options), (fault: unknown) => {
      ok(fault instanceof EnrolmentRefused);
      equal(fault.gatewayCode, 'HTTP_502');
      return true;
    });
  }
});

test('a gateway that hangs up or hangs is left, and the same key is used again', async () => {
  await using script = await play();
  const keys: string[] = [];
  const keep = (body: string): void => {
    keys.push(readCertificationRequest(decodeESTBody(body, 12_000)).keyThumbprint);
  };
  script.answer(EST_PATHS.simpleenroll, (request, _, body) => {
    keep(body);
    request.socket.destroy();
  });
  await rejects(enrol(script.options), EnrolmentUnreachable);
  const given = new AbortController();
  script.answer(EST_PATHS.simpleenroll, (_, response, body) => {
    keep(body);
    response.write('AAAA');
    given.abort(new Error('the engineer gave up'));
  });
  await rejects(enrol({ ...script.options, signal: given.signal }), /the engineer gave up/);
  script.answer(EST_PATHS.simpleenroll, (_, response, body) => {
    keep(body);
    response.end(script.certify(body));
  });
  const identity = await enrol(script.options);
  deepEqual(keys, [identity.keyThumbprint, identity.keyThumbprint, identity.keyThumbprint]);
  await rejects(
    enrol({ ...script.options, signal: AbortSignal.abort(new Error('not at all')), replace: true }),
    /not at all/,
  );
});

test('older anchors are not taken at renewal, and the identity stays', async () => {
  await using script = await play();
  const identity = await enrol(script.options);
  const older = await makeAnchors(script.root, {
    licenceCA: null,
    workstationCA: identity.workstationCAPem,
    ledgerKey: 'old+00000000+AAAA',
    issuedAtMs: identity.anchorsIssuedAtMs - 1000,
  });
  script.answer(EST_PATHS.anchors, (_, response) => response.end(older));
  await rejects(renew(script.options), EnrolmentAnswerRefused);
  deepEqual(await loadIdentity(script.directory), identity);
});

test('terms that are not of this cart, not signed by the licence root or older are not taken, and what is held stays', async () => {
  await using script = await play();
  const serve = async (terms: HeldLicence, root = script.licenceRoot): Promise<void> => {
    const jws = await signTerms(root, terms);
    script.answer(EST_PATHS.licence, (_, response) => response.end(jws));
  };
  const asked = { ...script.options, directory: script.directory };
  for (const wrong of [
    { ...TERMS, serial: parseCartSerial('US-2') },
    { ...TERMS, number: 2, serial: parseCartSerial('US-10011') },
  ]) {
    await serve(wrong);
    await rejects(enrol(script.options), EnrolmentAnswerRefused);
    await rejects(loadIdentity(script.directory), NotEnrolled);
  }
  await serve(TERMS, script.foreign);
  await rejects(enrol(script.options), EnrolmentAnswerRefused);
  await serve(TERMS);
  deepEqual((await enrol(script.options)).licence, TERMS);
  await serve({ ...TERMS, number: 1 });
  await rejects(refreshLicence(asked), EnrolmentAnswerRefused);
  await rejects(renew(script.options), EnrolmentAnswerRefused);
  deepEqual((await loadIdentity(script.directory)).licence, TERMS);
  await serve({ ...TERMS, number: 3, validUntilUtcMs: null });
  equal((await refreshLicence(asked))?.number, 3);
  equal((await loadIdentity(script.directory)).licence?.validUntilUtcMs, null);
  const identity = await loadIdentity(script.directory);
  script.answer(EST_PATHS.licence, problem(403, '{"code":"LICENCE_RETIRED"}'));
  await rejects(refreshLicence(asked), { code: 'LICENCE_RETIRED' });
  const renewed = await renew(script.options);
  deepEqual(renewed.licence, identity.licence, 'a certificate is renewed, the terms stay');
  // Another licence begins to count from 1.
  await serve({
    ...TERMS,
    id: newLicenceId((length) => new Uint8Array(length).fill(1)),
    number: 1,
  });
  equal((await refreshLicence(asked))?.number, 1);
});

test('a gateway that knows no terms gives an identity without any, and its renewal by a newer one brings them', async () => {
  await using script = await play();
  const without = await makeAnchors(script.root, {
    licenceCA: null,
    workstationCA: encodePEM('CERTIFICATE', script.foreign.certificate),
    ledgerKey: 'test+00000000+AAAA',
    issuedAtMs: 0,
  });
  script.answer(EST_PATHS.anchors, (_, response) => response.end(without));
  equal((await enrol(script.options)).licence, null);
  equal(await refreshLicence({ ...script.options }), null);
  const anchors = await makeAnchors(script.root, {
    licenceCA: encodePEM('CERTIFICATE', script.licenceRoot.certificate),
    workstationCA: encodePEM('CERTIFICATE', script.foreign.certificate),
    ledgerKey: 'test+00000000+AAAA',
    issuedAtMs: Date.now(),
  });
  script.answer(EST_PATHS.anchors, (_, response) => response.end(anchors));
  deepEqual((await renew(script.options)).licence, TERMS);
});

test('an identity that is exchanged again and again is always read whole, as the one or the other', async () => {
  await using script = await play();
  const identity = await enrol(script.options);
  const place = join(script.directory, 'identities', identity.certificateSerialHex);
  const part = (name: string): string => readFileSync(join(place, name), 'utf8');
  const { jws } = JSON.parse(part('anchors.json')) as { jws: string };
  const parts = {
    keyPem: part('cart.key.pem'),
    certificatePem: part('cart.cert.pem'),
    cartRootPem: part('cart-root.pem'),
    anchorsJWS: jws,
    anchors: {
      workstationCA: identity.workstationCAPem,
      ledgerKey: identity.ledgerKey,
      issuedAtMs: identity.anchorsIssuedAtMs,
    },
    licenceJWS: part('licence.jws'),
  };
  const exchanging = { goesOn: true };
  const readers = Array.from({ length: 4 }, async () => {
    let reads = 0;
    for (; exchanging.goesOn; reads += 1) deepEqual(await loadIdentity(script.directory), identity);
    return reads;
  });
  const writer = (async () => {
    for (let n = 0; n < 150; n += 1) await storeIdentity(script.directory, parts);
    exchanging.goesOn = false;
  })();
  const [reads] = await Promise.all([...readers, writer.then(() => 0)]);
  ok(reads >= 50, `${reads} reads`);
  // Who was stopped between making a link and giving it its name leaves one behind.
  symlinkSync('identities/none', join(script.directory, '.identity.making-0011223344556677'));
  await storeIdentity(script.directory, parts);
  deepEqual(
    readdirSync(script.directory).filter((name) => name.includes('making')),
    [],
  );
});

test('an identity with a missing, exchanged, damaged or exposed part is not loaded', async () => {
  await using script = await play();
  const identity = await enrol(script.options);
  const place = join(script.directory, 'identities', identity.certificateSerialHex);
  const original = join(script.directory, 'original');
  cpSync(place, original, { recursive: true });
  const spoil = async (change: () => void): Promise<void> => {
    change();
    await rejects(loadIdentity(script.directory), IdentityDamaged);
    rmSync(place, { recursive: true });
    cpSync(original, place, { recursive: true });
  };
  const files = readdirSync(place);
  equal(files.length, 6);
  for (const name of files) {
    await spoil(() => rmSync(join(place, name)));
    await spoil(() => writeFileSync(join(place, name), 'x'));
    await spoil(() => writeFileSync(join(place, name), 'x'.repeat(100_000)));
  }
  const { privateKey } = await newKeyPair('p256-sha256');
  await spoil(() =>
    writeFileSync(join(place, 'cart.key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' })),
  );
  await spoil(() =>
    writeFileSync(
      join(place, 'cart-root.pem'),
      encodePEM('CERTIFICATE', script.foreign.certificate),
    ),
  );
  await spoil(() =>
    writeFileSync(
      join(place, 'workstation-ca.pem'),
      encodePEM('CERTIFICATE', script.foreign.certificate),
    ),
  );
  await spoil(() => {
    const anchors = JSON.parse(readFileSync(join(place, 'anchors.json'), 'utf8')) as object;
    writeFileSync(join(place, 'anchors.json'), JSON.stringify({ ...anchors, ledgerKey: 'mine' }));
  });
  await spoil(() => chmodSync(join(place, 'cart.key.pem'), 0o644));
  deepEqual(await loadIdentity(script.directory), identity);
  ok(!existsSync(join(script.directory, 'enrolment')));
});

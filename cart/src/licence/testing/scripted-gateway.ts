/**
 * A scripted EST server over real TLS on port 0, whose every answer can be exchanged, and a directory for the cart that asks it.
 */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { newLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import { newLicenceId } from '@chaperone/domain/licence/licence.ts';
import { makeLicenceStatement } from '@chaperone/protocol/licence/licence-statement.ts';
import { signerOf } from '@chaperone/protocol/x509/signer.ts';
import { makeAnchors } from '@chaperone/protocol/est/anchors.ts';
import type { AnchorsTerms } from '@chaperone/protocol/est/anchors.ts';
import { makeCertificatesOnly } from '@chaperone/protocol/est/certificates-only.ts';
import { EST_PATHS, decodeESTBody, encodeESTBody } from '@chaperone/protocol/est/est.ts';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { issueCertificate, readCertificate } from '@chaperone/protocol/x509/certificate.ts';
import type { CertificateTerms, Issuer } from '@chaperone/protocol/x509/certificate.ts';
import { readCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { loadIdentity } from '../licence.ts';
import type { EnrolOptions, HeldLicence } from '../licence.ts';
import type { IdentityParts } from '../identity.ts';

export const DAY = 86_400_000;
export const serial = parseCartSerial('US-1001');
export const code = newLicenceCode((length) => new Uint8Array(length).fill(7));

export type Root = Required<Issuer>;
export type Answering = (request: IncomingMessage, response: ServerResponse, body: string) => void;

export interface Script extends AsyncDisposable {
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

export const TERMS: HeldLicence = {
  id: newLicenceId((length) => new Uint8Array(length)),
  number: 2,
  serial,
  features: ['view', 'control'],
  validFromUtcMs: 0,
  validUntilUtcMs: 4_000_000_000_000,
  issuedUtcMs: Math.floor(Date.now() / 1000) * 1000 - 20 * DAY,
};
export const signTerms = async (root: Root, terms: HeldLicence): Promise<string> =>
  await makeLicenceStatement(signerOf(root.privateKey), terms);

export async function newRoot(
  profile: 'p256-sha3-256' | 'p256-sha256' = 'p256-sha3-256',
): Promise<Root> {
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

export async function play(): Promise<Script> {
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

/** What the root signed before there were licence roots. */
export const earlierAnchors = ({ foreign }: Script): AnchorsTerms => ({
  licenceCA: null,
  workstationCA: encodePEM('CERTIFICATE', foreign.certificate),
  ledgerKey: 'test+00000000+AAAA',
  issuedAtMs: 0,
});

/** What the identity on the disk is made of. */
export async function partsOf({ directory }: Script): Promise<IdentityParts> {
  const identity = await loadIdentity(directory);
  const place = join(directory, 'identity');
  const part = (name: string): string => readFileSync(join(place, name), 'utf8');
  const { jws } = JSON.parse(part('anchors.json')) as { jws: string };
  return {
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
}

export const problem =
  (status: number, body: string): Answering =>
  (_, response) => {
    response.statusCode = status;
    response.end(body);
  };

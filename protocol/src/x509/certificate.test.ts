/**
 * Goal: what we issue is what the facts promise (SHA3-256 or SHA-256, names, purposes), strangers' tools agree, and
 * no bytes make a reader throw anything but its own error. Method: real keys, Node's X.509, Debian's `openssl` where
 * it can (it refuses ECDSA with SHA-3), and mutated DER.
 */
import { equal, match, ok, throws } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { parseCartSerial, newId } from '@chaperone/domain/id/id.ts';
import { SIGNATURE_PROFILES, newKeyPair } from './algorithm.ts';
import type { KeyPair, SignatureProfile } from './algorithm.ts';
import {
  CertificateNotInTime,
  CertificateNotTrusted,
  MalformedCertificate,
  issueCertificate,
  judgeCertificate,
  readCertificate,
} from './certificate.ts';
import type { Issuer } from './certificate.ts';
import {
  readOfficerCertificate,
  readPeerCertificate,
  readWorkstationCertificate,
} from './peer-certificate.ts';
import { decodePEM, encodePEM, MalformedPEM } from './pem.ts';

const NOW = Date.now();
const DAY = 86_400_000;
const NAMES: Record<SignatureProfile, string> = {
  'p256-sha3-256': 'ecdsa_with_SHA3-256',
  'rsa3072-sha3-256': 'RSA-SHA3-256',
  'p256-sha256': 'ecdsa-with-SHA256',
};

async function newAuthority(profile: SignatureProfile): Promise<Required<Issuer> & KeyPair> {
  const keys = await newKeyPair(profile);
  const certificate = issueCertificate(
    { profile, privateKey: keys.privateKey },
    {
      subject: { kind: 'other', commonName: `Root ${profile}` },
      purpose: 'authority',
      publicKey: keys.publicKey,
      notBeforeMs: NOW - DAY,
      notAfterMs: NOW + 100 * DAY,
    },
  );
  return { profile, certificate, ...keys };
}

const cart = { kind: 'cart', serial: parseCartSerial('US-1001_b') } as const;

for (const profile of SIGNATURE_PROFILES) {
  describe(profile, () => {
    let root: Required<Issuer> & KeyPair;
    let leafKeys: KeyPair;
    let leaf: Uint8Array;
    let directory: string;
    const terms = {
      subject: cart,
      purpose: 'peer',
      notBeforeMs: NOW - DAY,
      notAfterMs: NOW + DAY,
    } as const;
    before(async () => {
      root = await newAuthority(profile);
      leafKeys = await newKeyPair('p256-sha256');
      leaf = issueCertificate(root, { ...terms, publicKey: leafKeys.publicKey });
      directory = mkdtempSync(join(tmpdir(), 'chaperone-x509-'));
    });
    after(() => rmSync(directory, { recursive: true }));

    test("a cart's certificate reads back as it was meant", () => {
      const read = readPeerCertificate(leaf);
      equal(read.serial, 'US-1001_b');
      match(read.certificateSerialHex, /^[4-7][0-9a-f]{31}$/);
      match(read.keyThumbprint, /^[A-Za-z0-9_-]{43}$/);
      equal(read.notAfterMs, Math.floor((NOW + DAY) / 1000) * 1000);
      equal(new X509Certificate(leaf).signatureAlgorithm, NAMES[profile]);
      judgeCertificate(read, readCertificate(root.certificate), 'peer', NOW);
    });

    test('judging refuses another authority, another purpose and another time', async () => {
      const read = readCertificate(leaf);
      const authority = readCertificate(root.certificate);
      const foreign = readCertificate((await newAuthority(profile)).certificate);
      throws(() => judgeCertificate(read, foreign, 'peer', NOW), CertificateNotTrusted);
      throws(() => judgeCertificate(read, read, 'peer', NOW), CertificateNotTrusted);
      throws(() => judgeCertificate(read, authority, 'server', NOW), CertificateNotTrusted);
      throws(() => judgeCertificate(read, authority, 'peer', NOW + 2 * DAY), CertificateNotInTime);
      throws(() => judgeCertificate(read, authority, 'peer', NOW - 2 * DAY), CertificateNotInTime);
    });

    test('an end never lies behind the authority’s own', () => {
      const long = issueCertificate(root, {
        ...terms,
        publicKey: leafKeys.publicKey,
        notAfterMs: NOW + 1000 * DAY,
      });
      equal(readCertificate(long).notAfterMs, readCertificate(root.certificate).notAfterMs);
    });

    test(
      'openssl verifies the chain',
      { skip: profile === 'p256-sha3-256' && 'OpenSSL 3.0 refuses ECDSA+SHA3' },
      () => {
        writeFileSync(join(directory, 'root.pem'), encodePEM('CERTIFICATE', root.certificate));
        writeFileSync(join(directory, 'leaf.pem'), encodePEM('CERTIFICATE', leaf));
        const answer = execFileSync(
          'openssl',
          ['verify', '-x509_strict', '-purpose', 'sslclient', '-CAfile', 'root.pem', 'leaf.pem'],
          { cwd: directory, encoding: 'utf8' },
        );
        match(answer, /leaf\.pem: OK/);
      },
    );

    test('openssl prints the names and extensions', () => {
      writeFileSync(join(directory, 'leaf.pem'), encodePEM('CERTIFICATE', leaf));
      const text = execFileSync('openssl', ['x509', '-in', 'leaf.pem', '-noout', '-text'], {
        cwd: directory,
        encoding: 'utf8',
      });
      match(text, /Subject: serialNumber = US-1001_b, CN = Chaperone cart US-1001_b/);
      match(text, /URI:urn:chaperone:cart:US-1001_b/);
      match(text, /CA:FALSE/);
      match(text, /TLS Web Client Authentication/);
    });

    test('mutated certificates are refused with one error', () => {
      const change = fc.record({ at: fc.nat(), byte: fc.nat(255), cut: fc.nat(3) });
      fc.assert(
        fc.property(change, ({ at, byte, cut }) => {
          const bytes = Uint8Array.from(leaf);
          bytes[at % bytes.length] = byte;
          const tried = cut === 1 ? bytes.subarray(0, at % bytes.length) : bytes;
          try {
            readPeerCertificate(tried);
          } catch (error) {
            ok(error instanceof MalformedCertificate, String(error));
          }
        }),
        { numRuns: 300 },
      );
    });
  });
}

test('a workstation’s certificate carries its id and label, and is no cart’s', async () => {
  const root = await newAuthority('p256-sha256');
  const id = newId('workstation', (length) => new Uint8Array(length));
  const der = issueCertificate(root, {
    subject: { kind: 'workstation', id, label: 'Büro 3' },
    purpose: 'signer',
    publicKey: root.publicKey,
    notBeforeMs: NOW,
    notAfterMs: NOW + DAY,
  });
  const read = readWorkstationCertificate(der);
  equal(read.workstationId, id);
  equal(read.label, 'Büro 3');
  throws(() => readPeerCertificate(der), MalformedCertificate);
});

test('an officer’s certificate carries id, name and facility, and is nobody else’s', async () => {
  const root = await newAuthority('p256-sha256');
  const id = newId('officer', (length) => new Uint8Array(length));
  const der = issueCertificate(root, {
    subject: { kind: 'officer', id, name: 'Jo Müller', facility: 'Klinik Süd' },
    purpose: 'peer',
    publicKey: root.publicKey,
    notBeforeMs: NOW,
    notAfterMs: NOW + DAY,
  });
  const { officerId, name, facility } = readOfficerCertificate(der);
  equal(officerId, id);
  equal(name, 'Jo Müller');
  equal(facility, 'Klinik Süd');
  throws(() => readPeerCertificate(der), MalformedCertificate);
  const at = Buffer.from(der).indexOf(`urn:chaperone:officer:${id}`);
  const forged = Uint8Array.from(der);
  forged[at + `urn:chaperone:officer:${id}`.length - 1] = '1'.charCodeAt(0);
  throws(() => readOfficerCertificate(forged), MalformedCertificate);
});

test('two names that disagree, bytes behind the end and oversize are refused', async () => {
  const root = await newAuthority('p256-sha256');
  const der = issueCertificate(root, {
    subject: cart,
    purpose: 'peer',
    publicKey: root.publicKey,
    notBeforeMs: NOW,
    notAfterMs: NOW + DAY,
  });
  const at = Buffer.from(der).indexOf('urn:chaperone:cart:US-1001_b');
  const forged = Uint8Array.from(der);
  forged[at + 'urn:chaperone:cart:US-100'.length] = '2'.charCodeAt(0);
  throws(() => readPeerCertificate(forged), MalformedCertificate);
  throws(() => readPeerCertificate(Buffer.concat([der, Uint8Array.of(0)])), MalformedCertificate);
  throws(() => readPeerCertificate(new Uint8Array(9000)), MalformedCertificate);
  throws(() => readPeerCertificate(new Uint8Array(0)), MalformedCertificate);
});

test('any bytes at all are refused with one error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const wrapped = Buffer.concat([
        Uint8Array.of(0x30, 0x82, bytes.length >> 8, bytes.length & 255),
        bytes,
      ]);
      throws(() => readCertificate(wrapped), MalformedCertificate);
    }),
  );
});

test('deep nesting is refused, not followed', () => {
  const deep = Buffer.alloc(8000, Uint8Array.of(0x30, 0x80));
  throws(() => readCertificate(deep), MalformedCertificate);
  let nested = Buffer.from([0x05, 0x00]);
  while (nested.length < 7000) {
    const length = nested.length;
    const head =
      length < 128
        ? [0x30, length]
        : length < 256
          ? [0x30, 0x81, length]
          : [0x30, 0x82, length >> 8, length & 255];
    nested = Buffer.concat([Uint8Array.from(head), nested]);
  }
  throws(() => readCertificate(nested), MalformedCertificate);
});

test('PEM is read strictly', () => {
  const { publicKey } = generateKeyPairSync('ed25519');
  const der = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
  const pem = encodePEM('CERTIFICATE', der);
  equal(decodePEM('CERTIFICATE', pem + pem).length, 2);
  equal(Buffer.compare(decodePEM('CERTIFICATE', pem)[0] ?? new Uint8Array(), der), 0);
  for (const wrong of [
    '',
    'x' + pem,
    pem.replace('BEGIN', 'BEGUN'),
    pem.replace(/\n[A-Za-z0-9]/, '\n!'),
    pem + 'x',
  ]) {
    throws(() => decodePEM('CERTIFICATE', wrong), MalformedPEM);
  }
  throws(() => decodePEM('X509 CRL', pem), MalformedPEM);
});

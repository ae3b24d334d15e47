/**
 * Goal: the page's reader of certificates says of every certificate what Node's says, and believes no other signature. Method: chains
 * of each profile, read by both; each byte of a certificate changed in turn; signatures of somebody else under the same name.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { issueCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { decodePEM, encodePEM } from '@chaperone/protocol/x509/pem.ts';
import type { CertificateReader } from './cart-signer.ts';
import { nodeCertificateReader } from './node-certificate-reader.ts';
import { webCertificateReader } from './web-certificate-reader.ts';

const DAY_MS = 86_400_000;
const terms = { notBeforeMs: 0, notAfterMs: 20_000 * DAY_MS };

async function chain(profile: 'p256-sha3-256' | 'rsa3072-sha3-256') {
  const pair = await newKeyPair(profile);
  const authority = {
    subject: { kind: 'other', commonName: 'Cart root' },
    purpose: 'authority',
    publicKey: pair.publicKey,
    ...terms,
  } as const;
  const root = issueCertificate({ profile, privateKey: pair.privateKey }, authority);
  const { publicKey } = await newKeyPair(profile);
  const serial = parseCartSerial('US-1');
  const cart = issueCertificate(
    { profile, privateKey: pair.privateKey, certificate: root },
    { subject: { kind: 'cart', serial }, purpose: 'peer', publicKey, ...terms },
  );
  const pem = (der: Uint8Array): string => encodePEM('CERTIFICATE', der);
  return { root: pem(root), cart: pem(cart) };
}

/** What a reader says, keys left out: both have their own form of one. */
function said(reader: CertificateReader, cart: string, roots: string | null): unknown {
  try {
    const { key, ...rest } = reader.cart(cart, roots);
    ok(key);
    return rest;
  } catch (fault) {
    ok(fault instanceof DomainError, String(fault));
    return 'refused';
  }
}

for (const profile of ['p256-sha3-256', 'rsa3072-sha3-256'] as const) {
  test(`${profile}: both say the same of a chain, and of one by somebody else`, async () => {
    const own = await chain(profile);
    const strange = await chain(profile);
    for (const roots of [own.root, strange.root, strange.root + own.root, null])
      deepEqual(
        said(webCertificateReader, own.cart, roots),
        said(nodeCertificateReader, own.cart, roots),
      );
    equal(said(webCertificateReader, own.cart, strange.root), 'refused');
    deepEqual(webCertificateReader.root(own.root), nodeCertificateReader.root(own.root));
    for (const from of [own.root, strange.root, null])
      deepEqual(
        webCertificateReader.roots(own.root + strange.root, from),
        nodeCertificateReader.roots(own.root + strange.root, from),
      );
  });

  test(`${profile}: no byte of a certificate can be changed`, async () => {
    const { root, cart } = await chain(profile);
    const [der = new Uint8Array()] = decodePEM('CERTIFICATE', cart);
    const step = profile === 'p256-sha3-256' ? 1 : 7;
    for (let at = 0; at < der.length; at += step) {
      const changed = Uint8Array.from(der);
      changed[at] = (changed[at] ?? 0) ^ 1;
      equal(
        said(webCertificateReader, encodePEM('CERTIFICATE', changed), root),
        'refused',
        `${at}`,
      );
    }
  });
}

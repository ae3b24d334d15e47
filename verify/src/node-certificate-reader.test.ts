/**
 * Goal: evidence from before and after a change of the cart root is believed by whoever kept either root, and a root to which
 * nothing leads is a stranger. Method: three roots of one name, certified by each other as a service centre does it.
 */
import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import {
  CertificateNotTrusted,
  issueCertificate,
  readCertificate,
} from '@chaperone/protocol/x509/certificate.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { nodeCertificateReader as reader } from './node-certificate-reader.ts';

const SERIAL = parseCartSerial('US-1');
const TERMS = { notBeforeMs: Date.now() - 1000, notAfterMs: Date.now() + 86_400_000 };
const PROFILE = 'p256-sha3-256';

async function newRoot() {
  const keys = await newKeyPair(PROFILE);
  const subject = { kind: 'other', commonName: 'Test cart root' } as const;
  const terms = { subject, purpose: 'authority', publicKey: keys.publicKey, ...TERMS } as const;
  const certificate = issueCertificate({ profile: PROFILE, privateKey: keys.privateKey }, terms);
  const issuer = { profile: PROFILE, privateKey: keys.privateKey, certificate } as const;
  const cartKeys = await newKeyPair(PROFILE);
  const cart = issueCertificate(issuer, {
    subject: { kind: 'cart', serial: SERIAL },
    purpose: 'peer',
    publicKey: cartKeys.publicKey,
    ...TERMS,
  });
  return {
    pem: encodePEM('CERTIFICATE', certificate),
    fingerprint: readCertificate(certificate).fingerprint,
    cart: encodePEM('CERTIFICATE', cart),
    certifies: (of: { readonly terms: typeof terms }): string =>
      encodePEM('CERTIFICATE', issueCertificate(issuer, of.terms)),
    terms,
  };
}

test('from either root the other one is believed, through what certifies them by each other', async () => {
  const [first, second, third, stranger] = [
    await newRoot(),
    await newRoot(),
    await newRoot(),
    await newRoot(),
  ];
  const links = [
    first.certifies(second),
    second.certifies(first),
    second.certifies(third),
    third.certifies(second),
  ].join('');
  const inside = first.pem + second.pem + third.pem + links;
  for (const kept of [first, second, third]) {
    const { pem, strangers } = reader.roots(inside, kept.pem);
    deepEqual(strangers, []);
    for (const { cart } of [first, second, third])
      equal(reader.cart(cart, pem).serial, SERIAL as string);
    throws(() => reader.cart(stranger.cart, pem), CertificateNotTrusted);
  }
  const withStranger = reader.roots(inside + stranger.pem, first.pem);
  deepEqual(withStranger.strangers, [stranger.fingerprint]);
  throws(() => reader.cart(stranger.cart, withStranger.pem), CertificateNotTrusted);
  deepEqual(reader.roots(first.pem + second.pem, first.pem).strangers, [second.fingerprint]);
  // What a stranger certifies leads nowhere.
  const forged = first.pem + stranger.pem + stranger.certifies(first);
  deepEqual(reader.roots(forged, first.pem).strangers, [stranger.fingerprint]);
  throws(() => reader.roots(first.pem + first.cart, null), CertificateNotTrusted);
});

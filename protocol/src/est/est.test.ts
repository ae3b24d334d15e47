/**
 * Goal: EST's bodies survive the way both ends use them and nothing else gets in; anchors are believed only under the
 * root that signed them. Method: round trips, openssl as a stranger, mutated and random bytes.
 */
import { deepEqual, equal, match, ok, rejects, throws } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { CART_CHAIN_PROFILES, newKeyPair } from '../x509/algorithm.ts';
import type { SignatureProfile } from '../x509/algorithm.ts';
import { issueCertificate, readCertificate } from '../x509/certificate.ts';
import { encodePEM } from '../x509/pem.ts';
import { MalformedAnchors, makeAnchors, readAnchors } from './anchors.ts';
import {
  MalformedCertificatesOnly,
  makeCertificatesOnly,
  readCertificatesOnly,
} from './certificates-only.ts';
import { makeCSRAttributes } from './csr-attributes.ts';
import { MalformedESTBody, decodeESTBody, encodeESTBody } from './est.ts';

async function newAuthority(profile: SignatureProfile) {
  const keys = await newKeyPair(profile);
  const certificate = issueCertificate(
    { profile, privateKey: keys.privateKey },
    {
      subject: { kind: 'other', commonName: 'Root' },
      purpose: 'authority',
      publicKey: keys.publicKey,
      notBeforeMs: Date.now() - 1000,
      notAfterMs: Date.now() + 86_400_000,
    },
  );
  return { ...keys, certificate };
}

test('a body is the bytes again, in lines of 64, and whitespace does not matter', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 500 }), (bytes) => {
      const body = encodeESTBody(bytes);
      ok(body.split('\r\n').every((line) => line.length <= 64));
      deepEqual(decodeESTBody(body, 4096), bytes);
      deepEqual(decodeESTBody(body.replaceAll('\r\n', ''), 4096), bytes);
    }),
  );
});

test('what is not base64, empty or too long is refused', () => {
  for (const wrong of ['', '\r\n', '!!!!', 'AAA', 'AA=', 'A'.repeat(5000)]) {
    throws(() => decodeESTBody(wrong, 4096), MalformedESTBody);
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        decodeESTBody(text, 4096);
      } catch (error) {
        ok(error instanceof MalformedESTBody);
      }
    }),
  );
});

for (const profile of CART_CHAIN_PROFILES) {
  test(`${profile}: certs-only keeps certificates to the byte, and openssl reads it`, async () => {
    const authorities = [await newAuthority(profile), await newAuthority('p256-sha256')];
    const ders = authorities.map(({ certificate }) => certificate);
    const message = makeCertificatesOnly(ders);
    const read = readCertificatesOnly(message);
    const hex = (list: readonly Uint8Array[]): string[] =>
      list.map((der) => Buffer.from(der).toString('hex')).sort();
    deepEqual(hex(read), hex(ders));
    const text = execFileSync('openssl', ['pkcs7', '-inform', 'DER', '-print_certs'], {
      input: message,
      encoding: 'utf8',
    });
    equal(text.match(/BEGIN CERTIFICATE/g)?.length, 2);
    match(text, /subject=CN = Root/);
    fc.assert(
      fc.property(fc.nat(message.length - 1), fc.nat(255), (at, byte) => {
        try {
          readCertificatesOnly(
            Uint8Array.from(message, (old, index) => (index === at ? byte : old)),
          );
        } catch (error) {
          ok(error instanceof MalformedCertificatesOnly, String(error));
        }
      }),
      { numRuns: 200 },
    );
  });

  test(`${profile}: anchors are believed under their own root only`, async () => {
    const root = await newAuthority(profile);
    const workstation = await newAuthority('p256-sha256');
    const anchors = {
      workstationCA: encodePEM('CERTIFICATE', workstation.certificate),
      licenceCA: encodePEM('CERTIFICATE', workstation.certificate),
      ledgerKey: 'gateway/ledger+1234abcd+AAAA',
      issuedAtMs: 1_800_000_000_000,
    };
    const jws = await makeAnchors(root, anchors);
    const only = {
      roots: [encodePEM('CERTIFICATE', root.certificate)],
      issuing: readCertificate(root.certificate).fingerprint,
    };
    deepEqual(await readAnchors(jws, root.certificate), { ...anchors, ...only });
    const earlier = { ...anchors, licenceCA: null };
    deepEqual(await readAnchors(await makeAnchors(root, earlier), root.certificate), {
      ...earlier,
      ...only,
    });
    const other = await newAuthority(profile);
    await rejects(readAnchors(jws, other.certificate), MalformedAnchors);
    await rejects(
      readAnchors(
        await makeAnchors({ ...root, privateKey: other.privateKey }, anchors),
        root.certificate,
      ),
      MalformedAnchors,
    );
    await rejects(
      readAnchors(
        await makeAnchors({ ...other, privateKey: root.privateKey }, anchors),
        root.certificate,
      ),
      MalformedAnchors,
    );
    for (const wrong of ['', 'a.b.c', jws.slice(0, -8), `${jws}.x`, 'x'.repeat(20_000)]) {
      await rejects(readAnchors(wrong, root.certificate), MalformedAnchors);
    }
  });
}

test('while the root changes, anchors name both roots, and nothing else passes for one', async () => {
  const [older, newer, stranger] = [
    await newAuthority('p256-sha3-256'),
    await newAuthority('p256-sha3-256'),
    await newAuthority('p256-sha3-256'),
  ];
  const pem = ({ certificate }: { readonly certificate: Uint8Array }): string =>
    encodePEM('CERTIFICATE', certificate);
  const terms = {
    workstationCA: pem(await newAuthority('p256-sha256')),
    licenceCA: pem(await newAuthority('p256-sha256')),
    ledgerKey: 'gateway/ledger+1234abcd+AAAA',
    issuedAtMs: 1_800_000_000_000,
    roots: [pem(older), pem(newer)],
    issuing: readCertificate(older.certificate).fingerprint,
  };
  for (const signer of [older, newer])
    deepEqual(await readAnchors(await makeAnchors(signer, terms), signer.certificate), terms);
  const crossed = issueCertificate(
    { profile: 'p256-sha3-256', privateKey: older.privateKey, certificate: older.certificate },
    {
      subject: { kind: 'other', commonName: 'Root' },
      purpose: 'authority',
      publicKey: newer.publicKey,
      notBeforeMs: Date.now() - 1000,
      notAfterMs: Date.now() + 86_400_000,
    },
  );
  const issuing = readCertificate(stranger.certificate).fingerprint;
  const wrong: readonly object[] = [
    { roots: [pem(newer), pem(stranger)] },
    { roots: [pem(older), pem(older)] },
    { roots: [pem(older), 'no certificate'] },
    { roots: [pem(older), pem(newer) + pem(stranger)] },
    { roots: [pem(older), encodePEM('CERTIFICATE', crossed)] },
    { issuing },
  ];
  for (const change of wrong) {
    const jws = await makeAnchors(older, { ...terms, ...change });
    await rejects(readAnchors(jws, older.certificate), MalformedAnchors, JSON.stringify(change));
  }
});

test('csrattrs names a key on P-256, ECDSA with SHA-256 and the serial number; openssl reads it', () => {
  const der = makeCSRAttributes();
  const text = execFileSync('openssl', ['asn1parse', '-inform', 'DER'], {
    input: der,
    encoding: 'utf8',
  });
  deepEqual(
    [...text.matchAll(/d=(\d+).*(?:OBJECT\s+:(\S+)|(SET|SEQUENCE))/g)].map(
      ([, depth, object, kind]) => `${depth} ${object ?? kind}`,
    ),
    [
      '0 SEQUENCE',
      '1 SEQUENCE',
      '2 id-ecPublicKey',
      '2 SET',
      '3 prime256v1',
      '1 ecdsa-with-SHA256',
      '1 serialNumber',
    ],
  );
});

test('a certs-only message without certificates, and any other bytes, are refused', () => {
  throws(() => readCertificatesOnly(makeCertificatesOnly([])), MalformedCertificatesOnly);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      throws(() => readCertificatesOnly(bytes), MalformedCertificatesOnly);
    }),
  );
});

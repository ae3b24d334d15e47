/**
 * Goal: a list says what was revoked, only its authority can have signed it, and openssl uses it to refuse. Method:
 * real chains, `openssl verify -crl_check`, and mutated DER.
 */
import { deepEqual, equal, match, ok, throws } from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { SIGNATURE_PROFILES, newKeyPair } from './algorithm.ts';
import type { SignatureProfile } from './algorithm.ts';
import { issueCertificate, readCertificate } from './certificate.ts';
import { decodePEM, encodePEM } from './pem.ts';
import {
  MalformedRevocationList,
  makeRevocationList,
  readRevocationList,
} from './revocation-list.ts';

const NOW = Math.floor(Date.now() / 1000) * 1000;
const DAY = 86_400_000;

async function newAuthority(profile: SignatureProfile) {
  const keys = await newKeyPair(profile);
  const certificate = issueCertificate(
    { profile, privateKey: keys.privateKey },
    {
      subject: { kind: 'other', commonName: 'Root' },
      purpose: 'authority',
      publicKey: keys.publicKey,
      notBeforeMs: NOW - DAY,
      notAfterMs: NOW + DAY,
    },
  );
  return { profile, certificate, ...keys };
}

const times = { number: 7, thisUpdateMs: NOW - 60_000, nextUpdateMs: NOW + DAY };

for (const profile of SIGNATURE_PROFILES) {
  test(`${profile}: a list reads back, empty or not, and no other authority's passes`, async () => {
    const root = await newAuthority(profile);
    const revocations = [{ certificateSerialHex: '41'.repeat(16), atMs: NOW - 1000 }];
    for (const list of [
      { ...times, revocations },
      { ...times, revocations: [] },
    ]) {
      const [der] = decodePEM('X509 CRL', makeRevocationList(root, list));
      ok(der !== undefined);
      deepEqual(readRevocationList(der, root.certificate), list);
      const other = await newAuthority(profile);
      throws(() => readRevocationList(der, other.certificate), MalformedRevocationList);
    }
  });

  test(`${profile}: openssl reads it, and uses it where it can`, async () => {
    const root = await newAuthority(profile);
    const leaf = issueCertificate(root, {
      subject: { kind: 'cart', serial: parseCartSerial('US-1') },
      purpose: 'peer',
      publicKey: root.publicKey,
      notBeforeMs: NOW - DAY,
      notAfterMs: NOW + DAY,
    });
    const { certificateSerialHex } = readCertificate(leaf);
    const directory = mkdtempSync(join(tmpdir(), 'chaperone-crl-'));
    try {
      const write = (name: string, text: string): void =>
        writeFileSync(join(directory, name), text);
      write('root.pem', encodePEM('CERTIFICATE', root.certificate));
      write('leaf.pem', encodePEM('CERTIFICATE', leaf));
      write(
        'crl.pem',
        makeRevocationList(root, { ...times, revocations: [{ certificateSerialHex, atMs: NOW }] }),
      );
      const text = execFileSync('openssl', ['crl', '-in', 'crl.pem', '-noout', '-text'], {
        cwd: directory,
        encoding: 'utf8',
      });
      match(text, new RegExp(`Serial Number: ${certificateSerialHex}`, 'i'));
      match(text, /X509v3 CRL Number:\s*\n\s*7/);
      match(text, /X509v3 Authority Key Identifier/);
      if (profile === 'p256-sha3-256') return;
      const verdict = spawnSync(
        'openssl',
        ['verify', '-crl_check', '-CRLfile', 'crl.pem', '-CAfile', 'root.pem', 'leaf.pem'],
        { cwd: directory, encoding: 'utf8' },
      );
      match(verdict.stderr, /certificate revoked/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
}

test('a changed list is refused with one error', async () => {
  const root = await newAuthority('p256-sha3-256');
  const [der] = decodePEM('X509 CRL', makeRevocationList(root, { ...times, revocations: [] }));
  ok(der !== undefined);
  equal(readRevocationList(der, root.certificate).number, 7);
  fc.assert(
    fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const bytes = Uint8Array.from(der, (byte, index) => (index === at ? byte ^ flip : byte));
      throws(() => readRevocationList(bytes, root.certificate), MalformedRevocationList);
    }),
  );
});

/**
 * Goal: what the desk asks of the authority holds: workstations get a certificate for a proof and a code, licences end,
 * revocations take effect at once, reach the ledger sooner or later, and are listed. Method: the real authority on
 * SQLite and PostgreSQL, WebCrypto keys as in a browser, openssl for the list.
 */
import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate, createHash, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { parseLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import {
  LicenceRetired,
  LicenceSerialMismatch,
  LicenceUnknown,
  LicenceUsed,
  MalformedLicence,
  newLicenceId,
} from '@chaperone/domain/licence/licence.ts';
import { admitWorkstationCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import { decodePEM } from '@chaperone/protocol/x509/pem.ts';
import { readRevocationList } from '@chaperone/protocol/x509/revocation-list.ts';
import {
  MalformedWorkstationProof,
  makeWorkstationProof,
} from '@chaperone/protocol/x509/workstation-proof.ts';
import { forEachDatabase } from '../platform/database/testing/database-suite.ts';
import { systemRandom } from '../platform/random/random.ts';
import { newTestAuthority } from './testing/authority-harness.ts';
import type { TestAuthority } from './testing/authority-harness.ts';
import { AUTHORITY_MIGRATIONS } from './registry/registry.ts';
import { CertificateUnknown } from './revocation/revocation.ts';

const by = 'admin';
const serial = parseCartSerial('US-1001');
const newKeys = () =>
  crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
const prove = async (keys: Awaited<ReturnType<typeof newKeys>>, code: string): Promise<string> =>
  await makeWorkstationProof(keys, parseLicenceCode(code), Date.now());
const derOf = (pem: string): Uint8Array => decodePEM('CERTIFICATE', pem)[0] ?? new Uint8Array();

forEachDatabase('authority', (open) => {
  test('a workstation proves its key and gets its certificate, once', async () => {
    await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS));
    const { authority, ledger } = held;
    const { code } = await authority.issueWorkstationLicence('Büro 3', { by });
    const keys = await newKeys();
    const enrolled = await authority.enrolConsole(code.toLowerCase(), await prove(keys, code));
    const root = derOf(authority.publicRoots.workstationRootPEM);
    const [leaf = new Uint8Array()] = enrolled.chain;
    const read = admitWorkstationCertificate(leaf, root, Date.now());
    deepEqual([read.workstationId, read.label], [enrolled.workstationId, 'Büro 3']);
    const spki = Buffer.from(await crypto.subtle.exportKey('spki', keys.publicKey));
    equal(read.keyThumbprint, createHash('sha256').update(spki).digest('base64url'));
    equal(await authority.isRevoked(read.certificateSerialHex), false);
    deepEqual(await authority.enrolConsole(code, await prove(keys, code)), enrolled);
    await rejects(authority.enrolConsole(code, await prove(await newKeys(), code)), LicenceUsed);
    const redeemed = ledger.facts.filter(({ kind }) => kind === 'licence-redeemed');
    deepEqual(
      redeemed.map((fact) => 'subjectId' in fact && fact.subjectId),
      [enrolled.workstationId],
    );
    deepEqual(ledger.kinds().slice(-1), ['licence-refused']);
  });

  test('a proof for another code, a cart’s licence, and a wrong label are refused', async () => {
    await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS));
    const { authority } = held;
    const one = await authority.issueWorkstationLicence('One', { by });
    const two = await authority.issueWorkstationLicence('Two', { by });
    const cart = await authority.issueCartLicence(serial, { by });
    const keys = await newKeys();
    await rejects(authority.enrolConsole(one.code, await prove(keys, two.code)), LicenceUnknown);
    await rejects(authority.enrolConsole(one.code, 'x.y.z'), MalformedWorkstationProof);
    await rejects(
      authority.enrolConsole(cart.code, await prove(keys, cart.code)),
      LicenceSerialMismatch,
    );
    await rejects(authority.issueWorkstationLicence('<b>', { by }), MalformedLicence);
    equal((await authority.licences()).filter(({ redeemed }) => redeemed !== undefined).length, 0);
  });

  test('a licence is not given out when the ledger cannot say so, and ends when it is retired', async () => {
    await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS));
    const { authority, ledger } = held;
    ledger.isFull = true;
    await rejects(authority.issueCartLicence(serial, { by }), /ledger is full/);
    ok((await authority.licences()).every(({ retiredAtMs }) => retiredAtMs !== undefined));
    const { code, licence } = await (async () => {
      ledger.isFull = false;
      return await authority.issueWorkstationLicence('One', { by });
    })();
    ledger.isFull = true;
    ok((await authority.retireLicence(licence.id)).retiredAtMs !== undefined);
    await rejects(authority.enrolConsole(code, await prove(await newKeys(), code)), LicenceRetired);
    await rejects(authority.retireLicence(newLicenceId(systemRandom)), LicenceUnknown);
    ok(held.faults.length > 0);
  });

  test('a revocation holds at once, with the ledger full and a listener that fails; it is recorded later', async () => {
    const database = await open(AUTHORITY_MIGRATIONS);
    await using held = await newTestAuthority(database);
    const { authority, ledger } = held;
    const certificateSerialHex = await newWorkstation(held);
    const told: string[] = [];
    authority.onRevoked(() => {
      throw new Error('a listener fails');
    });
    const stop = authority.onRevoked((entry) => told.push(entry.certificateSerialHex));
    ledger.isFull = true;
    await authority.revokeCertificate(certificateSerialHex, 'key-compromise');
    equal(await authority.isRevoked(certificateSerialHex), true);
    deepEqual(told, [certificateSerialHex]);
    ok(!ledger.kinds().includes('certificate-revoked'));
    equal(held.faults.length, 2);
    ledger.isFull = false;
    const reopened = await held.reopen();
    equal(ledger.kinds().filter((kind) => kind === 'certificate-revoked').length, 1);
    equal(await reopened.isRevoked(certificateSerialHex), true);
    await authority.revokeCertificate(certificateSerialHex, 'retired');
    equal(ledger.kinds().filter((kind) => kind === 'certificate-revoked').length, 1);
    stop();
    await authority.revokeCertificate(await newWorkstation(held), 'administrative');
    equal(told.length, 1);
    await rejects(authority.revokeCertificate('00', 'retired'), CertificateUnknown);
    equal(await authority.isRevoked('00'), true);
  });

  test('the lists say what was revoked, under the right root, and openssl reads them', async () => {
    await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS), {
      cartKey: 'rsa3072',
    });
    const { authority } = held;
    const certificateSerialHex = await newWorkstation(held);
    await authority.revokeCertificate(certificateSerialHex, 'key-compromise');
    const roots = {
      workstation: authority.publicRoots.workstationRootPEM,
      cart: authority.publicRoots.cartRootPEM,
    };
    for (const chain of ['workstation', 'cart'] as const) {
      const pem = await authority.revocationList(chain);
      const list = readRevocationList(
        decodePEM('X509 CRL', pem)[0] ?? new Uint8Array(),
        derOf(roots[chain]),
      );
      deepEqual(
        list.revocations.map((entry) => entry.certificateSerialHex),
        chain === 'workstation' ? [certificateSerialHex] : [],
      );
      execFileSync('openssl', ['crl', '-noout'], { input: pem });
      ok(
        readRevocationList(
          decodePEM('X509 CRL', await authority.revocationList(chain))[0] ?? new Uint8Array(),
          derOf(roots[chain]),
        ).number > list.number,
      );
    }
  });

  test('roots differ, and none signs for another', async () => {
    await using held = await newTestAuthority(await open(AUTHORITY_MIGRATIONS));
    const { cartRootsPEM, ...each } = held.authority.publicRoots;
    // All that carts had; before the first change that is the one that certifies.
    equal(cartRootsPEM, each.cartRootPEM);
    const roots = Object.values(each).map((pem) => new X509Certificate(String(pem)));
    for (const [index, root] of roots.entries()) {
      for (const [other, candidate] of roots.entries()) {
        equal(root.verify(candidate.publicKey), index === other);
      }
      ok(!root.verify(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey));
    }
  });
});

async function newWorkstation({ authority }: TestAuthority): Promise<string> {
  const { code } = await authority.issueWorkstationLicence('One', { by });
  const { chain } = await authority.enrolConsole(code, await prove(await newKeys(), code));
  return new X509Certificate(chain[0] ?? '').serialNumber.toLowerCase();
}

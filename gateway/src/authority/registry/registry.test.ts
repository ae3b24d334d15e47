/**
 * Goal: a code is used exactly once whoever races, and the database itself refuses to turn history round. Method: the
 * same tests on real SQLite and real PostgreSQL; twenty redemptions at once, there over two pools.
 */
import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { newId, parseCartSerial } from '@chaperone/domain/id/id.ts';
import {
  LicenceExpired,
  LicenceRetired,
  LicenceSerialMismatch,
  LicenceUnknown,
  LicenceUsed,
  issueLicence,
  newLicenceId,
} from '@chaperone/domain/licence/licence.ts';
import type { Licence, LicenceCodeHash } from '@chaperone/domain/licence/licence.ts';
import { RuleViolation } from '../../platform/database/database-error.ts';
import { forEachDatabase } from '../../platform/database/testing/database-suite.ts';
import { systemRandom } from '../../platform/random/random.ts';
import { AUTHORITY_MIGRATIONS, PublicKeyInUse, openRegistry } from './registry.ts';
import type { CertificateEntry } from './registry.ts';

const subject = { kind: 'cart', serial: parseCartSerial('US-1') } as const;
const codeHash = 'c'.repeat(64) as LicenceCodeHash;

const newLicence = (hash = codeHash): Licence =>
  issueLicence({
    id: newLicenceId(systemRandom),
    subject,
    codeHash: hash,
    nowMs: 1000,
    lifetimeMs: 1000,
  });

const SEATS = 2;

function newEntry(
  keyThumbprint: string,
  licence?: Licence,
  holderId = 'US-1',
  issuedAtMs = 1500,
): CertificateEntry {
  const certificateSerialHex = Buffer.from(systemRandom(16)).toString('hex');
  return {
    certificateSerialHex,
    chain: 'cart',
    holder: { kind: 'cart', id: holderId },
    use: null,
    licenceId: licence?.id ?? null,
    keyThumbprint,
    fingerprint: certificateSerialHex,
    der: systemRandom(100),
    notAfterMs: 10_000,
    issuedAtMs,
    state: 'pending',
    revokedAtMs: null,
    revocationReason: null,
  };
}

const request = (keyThumbprint: string, nowMs = 1500) => ({
  codeHash,
  subject,
  keyThumbprint,
  nowMs,
});

forEachDatabase('authority registry', (open) => {
  test('licences and certificates come back as they went in', async () => {
    const registry = openRegistry(await open(AUTHORITY_MIGRATIONS));
    const licence = newLicence();
    await registry.addLicence(licence, 'admin');
    deepEqual(await registry.licences(), [licence]);
    deepEqual(await registry.licenceByCode(codeHash), licence);
    const { certificate, outcome } = await registry.redeem(
      request('key-1'),
      (held) => newEntry('key-1', held),
      SEATS,
    );
    equal(outcome, 'first');
    deepEqual(await registry.certificate(certificate.certificateSerialHex), certificate);
    deepEqual(await registry.certificatesOf({ kind: 'cart', id: 'US-1' }), [certificate]);
    deepEqual((await registry.licence(licence.id))?.redeemed, {
      atMs: 1500,
      keyThumbprint: 'key-1',
    });
  });

  test('of twenty at once, one key wins, and its certificate is the only one', async () => {
    const location = await open.place();
    const one = await open.at(location);
    await one.migrate(AUTHORITY_MIGRATIONS);
    // SQLite has one process, and that has one connection; a second gateway there is refused elsewhere.
    const two = open.dialect === 'postgresql' ? await open.at(location) : one;
    const registries = [openRegistry(one), openRegistry(two)];
    await registries[0]?.addLicence(newLicence(), 'admin');
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, async (_, index) => {
        const key = `key-${index % 10}`;
        const registry = registries[index % 2] ?? openRegistry(one);
        return await registry.redeem(request(key), (held) => newEntry(key, held), SEATS);
      }),
    );
    const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    // Each key asked twice.
    equal(won.length, 2);
    equal(new Set(won.map(({ certificate }) => certificate.certificateSerialHex)).size, 1);
    equal(won.filter(({ outcome }) => outcome === 'first').length, 1);
    for (const result of results) {
      if (result.status === 'rejected')
        ok(result.reason instanceof LicenceUsed, String(result.reason));
    }
    equal((await openRegistry(one).certificatesOf({ kind: 'cart', id: 'US-1' })).length, 1);
  });

  test('refusals change nothing; the same key gets the same certificate again', async () => {
    const registry = openRegistry(await open(AUTHORITY_MIGRATIONS));
    const licence = newLicence();
    const make = (held: Licence): CertificateEntry => newEntry('key-1', held);
    await rejects(registry.redeem(request('key-1'), make, SEATS), LicenceUnknown);
    await registry.addLicence(licence, 'admin');
    const foreign = { kind: 'cart', serial: parseCartSerial('US-2') } as const;
    await rejects(
      registry.redeem({ ...request('key-1'), subject: foreign }, make, SEATS),
      LicenceSerialMismatch,
    );
    await rejects(registry.redeem(request('key-1', 2000), make, SEATS), LicenceExpired);
    deepEqual(await registry.licences(), [licence]);
    const first = await registry.redeem(request('key-1'), make, SEATS);
    const again = await registry.redeem(request('key-1', 1900), make, SEATS);
    equal(again.outcome, 'again');
    deepEqual(again.certificate, first.certificate);
    await rejects(registry.redeem(request('key-2'), make, SEATS), LicenceUsed);
    ok((await registry.retireLicence(licence.id, 1950))?.retiredAtMs === 1950);
    await rejects(registry.redeem(request('key-1'), make, SEATS), LicenceRetired);
  });

  test('a key of another cart is refused, and its code stays unused', async () => {
    const registry = openRegistry(await open(AUTHORITY_MIGRATIONS));
    await registry.addCertificate(newEntry('key-1', undefined, 'US-9'));
    await registry.addLicence(newLicence(), 'admin');
    await rejects(
      registry.redeem(request('key-1'), (held) => newEntry('key-1', held), SEATS),
      PublicKeyInUse,
    );
    equal((await registry.licences())[0]?.redeemed, undefined);
    equal(
      (await registry.redeem(request('key-2'), (held) => newEntry('key-2', held), SEATS)).outcome,
      'first',
    );
  });

  test('releasing revokes what it supersedes, but not what is kept', async () => {
    const registry = openRegistry(await open(AUTHORITY_MIGRATIONS));
    const [old, kept, fresh, other] = [
      newEntry('key-1', undefined, 'US-1', 1),
      newEntry('key-2', undefined, 'US-1', 2),
      newEntry('key-3', undefined, 'US-1', 3),
      newEntry('key-4', undefined, 'US-2', 4),
    ] as const;
    for (const entry of [old, kept, fresh, other]) await registry.addCertificate(entry);
    await registry.release(old.certificateSerialHex, 50, 'all');
    const superseded = await registry.release(fresh.certificateSerialHex, 60, [
      kept.certificateSerialHex,
    ]);
    deepEqual(
      superseded.map(({ certificateSerialHex }) => certificateSerialHex),
      [old.certificateSerialHex],
    );
    deepEqual(await registry.release(fresh.certificateSerialHex, 70, []), []);
    const states = (await registry.certificatesOf({ kind: 'cart', id: 'US-1' })).map(
      ({ state }) => state,
    );
    deepEqual(states, ['released', 'pending', 'revoked']);
    equal((await registry.certificate(other.certificateSerialHex))?.state, 'pending');
  });

  test('revoking is once and for all, listed until it expires, and remembered until it is recorded', async () => {
    const registry = openRegistry(await open(AUTHORITY_MIGRATIONS));
    const entry = newEntry('key-1');
    await registry.addCertificate(entry);
    await registry.release(entry.certificateSerialHex, 50, 'all');
    const { certificateSerialHex } = entry;
    equal((await registry.revoke({ certificateSerialHex }, 'key-compromise', 100)).length, 1);
    deepEqual(await registry.revoke({ certificateSerialHex }, 'retired', 200), []);
    deepEqual(await registry.revoke({ holder: entry.holder }, 'retired', 200), []);
    const [revoked] = await registry.revoked('cart', 300);
    equal(revoked?.revokedAtMs, 100);
    equal(revoked?.revocationReason, 'key-compromise');
    deepEqual(await registry.revoked('cart', 10_001), []);
    deepEqual(await registry.revoked('workstation', 300), []);
    equal((await registry.unrecordedRevocations()).length, 1);
    await registry.markRevocationRecorded(certificateSerialHex);
    deepEqual(await registry.unrecordedRevocations(), []);
    deepEqual(await registry.release(certificateSerialHex, 400, []), []);
    equal((await registry.certificate(certificateSerialHex))?.state, 'revoked');
    deepEqual(
      await registry.revoke({ certificateSerialHex: newId('case', systemRandom) }, 'retired', 1),
      [],
    );
  });

  test('list numbers only rise, each chain has its own', async () => {
    const registry = openRegistry(await open(AUTHORITY_MIGRATIONS));
    equal(await registry.nextRevocationListNumber('cart'), 1);
    equal(await registry.nextRevocationListNumber('cart'), 2);
    equal(await registry.nextRevocationListNumber('workstation'), 1);
  });

  test('the database refuses to un-revoke, to un-use and to delete', async () => {
    const database = await open(AUTHORITY_MIGRATIONS);
    const registry = openRegistry(database);
    await registry.addLicence(newLicence(), 'admin');
    const { certificate } = await registry.redeem(
      request('key-1'),
      (held) => newEntry('key-1', held),
      SEATS,
    );
    await registry.revoke({ holder: certificate.holder }, 'retired', 1600);
    interface Loose {
      readonly authority_licence: { readonly state: string; readonly name: string };
      readonly authority_certificate: { readonly state: string; readonly key_thumbprint: string };
    }
    const db = database.db<Loose>();
    await rejects(
      db.updateTable('authority_licence').set({ state: 'issued' }).execute(),
      RuleViolation,
    );
    await rejects(
      db.updateTable('authority_licence').set({ name: 'US-2' }).execute(),
      RuleViolation,
    );
    await rejects(
      db.updateTable('authority_certificate').set({ state: 'released' }).execute(),
      RuleViolation,
    );
    await rejects(
      db.updateTable('authority_certificate').set({ key_thumbprint: 'x' }).execute(),
      RuleViolation,
    );
    await rejects(db.deleteFrom('authority_certificate').execute(), RuleViolation);
    await rejects(db.deleteFrom('authority_licence').execute(), RuleViolation);
  });
});

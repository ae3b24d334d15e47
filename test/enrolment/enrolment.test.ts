/**
 * Goal: a cart gets its identity from a real authority, keeps it, and no broken-off attempt costs it the licence.
 * Method: the real authority behind real TLS on port 0, under both cart chains; the cart's own enrolment in temporary
 * directories; a road in between that loses the answer.
 */
import { deepEqual, equal, notEqual, ok, rejects } from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { MistypedLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import { LicenceSerialMismatch, LicenceUsed } from '@chaperone/domain/licence/licence.ts';
import {
  AlreadyEnrolled,
  EnrolmentRefused,
  EnrolmentUnreachable,
  NotEnrolled,
  RootFingerprintMismatch,
  enrol,
  isRenewalDue,
  loadIdentity,
  renew,
} from '@chaperone/cart/licence/licence.ts';
import type { CartIdentity } from '@chaperone/cart/licence/licence.ts';
import { LEDGER_KEY } from '@chaperone/gateway/authority/testing/authority-harness.ts';
import { EST_PATHS } from '@chaperone/protocol/est/est.ts';
import { readLicenceFile } from '@chaperone/protocol/est/licence-file.ts';
import { SERIAL as serial, newCode, setStage } from './stage.ts';

for (const cartKey of ['p256', 'rsa3072'] as const) {
  test(`${cartKey}: a cart enrols with its licence file, renews, and its identity loads`, async () => {
    await using stage = await setStage(cartKey);
    const { authority } = stage.held;
    await rejects(loadIdentity(stage.cartDirectory), NotEnrolled);
    const given = stage.options(await newCode(stage));
    const issued = await authority.issueCartLicence(serial, { by: 'admin' });
    const place = { gateway: given.gateway, serviceCentre: 'Test Centre' };
    const file = await readLicenceFile(await authority.licenceFile(issued, place));
    equal(file.rootFingerprint, given.rootFingerprint);
    const identity = await enrol({ ...given, ...file, licenceCode: file.code });
    deepEqual(await loadIdentity(stage.cartDirectory), identity);
    equal(identity.serial, serial);
    equal(identity.ledgerKey, LEDGER_KEY);
    equal(identity.workstationCAPem, authority.publicRoots.workstationRootPEM);
    equal(identity.cartRootPem, authority.publicRoots.cartRootPEM);
    equal(await authority.isRevoked(identity.certificateSerialHex), false);
    equal(statSync(join(stage.cartDirectory, 'identity', 'cart.key.pem')).mode & 0o777, 0o600);
    ok(!existsSync(join(stage.cartDirectory, 'enrolment')));
    equal(isRenewalDue(identity, identity.notBeforeMs), false);
    equal(isRenewalDue(identity, identity.notAfterMs), true);

    const renewed = await renew(given);
    notEqual(renewed.keyThumbprint, identity.keyThumbprint);
    notEqual(renewed.certificateSerialHex, identity.certificateSerialHex);
    deepEqual(await loadIdentity(stage.cartDirectory), renewed);
    deepEqual(readdirSync(join(stage.cartDirectory, 'identities')), [renewed.certificateSerialHex]);
    ok(
      new X509Certificate(renewed.certificatePem).verify(
        new X509Certificate(renewed.cartRootPem).publicKey,
      ),
    );
  });
}

test('a mistyped code never reaches the network, a foreign root never sees the code', async () => {
  await using stage = await setStage();
  const code = await newCode(stage);
  const mistyped = code.replace(/^./, (first) => (first === '0' ? '1' : '0'));
  await rejects(enrol(stage.options(mistyped)), MistypedLicenceCode);
  equal(stage.asked.size, 0);
  const elsewhere = { ...stage.options(code), rootFingerprint: '0'.repeat(64) };
  await rejects(enrol(elsewhere), RootFingerprintMismatch);
  deepEqual([...stage.asked.keys()], [EST_PATHS.cacerts]);
  const typed = stage
    .options(code)
    .rootFingerprint.slice(0, 20)
    .toUpperCase()
    .replace(/..(?!$)/g, '$&:');
  equal((await enrol({ ...stage.options(code), rootFingerprint: typed })).serial, serial);
});

test('a used code, another serial and an enrolled cart are refused, and nothing changes', async () => {
  await using stage = await setStage();
  const code = await newCode(stage);
  await rejects(enrol({ ...stage.options(code), serial: 'US-9' }), LicenceSerialMismatch);
  const identity = await enrol(stage.options(code));
  await rejects(enrol(stage.options(code)), AlreadyEnrolled);
  await rejects(enrol({ ...stage.options(code), replace: true }), LicenceUsed);
  deepEqual(await loadIdentity(stage.cartDirectory), identity);
  const replaced = await enrol({ ...stage.options(await newCode(stage)), replace: true });
  notEqual(replaced.keyThumbprint, identity.keyThumbprint);
  equal(await stage.held.authority.isRevoked(identity.certificateSerialHex), true);
});

test('a lost answer costs nothing: the next attempt gets the same certificate for the same key', async () => {
  await using stage = await setStage();
  const { authority } = stage.held;
  const code = await newCode(stage);
  stage.loseAnswerOf(EST_PATHS.simpleenroll);
  await rejects(enrol(stage.options(code)), EnrolmentUnreachable);
  await rejects(loadIdentity(stage.cartDirectory), NotEnrolled);
  const [issued] = await authority.certificatesOf({ kind: 'cart', id: serial });
  equal(issued?.state, 'released');
  const identity = await enrol(stage.options(code));
  equal(identity.certificateSerialHex, issued.certificateSerialHex);

  stage.loseAnswerOf(EST_PATHS.simplereenroll);
  await rejects(renew(stage.options(code)), EnrolmentUnreachable);
  deepEqual(await loadIdentity(stage.cartDirectory), identity);
  const renewed = await renew(stage.options(code));
  equal((await authority.certificatesOf({ kind: 'cart', id: serial })).length, 2);
  equal(await authority.isRevoked(renewed.certificateSerialHex), false);
});

test('a retired cart cannot renew', async () => {
  await using stage = await setStage();
  const code = await newCode(stage);
  await enrol(stage.options(code));
  await stage.held.authority.retireCart(serial);
  await rejects(renew(stage.options(code)), (fault: unknown) => {
    ok(fault instanceof EnrolmentRefused);
    equal(fault.gatewayCode, 'CART_REFUSED');
    return true;
  });
});

test('a renewal that is overtaken by a new enrolment leaves the new identity as it is', async () => {
  await using stage = await setStage();
  const given = stage.options(await newCode(stage));
  await enrol(given);
  const again = await newCode(stage);
  let enrolled: Promise<CartIdentity> | undefined;
  stage.before(EST_PATHS.simplereenroll, async () => {
    enrolled = enrol({ ...given, licenceCode: again, replace: true });
    await enrolled;
  });
  await rejects(renew(given));
  const { certificateSerialHex } = await loadIdentity(stage.cartDirectory);
  equal(certificateSerialHex, (await enrolled)?.certificateSerialHex);
  equal(await stage.held.authority.isRevoked(certificateSerialHex), false);
});

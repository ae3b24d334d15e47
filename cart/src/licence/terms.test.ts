/**
 * Goal: a captured gateway gives a cart no more than the licence root last signed for it, whatever it has kept of earlier times.
 * Method: a scripted EST server over real TLS, whose every answer can be exchanged.
 */
import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { newLicenceId } from '@chaperone/domain/licence/licence.ts';
import { makeAnchors } from '@chaperone/protocol/est/anchors.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { EST_PATHS } from '@chaperone/protocol/est/est.ts';
import {
  EnrolmentAnswerRefused,
  NotEnrolled,
  enrol,
  loadIdentity,
  refreshLicence,
  renew,
} from './licence.ts';
import type { HeldLicence } from './licence.ts';
import { storeIdentity } from './identity.ts';
import {
  DAY,
  TERMS,
  signTerms,
  play,
  earlierAnchors,
  partsOf,
  problem,
} from './testing/scripted-gateway.ts';

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
});

test('what another licence allowed does not come back, at renewal, at refresh or beside a code', async () => {
  await using script = await play();
  const serve = async (terms: HeldLicence): Promise<void> => {
    const jws = await signTerms(script.licenceRoot, terms);
    script.answer(EST_PATHS.licence, (_, response) => response.end(jws));
  };
  const id = (byte: number) => newLicenceId((length) => new Uint8Array(length).fill(byte));
  const held: HeldLicence = {
    ...{ ...TERMS, id: id(2), number: 5, features: ['view'] },
    validUntilUtcMs: TERMS.issuedUtcMs + DAY,
  };
  await serve(held);
  deepEqual((await enrol(script.options)).licence, held);
  for (const olderMs of [0, 1000, 300 * DAY]) {
    // All that there ever was, with a number of its own; also what was signed in the same second.
    const larger: HeldLicence = {
      ...{ ...TERMS, id: id(1), number: 9, validUntilUtcMs: null },
      issuedUtcMs: held.issuedUtcMs - olderMs,
    };
    await serve(larger);
    await rejects(refreshLicence(script.options), EnrolmentAnswerRefused);
    await rejects(renew(script.options), EnrolmentAnswerRefused);
    // A typed code says no licence: then nothing that is older than the held one can be it.
    if (olderMs > 0)
      await rejects(enrol({ ...script.options, replace: true }), EnrolmentAnswerRefused);
    deepEqual((await loadIdentity(script.directory)).licence, held);
  }
  // Another licence that is newer begins to count from 1.
  const newer = { ...TERMS, id: id(3), number: 1, issuedUtcMs: held.issuedUtcMs + 1000 };
  await serve(newer);
  deepEqual(await refreshLicence(script.options), newer);
});

test('at enrolment the licence is the one whose code was used, and never older than a code lives', async () => {
  await using script = await play();
  const serve = async (terms: HeldLicence): Promise<void> => {
    const jws = await signTerms(script.licenceRoot, terms);
    script.answer(EST_PATHS.licence, (_, response) => response.end(jws));
  };
  const another = newLicenceId((length) => new Uint8Array(length).fill(1));
  const named = { ...script.options, licence: String(TERMS.id) };
  await serve({ ...TERMS, id: another, issuedUtcMs: TERMS.issuedUtcMs + DAY });
  await rejects(enrol(named), /not the one whose code was used/);
  await serve({ ...TERMS, issuedUtcMs: TERMS.issuedUtcMs - 400 * DAY });
  await rejects(enrol(script.options), /older than its code can be/);
  await rejects(loadIdentity(script.directory), NotEnrolled);
  await serve(TERMS);
  deepEqual((await enrol(named)).licence, TERMS);
  // A file names a licence that was issued before the held one got later terms: it is the one whose code was used.
  const before = { ...TERMS, id: another, number: 1, issuedUtcMs: TERMS.issuedUtcMs - DAY };
  await serve(before);
  deepEqual(
    (await enrol({ ...script.options, licence: String(another), replace: true })).licence,
    before,
  );
});

test('anchors of before there were licence roots enrol no cart, and the code is not sent', async () => {
  await using script = await play();
  const without = await makeAnchors(script.root, earlierAnchors(script));
  script.answer(EST_PATHS.anchors, (_, response) => response.end(without));
  await rejects(enrol(script.options), EnrolmentAnswerRefused);
  await rejects(loadIdentity(script.directory), NotEnrolled);
  ok(script.seen.every(([, authorization]) => authorization === undefined));
});

test('a gateway goes not behind the anchors of the licence file, and names no other licence root', async () => {
  await using script = await play();
  const licenceCA = encodePEM('CERTIFICATE', script.licenceRoot.certificate);
  const other = encodePEM('CERTIFICATE', script.foreign.certificate);
  const nowMs = Date.now();
  for (const anchors of [
    { issuedUtcMs: nowMs + 60_000, licenceCA },
    { issuedUtcMs: nowMs - DAY, licenceCA: other },
  ]) {
    await rejects(enrol({ ...script.options, anchors }), /older than those of the licence file/);
  }
  ok(script.seen.every(([, authorization]) => authorization === undefined));
  const anchors = { issuedUtcMs: nowMs - DAY, licenceCA };
  deepEqual((await enrol({ ...script.options, anchors })).licence, TERMS);
});

test('an identity that an earlier gateway gave stays, its renewal by a newer one brings terms, and none goes back behind that', async () => {
  await using script = await play();
  await enrol(script.options);
  // As a cart of an earlier version left it: the same certificate, older anchors, no terms.
  const earlier = earlierAnchors(script);
  await storeIdentity(script.directory, {
    ...(await partsOf(script)),
    ...{ anchors: earlier, anchorsJWS: await makeAnchors(script.root, earlier), licenceJWS: null },
  });
  equal((await loadIdentity(script.directory)).licence, null);
  equal(await refreshLicence(script.options), null);
  deepEqual((await renew(script.options)).licence, TERMS);
  const later = await makeAnchors(script.root, { ...earlier, issuedAtMs: Date.now() + DAY });
  script.answer(EST_PATHS.anchors, (_, response) => response.end(later));
  await rejects(renew(script.options), EnrolmentAnswerRefused);
  deepEqual((await loadIdentity(script.directory)).licence, TERMS);
});

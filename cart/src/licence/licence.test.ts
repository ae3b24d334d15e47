/**
 * Goal: whatever a hostile or broken gateway answers, the cart keeps what it has, sends its code to nobody but the pinned
 * root, and says what was wrong. Method: a scripted EST server over real TLS on port 0, whose every answer can be
 * exchanged; damaged identities in temporary directories.
 */
import { deepEqual, equal, fail, ok, rejects } from 'node:assert/strict';
import {
  chmodSync,
  cpSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { makeAnchors } from '@chaperone/protocol/est/anchors.ts';
import { makeCertificatesOnly } from '@chaperone/protocol/est/certificates-only.ts';
import { EST_PATHS, decodeESTBody, encodeESTBody } from '@chaperone/protocol/est/est.ts';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { readCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { readCertificationRequest } from '@chaperone/protocol/x509/certification-request.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import {
  EnrolmentAnswerRefused,
  EnrolmentRefused,
  EnrolmentUnreachable,
  GatewayNotVerified,
  IdentityDamaged,
  NotEnrolled,
  RootFingerprintMismatch,
  enrol,
  loadIdentity,
  renew,
} from './licence.ts';
import { storeIdentity } from './identity.ts';
import { DAY, serial, play, partsOf, problem } from './testing/scripted-gateway.ts';

test('a certificate for another cart, key, root, purpose or time is not taken', async () => {
  await using script = await play();
  const other = await newKeyPair('p256-sha256');
  const wrong: readonly ((body: string) => string)[] = [
    (body) =>
      script.certify(body, script.root, {
        subject: { kind: 'cart', serial: parseCartSerial('US-2') },
      }),
    (body) => script.certify(body, script.root, { publicKey: other.publicKey }),
    (body) => script.certify(body, script.foreign),
    (body) => script.certify(body, script.root, { purpose: 'server' }),
    (body) =>
      script.certify(body, script.root, {
        notBeforeMs: Date.now() - 2 * DAY,
        notAfterMs: Date.now() - DAY,
      }),
    (body) => script.certify(body, script.root, { subject: { kind: 'other', commonName: 'x' } }),
    () => encodeESTBody(makeCertificatesOnly([script.root.certificate])),
    () => encodeESTBody(makeCertificatesOnly([])),
    () => '',
    () => '<html>captive portal</html>',
    () => 'A'.repeat(200_000),
  ];
  for (const answer of wrong) {
    script.answer(EST_PATHS.simpleenroll, (_, response, body) => response.end(answer(body)));
    await rejects(enrol(script.options), EnrolmentAnswerRefused);
    await rejects(loadIdentity(script.directory), NotEnrolled);
  }
  script.answer(EST_PATHS.simpleenroll, (_, response, body) => response.end(script.certify(body)));
  equal((await enrol(script.options)).serial, serial);
});

test('the code goes to nobody whose root or anchors are not the licence’s', async () => {
  await using script = await play();
  const roots = (...ders: Uint8Array[]): void =>
    script.answer(EST_PATHS.cacerts, (_, response) =>
      response.end(encodeESTBody(makeCertificatesOnly(ders))),
    );
  roots(script.foreign.certificate);
  await rejects(enrol(script.options), RootFingerprintMismatch);
  // The licence's root, shown by a server that has no certificate from it.
  await rejects(
    enrol({
      ...script.options,
      rootFingerprint: readCertificate(script.foreign.certificate).fingerprint,
    }),
    GatewayNotVerified,
  );
  roots(script.foreign.certificate, script.root.certificate);
  await rejects(
    enrol({
      ...script.options,
      gateway: { ...script.options.gateway, serverName: 'elsewhere.test' },
    }),
    GatewayNotVerified,
  );
  const forged = await makeAnchors(script.foreign, {
    licenceCA: null,
    workstationCA: encodePEM('CERTIFICATE', script.foreign.certificate),
    ledgerKey: 'x',
    issuedAtMs: 0,
  });
  script.answer(EST_PATHS.anchors, (_, response) => response.end(forged));
  await rejects(enrol(script.options), EnrolmentAnswerRefused);
  ok(script.seen.length > 3);
  deepEqual(
    script.seen.filter(([, authorization]) => authorization !== undefined),
    [],
  );
});

test('refusals keep the gateway’s code, without its control characters', async () => {
  await using script = await play();
  const refuse = (status: number, body: string): void =>
    script.answer(EST_PATHS.simpleenroll, problem(status, body));
  refuse(403, '{"code":"PUBLIC_KEY_IN_USE","detail":"Bad\\u001b[31m key"}');
  await rejects(enrol(script.options), (fault: unknown) => {
    ok(fault instanceof EnrolmentRefused);
    equal(fault.gatewayCode, 'PUBLIC_KEY_IN_USE');
    ok(!fault.message.includes('\u001b'));
    return true;
  });
  for (const body of ['', '{', '{"code":5}', `{"code":"${'X'.repeat(100)}"}`, '<html>']) {
    refuse(502, body);
    await rejects(enrol(script.options), (fault: unknown) => {
      ok(fault instanceof EnrolmentRefused);
      equal(fault.gatewayCode, 'HTTP_502');
      return true;
    });
  }
});

test('who has not proven the root says nothing of a licence, and a code that is not sent is not used up', async () => {
  await using script = await play();
  for (const word of ['LICENCE_USED', 'LICENCE_EXPIRED', 'LICENCE_RETIRED', 'LICENCE_UNKNOWN']) {
    script.answer(EST_PATHS.cacerts, problem(403, JSON.stringify({ code: word })));
    await rejects(enrol(script.options), { code: 'ENROLMENT_REFUSED', gatewayCode: 'HTTP_403' });
  }
  script.answer(EST_PATHS.cacerts, (_, response) =>
    response.end(encodeESTBody(makeCertificatesOnly([script.root.certificate]))),
  );
  const overtaken = new AbortController();
  const { answer } = script;
  let isSent = false;
  answer(EST_PATHS.simpleenroll, problem(403, '{"code":"LICENCE_USED"}'));
  await rejects(enrol({ ...script.options, onSending: () => (isSent = true) }), {
    code: 'LICENCE_USED',
  });
  equal(isSent, true);
  const seen = script.seen.length;
  answer(EST_PATHS.anchors, () => overtaken.abort(new Error('the operator pressed')));
  await rejects(
    enrol({
      ...{ ...script.options, signal: overtaken.signal },
      onSending: () => fail('the code was sent'),
    }),
    /the operator pressed/,
  );
  ok(script.seen.slice(seen).every(([, authorization]) => authorization === undefined));
});

test('a gateway that hangs up or hangs is left, and the same key is used again', async () => {
  await using script = await play();
  const keys: string[] = [];
  const keep = (body: string): void => {
    keys.push(readCertificationRequest(decodeESTBody(body, 12_000)).keyThumbprint);
  };
  script.answer(EST_PATHS.simpleenroll, (request, _, body) => {
    keep(body);
    request.socket.destroy();
  });
  await rejects(enrol(script.options), EnrolmentUnreachable);
  const given = new AbortController();
  script.answer(EST_PATHS.simpleenroll, (_, response, body) => {
    keep(body);
    response.write('AAAA');
    given.abort(new Error('the engineer gave up'));
  });
  await rejects(enrol({ ...script.options, signal: given.signal }), /the engineer gave up/);
  script.answer(EST_PATHS.simpleenroll, (_, response, body) => {
    keep(body);
    response.end(script.certify(body));
  });
  const identity = await enrol(script.options);
  deepEqual(keys, [identity.keyThumbprint, identity.keyThumbprint, identity.keyThumbprint]);
  await rejects(
    enrol({ ...script.options, signal: AbortSignal.abort(new Error('not at all')), replace: true }),
    /not at all/,
  );
});

test('older anchors are not taken at renewal, and the identity stays', async () => {
  await using script = await play();
  const identity = await enrol(script.options);
  const older = await makeAnchors(script.root, {
    licenceCA: null,
    workstationCA: identity.workstationCAPem,
    ledgerKey: 'old+00000000+AAAA',
    issuedAtMs: identity.anchorsIssuedAtMs - 1000,
  });
  script.answer(EST_PATHS.anchors, (_, response) => response.end(older));
  await rejects(renew(script.options), EnrolmentAnswerRefused);
  deepEqual(await loadIdentity(script.directory), identity);
});

test('an identity that is exchanged again and again is always read whole, as the one or the other', async () => {
  await using script = await play();
  const identity = await enrol(script.options);
  const parts = await partsOf(script);
  const exchanging = { goesOn: true };
  const readers = Array.from({ length: 4 }, async () => {
    let reads = 0;
    for (; exchanging.goesOn; reads += 1) deepEqual(await loadIdentity(script.directory), identity);
    return reads;
  });
  const writer = (async () => {
    for (let n = 0; n < 150; n += 1) await storeIdentity(script.directory, parts);
    exchanging.goesOn = false;
  })();
  const [reads] = await Promise.all([...readers, writer.then(() => 0)]);
  ok(reads >= 50, `${reads} reads`);
  // Who was stopped between making a link and giving it its name leaves one behind.
  symlinkSync('identities/none', join(script.directory, '.identity.making-0011223344556677'));
  await storeIdentity(script.directory, parts);
  deepEqual(
    readdirSync(script.directory).filter((name) => name.includes('making')),
    [],
  );
});

test('an identity with a missing, exchanged, damaged or exposed part is not loaded', async () => {
  await using script = await play();
  const identity = await enrol(script.options);
  const place = join(script.directory, 'identities', identity.certificateSerialHex);
  const original = join(script.directory, 'original');
  cpSync(place, original, { recursive: true });
  const spoil = async (change: () => void): Promise<void> => {
    change();
    await rejects(loadIdentity(script.directory), IdentityDamaged);
    rmSync(place, { recursive: true });
    cpSync(original, place, { recursive: true });
  };
  const files = readdirSync(place);
  equal(files.length, 6);
  for (const name of files) {
    await spoil(() => rmSync(join(place, name)));
    await spoil(() => writeFileSync(join(place, name), 'x'));
    await spoil(() => writeFileSync(join(place, name), 'x'.repeat(100_000)));
  }
  const { privateKey } = await newKeyPair('p256-sha256');
  await spoil(() =>
    writeFileSync(join(place, 'cart.key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' })),
  );
  await spoil(() =>
    writeFileSync(
      join(place, 'cart-root.pem'),
      encodePEM('CERTIFICATE', script.foreign.certificate),
    ),
  );
  await spoil(() =>
    writeFileSync(
      join(place, 'workstation-ca.pem'),
      encodePEM('CERTIFICATE', script.foreign.certificate),
    ),
  );
  await spoil(() => {
    const anchors = JSON.parse(readFileSync(join(place, 'anchors.json'), 'utf8')) as object;
    writeFileSync(join(place, 'anchors.json'), JSON.stringify({ ...anchors, ledgerKey: 'mine' }));
  });
  await spoil(() => chmodSync(join(place, 'cart.key.pem'), 0o644));
  deepEqual(await loadIdentity(script.directory), identity);
  ok(!existsSync(join(script.directory, 'enrolment')));
});

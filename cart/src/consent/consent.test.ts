// Goal: only what a licensed workstation has signed for exactly this session, connection and case is shown to an operator.
// Method: a request that is right, and every single departure from it, against real certificates.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CartSerial } from '@chaperone/domain/id/id.ts';
import type { Hello } from '@chaperone/protocol/cart-api/schema.ts';
import { comparisonCode } from '@chaperone/protocol/signed/comparison-code.ts';
import { keyThumbprint } from '@chaperone/protocol/x509/algorithm.ts';
import { LicensedWorkstation, TEST_CASE } from '../platform/testing/licensed-workstation.ts';
import { TestAuthority } from '../platform/testing/test-authority.ts';
import { requestIdOf } from '@chaperone/protocol/signed/request-id.ts';
import { RequestVerifier } from './consent.ts';

const SERIAL = 'US-1' as unknown as CartSerial;
const EXPECTED = { caseId: TEST_CASE.id, caseNumber: TEST_CASE.number, resumes: null };
const HELLO = {
  serial: SERIAL,
  session: newId('session', randomBytes),
  challenge: randomBytes(32).toString('base64url'),
} as unknown as Hello;
const CART_KEY = randomBytes(32).toString('base64url');

let authority: TestAuthority;
let foreign: TestAuthority;
let workstation: LicensedWorkstation;
before(async () => {
  authority = await TestAuthority.make('p256-sha256', 'Workstations');
  foreign = await TestAuthority.make('p256-sha256', 'Workstations');
  workstation = await LicensedWorkstation.license(authority);
});

/** @param aheadMs how far the cart's UTC clock is ahead of the right time */
function verifier({ aheadMs = 0, monotonicMs = (): number => 0 } = {}): RequestVerifier {
  return new RequestVerifier({
    serial: SERIAL,
    cartKeyThumbprint: CART_KEY,
    workstationAuthority: authority.der,
    sessionId: HELLO.session,
    challenge: HELLO.challenge,
    challengeMonotonicMs: 0,
    monotonicMs,
    utcMs: () => Date.now() + aheadMs,
  });
}

const refused = (code: string) => ({ code });

test('a request that is right is shown with the code that both ends can compute', async () => {
  const jws = await workstation.request(HELLO);
  const shown = await verifier().verify(jws, EXPECTED);
  assert.equal(shown.id, requestIdOf(jws));
  assert.equal(shown.technician.name, 'Ada Lovelace');
  assert.equal(shown.workstation.id, workstation.id);
  assert.equal(
    shown.comparisonCode,
    comparisonCode({
      cartKeyThumbprint: CART_KEY,
      workstationKeyThumbprint: keyThumbprint(workstation.certified.publicKey),
      sessionId: HELLO.session,
      caseId: TEST_CASE.id,
      technicianId: workstation.technicianId,
    }),
  );
});

test("the authority's own certificate may follow in the chain, and no other", async () => {
  const claims = workstation.claims(HELLO);
  const leaf = workstation.certified.der;
  const whole = await workstation.sign(claims, { x5c: [leaf, authority.der] });
  await verifier().verify(whole, EXPECTED);
  for (const x5c of [[leaf, foreign.der], [leaf, authority.der, authority.der], [authority.der]]) {
    const jws = await workstation.sign(claims, { x5c });
    await assert.rejects(verifier().verify(jws, EXPECTED), refused('REQUEST_UNTRUSTED'));
  }
});

test('certificates that are foreign, for something else, or not in time are refused', async () => {
  const dayMs = 24 * 60 * 60 * 1000;
  const certificates = [
    await foreign.workstation(workstation.id),
    await authority.workstation(workstation.id, { purpose: 'server' }),
    await authority.workstation(workstation.id, { purpose: 'authority' }),
    await authority.cart(SERIAL),
    await authority.workstation(workstation.id, { notAfterMs: Date.now() - 1000 }),
    await authority.workstation(workstation.id, { notBeforeMs: Date.now() + dayMs }),
  ];
  for (const { der, key } of certificates) {
    const jws = await workstation.sign(workstation.claims(HELLO), { key, x5c: [der] });
    await assert.rejects(verifier().verify(jws, EXPECTED), refused('REQUEST_UNTRUSTED'));
  }
});

test('a certificate that a workstation has issued itself is refused', async () => {
  const rogue = await TestAuthority.make('p256-sha256', 'Bench');
  const { der, key } = await rogue.workstation(workstation.id);
  const jws = await workstation.sign(workstation.claims(HELLO), {
    key,
    x5c: [der, workstation.certified.der, authority.der],
  });
  await assert.rejects(verifier().verify(jws, EXPECTED), refused('REQUEST_UNTRUSTED'));
});

test('a signature by another key, a changed payload and another kind of statement are refused', async () => {
  const claims = workstation.claims(HELLO);
  const other = await LicensedWorkstation.license(authority);
  const [header, , signature] = (await workstation.sign(claims)).split('.');
  const changed = Buffer.from(JSON.stringify({ ...claims, name: 'Eve' })).toString('base64url');
  const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'x' })).toString('base64url');
  const forged = [
    await workstation.sign(claims, { key: other.certified.key }),
    `${header}.${changed}.${signature}`,
    `${none}.${changed}.${signature}`,
    await workstation.sign(claims, { typ: 'chaperone-grant+jwt' }),
    'not.a.jws',
  ];
  for (const jws of forged) {
    await assert.rejects(verifier().verify(jws, EXPECTED), refused('REQUEST_UNTRUSTED'));
  }
});

test('an unknown member and a workstation that speaks for another are refused', async () => {
  const claims = workstation.claims(HELLO);
  const more = await workstation.sign({ ...claims, admin: true });
  await assert.rejects(verifier().verify(more, EXPECTED), refused('REQUEST_UNTRUSTED'));
  const other = await LicensedWorkstation.license(authority);
  const jws = await workstation.request(HELLO, { iss: other.id });
  await assert.rejects(verifier().verify(jws, EXPECTED), refused('REQUEST_UNTRUSTED'));
});

test('a request for another cart, session, connection, case or purpose is stale', async () => {
  const grant = newId('grant', randomBytes);
  const changes = [
    { cart: 'US-2' },
    { session: newId('session', randomBytes) },
    { challenge: randomBytes(32).toString('base64url') },
    { case: newId('case', randomBytes) },
    { caseNumber: 'SC-2026-0043' },
    { purpose: 'resume' as const, grant },
    { grant },
  ];
  for (const change of changes) {
    const jws = await workstation.request(HELLO, change);
    await assert.rejects(verifier().verify(jws, EXPECTED), refused('REQUEST_STALE'));
  }
});

test('a resume names the grant that is to live on', async () => {
  const grant = newId('grant', randomBytes);
  const resumes = { ...EXPECTED, resumes: grant };
  const jws = await workstation.request(HELLO, { purpose: 'resume', grant });
  await verifier().verify(jws, resumes);
  const other = { ...EXPECTED, resumes: newId('grant', randomBytes) };
  await assert.rejects(verifier().verify(jws, other), refused('REQUEST_STALE'));
});

test('a request that lives too long, or asks for what cannot be granted together, is invalid', async () => {
  const nowS = Math.floor(Date.now() / 1000);
  const changes = [
    { exp: nowS + 301 },
    { exp: nowS },
    { activities: [] },
    { activities: ['control'] as const },
    { activities: ['view', 'view'] as const },
    { sub: 'somebody' },
    { name: 'Ada\u202egnilevoL' },
    { name: ' ' },
  ];
  for (const change of changes) {
    const jws = await workstation.request(HELLO, change as object);
    await assert.rejects(verifier().verify(jws, EXPECTED), refused('REQUEST_INVALID'));
  }
});

test('clocks that differ by more than a minute are told as that, a request that is over as stale', async () => {
  const jws = await workstation.request(HELLO);
  await verifier({ aheadMs: 55_000 }).verify(jws, EXPECTED);
  await verifier({ aheadMs: -55_000 }).verify(jws, EXPECTED);
  for (const aheadMs of [-65_000, 65_000, 3_600_000, -3_600_000]) {
    await assert.rejects(verifier({ aheadMs }).verify(jws, EXPECTED), refused('CLOCK_SKEWED'));
  }
  // Six minutes later by both clocks, on the same connection.
  const late = verifier({ aheadMs: 365_000, monotonicMs: () => 365_000 });
  await assert.rejects(late.verify(jws, EXPECTED), refused('REQUEST_STALE'));
});

test('a request that is offered again is not shown for longer', async () => {
  let nowMs = 0;
  const same = verifier({ monotonicMs: () => nowMs });
  const jws = await workstation.request(HELLO);
  const first = await same.verify(jws, EXPECTED);
  nowMs = 50_000;
  const again = await same.verify(jws, EXPECTED);
  assert.equal(again.expiresMonotonicMs, first.expiresMonotonicMs);
});

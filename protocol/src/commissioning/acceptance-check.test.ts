/**
 * Goal: a report that contradicts itself is noticed, whoever signed it, and a receipt is read by the ledger's key only. Method: one
 * member changed at a time; real Ed25519 keys.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { StatementInvalid, signStatement } from '../signed/statement.ts';
import { verifierKeyOf } from '../tree/verifier-key.ts';
import { contradictionsOf, readAcceptanceReceipt } from './acceptance-check.ts';
import { ACCEPTANCE_TYP, acceptanceReportClaims } from './acceptance-report.ts';
import { INSTANT_MAX_MS, readableText } from './plain-value.ts';
import type { AcceptanceReportClaims } from './acceptance-report.ts';
import { passedStep, sampleClaims } from './testing/sample-report.ts';

const good = sampleClaims();
const [link, ...others] = good.validation.steps;
assert.ok(link !== undefined);

const withLink = (changes: Partial<typeof link>): AcceptanceReportClaims['validation'] => ({
  ...good.validation,
  steps: [{ ...link, ...changes }, ...others],
});
const failed = { result: 'failed', finding: 'LINK_DOWN', advice: 'Plug it in.' } as const;

test('what a cart makes contradicts nothing: accepted, with warnings, and not accepted', () => {
  assert.deepEqual(contradictionsOf(good), []);
  const warned = sampleClaims({
    validation: withLink({ result: 'warned', finding: 'LINK_SLOW', advice: 'Another cable.' }),
  });
  assert.deepEqual([warned.accepted, contradictionsOf(warned)], [true, []]);
  const sent = acceptanceReportClaims.parse(JSON.parse(JSON.stringify(good)));
  assert.deepEqual(contradictionsOf(sent), []);
  const refused = sampleClaims({ validation: withLink(failed) });
  assert.deepEqual([refused.accepted, contradictionsOf(refused)], [false, []]);
});

test('a report of an earlier program stays true when the words of its rules have become others', () => {
  const [rule, ...more] = good.firewall;
  assert.ok(rule !== undefined);
  const worded = { ...good, firewall: [{ ...rule, purpose: 'the service gateway' }, ...more] };
  assert.deepEqual(contradictionsOf(acceptanceReportClaims.parse(worded)), []);
  for (const opened of [{ destination: '0.0.0.0/0' }, { port: 22 }, { protocol: 'UDP' as const }])
    assert.match(
      contradictionsOf({ ...good, firewall: [{ ...rule, ...opened }, ...more] }).join(' '),
      /firewall rules do not follow/,
    );
  assert.equal(acceptanceReportClaims.safeParse({ ...good, version: 2 }).success, false);
  const { version: _version, ...unversioned } = good;
  assert.equal(acceptanceReportClaims.safeParse(unversioned).success, false);
});

test('each contradiction is a sentence', () => {
  const [first, second, ...rest] = good.validation.steps;
  assert.ok(first !== undefined && second !== undefined);
  const cases: readonly (readonly [AcceptanceReportClaims, RegExp])[] = [
    [sampleClaims({ validation: withLink(failed), accepted: true }), /accepted, and its steps/],
    [sampleClaims({ accepted: false }), /not accepted, and its steps/],
    [
      sampleClaims({ validation: { ...good.validation, steps: [second, first, ...rest] } }),
      /Step 1 is "address", out of its order/,
    ],
    [sampleClaims({ validation: withLink({ finding: 'LINK_SLOW' }) }), /does not fit its finding/],
    [sampleClaims({ validation: withLink({ ...failed, finding: null }) }), /does not fit/],
    [
      sampleClaims({ validation: withLink({ ...failed, finding: 'NO_ROUTE' }) }),
      /NO_ROUTE is not one of the step "link"/,
    ],
    [sampleClaims({ validation: withLink({ ...failed, advice: null }) }), /what to do/],
    [sampleClaims({ validation: { ...good.validation, endedUtcMs: 0 } }), /ended before it began/],
    [sampleClaims({ firewall: good.firewall.slice(1) }), /firewall rules do not follow/],
    [{ ...good, network: { ...good.network, method: 'static' } }, /firewall rules do not follow/],
  ];
  for (const [claims, expected] of cases) {
    acceptanceReportClaims.parse(claims);
    assert.match(contradictionsOf(claims).join(' '), expected);
  }
});

test('texts are one readable line, and what a cart says is made so', () => {
  const odds = [
    'a\nb',
    'a\u0000b',
    'a\u001B]0;b',
    'a\u202Eb',
    'a\u2028b',
    '\uD800',
    '\u200E',
    '\u200F',
  ];
  for (const odd of [
    ...odds,
    '\u061C',
    '\u00AD',
    '\u200B',
    '\u200D',
    '\u2060',
    '\uFEFF',
    '\u{E0041}',
  ]) {
    const claims = { ...good, facility: odd };
    const bad = [
      claims,
      { ...good, validation: withLink({ said: odd }) },
      { ...good, validation: withLink({ advice: odd }) },
      { ...good, validation: withLink({ seen: { issuer: odd } }) },
    ];
    for (const each of bad)
      assert.equal(acceptanceReportClaims.safeParse(each).success, false, JSON.stringify(odd));
    const cleaned = { ...good, facility: readableText(odd) };
    assert.equal(acceptanceReportClaims.safeParse(cleaned).success, true);
  }
  assert.equal(readableText('x'.repeat(1000)).length, 300);
  assert.equal(readableText('Häuser 日本'), 'Häuser 日本');
  assert.ok(passedStep('link').said.length > 0);
});

test('no instant is one that a calendar cannot write', () => {
  const licence = { ...good.licence, validUntilUtcMs: INSTANT_MAX_MS };
  assert.equal(acceptanceReportClaims.safeParse({ ...good, licence }).success, true);
  for (const far of [INSTANT_MAX_MS + 1, 9e15, Number.MAX_SAFE_INTEGER, -1]) {
    const bad = [
      { ...good, licence: { ...good.licence, validUntilUtcMs: far } },
      { ...good, certificate: { ...good.certificate, notAfterUtcMs: far } },
      { ...good, validation: { ...good.validation, endedUtcMs: far } },
      { ...good, validation: { ...good.validation, startedUtcMs: far } },
      { ...good, iat: far },
    ];
    for (const [at, each] of bad.entries())
      assert.equal(acceptanceReportClaims.safeParse(each).success, false, `${at}: ${far}`);
  }
});

test('a receipt is read by the key of the ledger that gave it, and by no other', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const rawOf = (key: typeof publicKey): Uint8Array =>
    Uint8Array.from(Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url'));
  const key = verifierKeyOf('gateway.example/chaperone-ledger', rawOf(publicKey));
  const claims = {
    iss: key.name,
    report: good.jti,
    cart: good.iss,
    sha256: 'A'.repeat(43),
    receivedUtcMs: 5,
    iat: 0,
  };
  const jws = await signStatement(ACCEPTANCE_TYP.receipt, claims, privateKey, 'EdDSA');
  assert.deepEqual(await readAcceptanceReceipt(jws, key), claims);
  const other = verifierKeyOf(key.name, rawOf(generateKeyPairSync('ed25519').publicKey));
  await assert.rejects(readAcceptanceReceipt(jws, other), StatementInvalid);
  const wrongKind = await signStatement(ACCEPTANCE_TYP.report, claims, privateKey, 'EdDSA');
  await assert.rejects(readAcceptanceReceipt(wrongKind, key), StatementInvalid);
});

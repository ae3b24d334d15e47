// Goal: a statement is accepted only of its own kind, from its own key, in its own shape; the comparison code follows
// the document. Method: real keys of all three kinds; each part of a good statement changed; a frozen vector.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { journalHeadClaims, TYP } from './claims.ts';
import { comparisonCode } from './comparison-code.ts';
import { requestIdOf } from './request-id.ts';
import { chainOf, readStatement, signStatement, StatementInvalid } from './statement.ts';
import type { StatementAlgorithm } from './statement.ts';

const claims = { iss: 'US-1', size: 3, root: 'A'.repeat(43), iat: 1 };
const keys = {
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  PS256: generateKeyPairSync('rsa', { modulusLength: 3072 }),
  EdDSA: generateKeyPairSync('ed25519'),
} satisfies Record<StatementAlgorithm, unknown>;

for (const algorithm of ['ES256', 'PS256', 'EdDSA'] as const) {
  const { privateKey, publicKey } = keys[algorithm];

  test(`${algorithm}: what was signed is read back, by its own key and kind alone`, async () => {
    const jws = await signStatement(TYP.journalHead, claims, privateKey, algorithm);
    const read = await readStatement(jws, TYP.journalHead, journalHeadClaims, publicKey, algorithm);
    assert.deepEqual(read, claims);
    const refused = [
      () => readStatement(jws, TYP.grant, journalHeadClaims, publicKey, algorithm),
      () => readStatement(`${jws}x`, TYP.journalHead, journalHeadClaims, publicKey, algorithm),
      () =>
        readStatement(
          jws,
          TYP.journalHead,
          journalHeadClaims,
          algorithm === 'ES256' ? keys.PS256.publicKey : keys.ES256.publicKey,
          algorithm === 'ES256' ? 'PS256' : 'ES256',
        ),
    ];
    for (const each of refused) await assert.rejects(each, StatementInvalid);
  });

  test(`${algorithm}: a member that is not known is refused`, async () => {
    const jws = await signStatement(TYP.journalHead, { ...claims, more: 1 }, privateKey, algorithm);
    await assert.rejects(
      readStatement(jws, TYP.journalHead, journalHeadClaims, publicKey, algorithm),
      StatementInvalid,
    );
  });
}

test('an unsigned statement (alg none) is refused', async () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const jws = `${part({ alg: 'none', typ: TYP.journalHead })}.${part(claims)}.`;
  await assert.rejects(
    readStatement(jws, TYP.journalHead, journalHeadClaims, keys.ES256.publicKey, 'ES256'),
    StatementInvalid,
  );
});

test('arbitrary text brings no certificate chain, and only its own error', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.throws(() => chainOf(text), StatementInvalid);
    }),
  );
});

test('protocol §7: the comparison code of the vector', () => {
  const input = {
    cartKeyThumbprint: 'C'.repeat(43),
    workstationKeyThumbprint: 'W'.repeat(43),
    sessionId: 'sess-00000000000000000000000000',
    caseId: 'case-00000000000000000000000000',
    technicianId: 'tech-00000000000000000000000000',
  };
  assert.equal(comparisonCode(input), '242 593');
  for (const member of Object.keys(input)) {
    assert.notEqual(comparisonCode({ ...input, [member]: 'other' }), comparisonCode(input), member);
  }
});

test('protocol §7: the request id of the vector, and an id for whatever came', () => {
  assert.equal(requestIdOf('header.payload.signature'), 'rqst-4npg9ptebs5c623n3v88gpvj5d');
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.match(requestIdOf(text), /^rqst-[0-9a-hjkmnp-tv-z]{26}$/);
    }),
  );
});

/**
 * Goal: a proof is believed only for the key that made it and the code that it names, in time. Method: WebCrypto with a
 * non-extractable key as in a browser, forged headers and payloads, random texts.
 */
import { equal, ok, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CompactSign, exportJWK } from 'jose';
import { newLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import { hashLicenceCode } from './licence-code-hash.ts';
import {
  MalformedWorkstationProof,
  makeWorkstationProof,
  readWorkstationProof,
} from './workstation-proof.ts';

const NOW = 1_800_000_000_000;
const code = newLicenceCode((length) => Uint8Array.from({ length }, (_, index) => index * 7));
const newKeys = () =>
  crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);

test('a non-extractable key proves itself', async () => {
  const keys = await newKeys();
  const proof = await makeWorkstationProof(keys, code, NOW);
  const read = await readWorkstationProof(proof, NOW + 60_000);
  equal(read.codeHash, hashLicenceCode(code));
  const { x, y } = await exportJWK(keys.publicKey);
  equal(read.publicKey.x, x);
  equal(read.publicKey.y, y);
});

test('an old proof and one from the future are refused', async () => {
  const proof = await makeWorkstationProof(await newKeys(), code, NOW);
  await rejects(readWorkstationProof(proof, NOW + 11 * 60_000), MalformedWorkstationProof);
  await rejects(readWorkstationProof(proof, NOW - 11 * 60_000), MalformedWorkstationProof);
});

test('another key in the header, another type, a private member or a foreign payload is refused', async () => {
  const keys = await newKeys();
  const other = await newKeys();
  const [, payload = ''] = (await makeWorkstationProof(keys, code, NOW)).split('.');
  const claims = new Uint8Array(Buffer.from(payload, 'base64url'));
  const typ = 'chaperone-workstation+jws';
  const { kty, crv, x, y } = await exportJWK(keys.publicKey);
  const jwk = { kty, crv, x, y } as never;
  const otherJWK = await exportJWK(other.publicKey);
  const sign = (header: object, bytes: Uint8Array): Promise<string> =>
    new CompactSign(bytes)
      .setProtectedHeader({ alg: 'ES256', ...header } as never)
      .sign(keys.privateKey);
  const right = await sign({ typ, jwk }, claims);
  equal((await readWorkstationProof(right, NOW)).publicKey.x, x);
  for (const wrong of [
    await sign({ typ, jwk: otherJWK }, claims),
    await sign({ typ: 'chaperone-grant+jwt', jwk }, claims),
    await sign({ jwk }, claims),
    await sign({ typ }, claims),
    await sign({ typ, jwk: { ...(jwk as object), d: 'AA' } }, claims),
    await sign({ typ, jwk }, new TextEncoder().encode('{}')),
    await sign({ typ, jwk }, new TextEncoder().encode('{"licence":')),
    right.replace(/\.[^.]*$/, '.'),
  ]) {
    await rejects(readWorkstationProof(wrong, NOW), MalformedWorkstationProof);
  }
});

test('any text is refused with one error', async () => {
  const proof = await makeWorkstationProof(await newKeys(), code, NOW);
  await rejects(readWorkstationProof('a'.repeat(3000), NOW), MalformedWorkstationProof);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(proof.length - 1),
      fc.string({ minLength: 1, maxLength: 3 }),
      async (at, text) => {
        const changed = proof.slice(0, at) + text + proof.slice(at + 1);
        try {
          await readWorkstationProof(changed, NOW);
          // Only the unused low bits of the signature's last base64url character may differ without a trace.
          ok(changed === proof || at === proof.length - 1);
        } catch (error) {
          ok(error instanceof MalformedWorkstationProof, String(error));
        }
      },
    ),
  );
});

/**
 * Goal: a signer's signatures are what certificates and JOSE need, and a signer of another key is told apart.
 * Method: each algorithm with keys of each kind, checked by Node and by jose.
 */
import { deepEqual, equal, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { newKeyPair, signWith } from './algorithm.ts';
import {
  SIGNING_ALGORITHMS,
  digestFor,
  isSignature,
  isSignerFor,
  signerOf,
  signingAlgorithm,
} from './signer.ts';

const ec = await newKeyPair('p256-sha256');
const rsa = await newKeyPair('rsa3072-sha3-256');
const BYTES = Buffer.from('to be signed');

for (const algorithm of SIGNING_ALGORITHMS) {
  test(`${algorithm}: the key's signature, and nobody else's`, async () => {
    const [own, other] = algorithm.startsWith('rsa') ? [rsa, ec] : [ec, rsa];
    const signature = await signerOf(own.privateKey).sign(algorithm, BYTES);
    equal(isSignature(algorithm, own.publicKey, BYTES, signature), true);
    equal(isSignature(algorithm, other.publicKey, BYTES, signature), false);
    equal(isSignature(algorithm, own.publicKey, Buffer.from('other'), signature), false);
    equal(isSignature(algorithm, own.publicKey, BYTES, signature.subarray(1)), false);
    for (const another of SIGNING_ALGORITHMS.filter((one) => one !== algorithm))
      equal(isSignature(another, own.publicKey, BYTES, signature), false, another);
    equal(digestFor(algorithm, BYTES).length, 32);
  });
}

test('a profile and its signing algorithm make the same signatures', async () => {
  for (const profile of ['p256-sha3-256', 'p256-sha256', 'rsa3072-sha3-256'] as const) {
    const { privateKey, publicKey } = profile.startsWith('rsa') ? rsa : ec;
    const signature = signWith(profile, privateKey, BYTES);
    equal(isSignature(signingAlgorithm(profile), publicKey, BYTES, signature), true, profile);
  }
});

test('a signer for another key, a changed signature and a dead token are not the key', async () => {
  const other = await newKeyPair('p256-sha256');
  deepEqual(
    [
      await isSignerFor(signerOf(ec.privateKey), ec.publicKey),
      await isSignerFor(signerOf(rsa.privateKey), rsa.publicKey),
      await isSignerFor(signerOf(other.privateKey), ec.publicKey),
      await isSignerFor({ publicKey: ec.publicKey, sign: async () => BYTES }, ec.publicKey),
    ],
    [true, true, false, false],
  );
  const dead = {
    publicKey: ec.publicKey,
    sign: async () => {
      throw new Error('gone');
    },
  };
  await rejects(isSignerFor(dead, ec.publicKey), /gone/);
});

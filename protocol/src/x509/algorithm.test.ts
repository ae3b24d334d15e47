/**
 * Goal: a stored private key whose secret half was damaged is told from a whole one, although its public half still fits.
 * Method: every bit of the secret number of a real PKCS #8 file, and of an RSA key's file in places.
 */
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { isKeyPair, keyThumbprint } from './algorithm.ts';

test('a flipped bit in the secret number of a P-256 key is noticed, although its public half is the same', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  assert.ok(isKeyPair(privateKey, publicKey));
  assert.ok(!isKeyPair(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, publicKey));
  const der = privateKey.export({ type: 'pkcs8', format: 'der' });
  const secret = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
  const at = der.indexOf(secret);
  assert.ok(at > 0);
  let sameHalf = 0;
  for (let bit = 0; bit < 256; bit += 1) {
    const flipped = Buffer.from(der);
    const byte = at + Math.floor(bit / 8);
    flipped[byte] = (flipped[byte] ?? 0) ^ (1 << (bit % 8));
    const key = readKey(flipped);
    if (key === null) continue;
    if (keyThumbprint(createPublicKey(key)) === keyThumbprint(publicKey)) sameHalf += 1;
    assert.ok(!isKeyPair(key, publicKey), `bit ${bit}`);
  }
  assert.ok(sameHalf > 0, 'the public half alone would have fitted');
});

test('an RSA key signs for its own public key and for no other', () => {
  const pair = (): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } =>
    generateKeyPairSync('rsa', { modulusLength: 2048 });
  const [one, other] = [pair(), pair()];
  assert.ok(isKeyPair(one.privateKey, one.publicKey));
  assert.ok(!isKeyPair(one.privateKey, other.publicKey));
});

function readKey(der: Buffer): KeyObject | null {
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } catch {
    return null;
  }
}

/**
 * Goal: both forms of a P-256 signature turn into each other. Method: Node makes both forms of many signatures, among
 * them short ones; properties over all numbers.
 */
import { deepEqual, equal, throws } from 'node:assert/strict';
import { sign, verify } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { newKeyPair } from './algorithm.ts';
import { ecdsaDEROf, p256NumbersOf } from './ecdsa-signature.ts';
import { isWholeSequence } from './der.ts';

const { privateKey, publicKey } = await newKeyPair('p256-sha256');

test('what Node signs in one form verifies in the other', () => {
  for (let round = 0; round < 300; round++) {
    const bytes = Buffer.from(`round ${round}`);
    const der = sign('sha256', bytes, privateKey);
    const numbers = p256NumbersOf(der);
    equal(
      verify('sha256', bytes, { key: publicKey, dsaEncoding: 'ieee-p1363' }, numbers),
      true,
      `round ${round}`,
    );
    deepEqual(Buffer.from(ecdsaDEROf(numbers)), der);
  }
});

test('any two numbers survive both turns, small and zero ones too', () => {
  const number = fc.oneof(
    fc.uint8Array({ minLength: 32, maxLength: 32 }),
    fc
      .tuple(fc.nat({ max: 31 }), fc.uint8Array({ minLength: 32, maxLength: 32 }))
      .map(([zeros, bytes]) => bytes.fill(0, 0, zeros)),
  );
  fc.assert(
    fc.property(number, number, (r, s) => {
      const der = ecdsaDEROf(Buffer.concat([r, s]));
      equal(isWholeSequence(der), true);
      deepEqual(Buffer.from(p256NumbersOf(der)), Buffer.concat([r, s]));
    }),
  );
});

test('other lengths are refused', () => {
  throws(() => ecdsaDEROf(new Uint8Array(63)), RangeError);
  const long = Buffer.concat([
    Buffer.from([0x30, 0x26, 0x02, 0x21]),
    Buffer.alloc(33, 1),
    Buffer.from([2, 1, 1]),
  ]);
  throws(() => p256NumbersOf(long), RangeError);
});

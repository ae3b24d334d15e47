/**
 * How our keys are in a token: the attributes that they are made with, and those that they must have to be used.
 *
 * A root's key is made in the token (CKA_LOCAL), was never able to leave it (CKA_NEVER_EXTRACTABLE) and never shown
 * in the clear (CKA_ALWAYS_SENSITIVE). @see OASIS PKCS #11 v2.40 sections 4.9 and 4.10
 */
import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { CKA, CKM, CKO } from './cryptoki-constant.ts';
import type { Attribute, Mechanism } from './cryptoki.ts';
import { ulongBytes } from './native-memory.ts';
import type { TokenKeyKind } from './token-message.ts';

const TRUE = Uint8Array.of(1);
const FALSE = Uint8Array.of(0);
/** Object identifier of the curve P-256. @see RFC 5480 section 2.1.1.1 */
const P256 = Buffer.from('06082a8648ce3d030107', 'hex');
const RSA_BITS = 3072;
const RSA_EXPONENT = Uint8Array.of(1, 0, 1);
/** An uncompressed point of P-256: 04, x, y. */
const POINT_BYTES = 65;
const COORDINATE_BYTES = 32;

export const KEY_PAIR_MECHANISM: Record<TokenKeyKind, Mechanism> = {
  p256: { type: CKM.CKM_EC_KEY_PAIR_GEN },
  rsa3072: { type: CKM.CKM_RSA_PKCS_KEY_PAIR_GEN },
};

/** What finds a pair's private or public half. */
export function keyAttributes(half: 'private' | 'public', keyId: string): readonly Attribute[] {
  return [
    [CKA.CKA_CLASS, ulongBytes(half === 'private' ? CKO.CKO_PRIVATE_KEY : CKO.CKO_PUBLIC_KEY)],
    [CKA.CKA_ID, Buffer.from(keyId, 'hex')],
  ];
}

export function publicTemplate(
  keyKind: TokenKeyKind,
  keyId: string,
  label: string,
): readonly Attribute[] {
  const kind: readonly Attribute[] =
    keyKind === 'p256'
      ? [[CKA.CKA_EC_PARAMS, P256]]
      : [
          [CKA.CKA_MODULUS_BITS, ulongBytes(RSA_BITS)],
          [CKA.CKA_PUBLIC_EXPONENT, RSA_EXPONENT],
        ];
  return [
    [CKA.CKA_TOKEN, TRUE],
    [CKA.CKA_VERIFY, TRUE],
    [CKA.CKA_ID, Buffer.from(keyId, 'hex')],
    [CKA.CKA_LABEL, Buffer.from(label)],
    ...kind,
  ];
}

export function privateTemplate(keyId: string, label: string): readonly Attribute[] {
  return [
    [CKA.CKA_TOKEN, TRUE],
    [CKA.CKA_PRIVATE, TRUE],
    [CKA.CKA_SENSITIVE, TRUE],
    [CKA.CKA_EXTRACTABLE, FALSE],
    [CKA.CKA_SIGN, TRUE],
    [CKA.CKA_DECRYPT, FALSE],
    [CKA.CKA_UNWRAP, FALSE],
    [CKA.CKA_DERIVE, FALSE],
    [CKA.CKA_ID, Buffer.from(keyId, 'hex')],
    [CKA.CKA_LABEL, Buffer.from(label)],
  ];
}

/** What a key must say of itself, and what is wrong when it does not. */
export type Demand = readonly [attribute: number, value: boolean, otherwise: string];

/** Of every key that never leaves a token. */
export const KEPT_DEMANDS: readonly Demand[] = [
  [CKA.CKA_EXTRACTABLE, false, 'it can be taken out of the token (CKA_EXTRACTABLE)'],
  [CKA.CKA_SENSITIVE, true, 'it can be read in the clear (CKA_SENSITIVE is not set)'],
  [CKA.CKA_LOCAL, true, 'it was not made in the token (CKA_LOCAL), so there are copies of it'],
  [CKA.CKA_NEVER_EXTRACTABLE, true, 'it could once be taken out (CKA_NEVER_EXTRACTABLE)'],
  [CKA.CKA_ALWAYS_SENSITIVE, true, 'it could once be read in the clear (CKA_ALWAYS_SENSITIVE)'],
];

export const SIGNING_DEMANDS: readonly Demand[] = [
  ...KEPT_DEMANDS,
  [CKA.CKA_SIGN, true, 'it may not sign (CKA_SIGN)'],
];

/**
 * Says what keeps a private key from being used, or undefined when nothing does.
 * @param read gives an attribute; one that cannot be read counts as wrong
 */
export function unfitness(
  read: (type: number) => Uint8Array,
  demands: readonly Demand[] = SIGNING_DEMANDS,
): string | undefined {
  const wrong = demands.find(([type, expected]) => {
    try {
      const value = read(type);
      return value.length !== 1 || (value[0] === 1) !== expected;
    } catch {
      return true;
    }
  });
  return wrong?.[2];
}

/**
 * Makes a public key of a public object's attributes.
 * @param read gives an attribute
 * @throws Error when they are no key
 */
export function readPublicKey(keyKind: TokenKeyKind, read: (type: number) => Buffer): KeyObject {
  if (keyKind === 'rsa3072') {
    const jwk = {
      kty: 'RSA',
      n: read(CKA.CKA_MODULUS).toString('base64url'),
      e: read(CKA.CKA_PUBLIC_EXPONENT).toString('base64url'),
    };
    return createPublicKey({ key: jwk, format: 'jwk' });
  }
  // The standard wraps the point as an OCTET STRING; some tokens give it bare. Either way it is the end.
  const point = read(CKA.CKA_EC_POINT).subarray(-POINT_BYTES);
  const x = point.subarray(1, 1 + COORDINATE_BYTES).toString('base64url');
  const y = point.subarray(1 + COORDINATE_BYTES).toString('base64url');
  return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
}

/**
 * Goal: a key that could be, or ever was, outside a token is refused whatever else it says; what a token says of its PIN
 * reaches a person in words. Method: every single attribute is made wrong in turn; every flag and return value.
 */
import { equal, match } from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { spkiOf } from '@chaperone/protocol/x509/algorithm.ts';
import { CKA, CKF, CKR } from './cryptoki-constant.ts';
import { readPublicKey, unfitness } from './token-key.ts';
import { loginObstacle, pinFault } from './token-state.ts';

const GOOD = new Map<number, number>([
  [CKA.CKA_EXTRACTABLE, 0],
  [CKA.CKA_SENSITIVE, 1],
  [CKA.CKA_LOCAL, 1],
  [CKA.CKA_NEVER_EXTRACTABLE, 1],
  [CKA.CKA_ALWAYS_SENSITIVE, 1],
  [CKA.CKA_SIGN, 1],
]);
const reading = (attributes: ReadonlyMap<number, number>) => (type: number) => {
  const value = attributes.get(type);
  if (value === undefined) throw new Error('there is no such attribute');
  return Uint8Array.of(value);
};

test('a key made in the token that never could leave it is fit, and only that one', () => {
  equal(unfitness(reading(GOOD)), undefined);
  const attributes = fc
    .tuple(
      ...[...GOOD.keys()].map((type) =>
        fc.constantFrom<[number, number][]>([[type, 0]], [[type, 1]], []),
      ),
    )
    .map((pairs) => new Map(pairs.flat()));
  fc.assert(
    fc.property(attributes, (own) => {
      const isGood = [...GOOD].every(([type, value]) => own.get(type) === value);
      equal(unfitness(reading(own)) === undefined, isGood);
    }),
  );
});

for (const [type, value] of GOOD) {
  test(`attribute 0x${type.toString(16)} alone decides, and so does its absence`, () => {
    match(unfitness(reading(new Map([...GOOD, [type, 1 - value]]))) ?? '', /CKA_/);
    const without = new Map([...GOOD].filter(([other]) => other !== type));
    match(unfitness(reading(without)) ?? '', /CKA_/);
  });
}

test('a public key is read from its point, wrapped or bare, and from modulus and exponent', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey;
  const point = spkiOf(ec).subarray(-65);
  const wrapped = Buffer.concat([Buffer.from([0x04, 65]), point]);
  for (const value of [point, wrapped]) equal(readPublicKey('p256', () => value).equals(ec), true);
  const rsa = generateKeyPairSync('rsa', { modulusLength: 3072 }).publicKey;
  const { n = '', e = '' } = rsa.export({ format: 'jwk' });
  const read = (type: number): Buffer => Buffer.from(type === CKA.CKA_MODULUS ? n : e, 'base64url');
  equal(readPublicKey('rsa3072', read).equals(rsa), true);
});

const READY = CKF.CKF_TOKEN_INITIALIZED | CKF.CKF_USER_PIN_INITIALIZED;
for (const [what, flags, expected] of [
  ['is ready', READY, undefined],
  ['is not initialised', 0, /not initialised/],
  ['has no PIN', CKF.CKF_TOKEN_INITIALIZED, /no user PIN/],
  ['is locked', READY | CKF.CKF_USER_PIN_LOCKED, /locked PIN/],
  ['has one try left, which is not ours', READY | CKF.CKF_USER_PIN_FINAL_TRY, /one try left/],
] as const) {
  test(`a token that ${what}`, () => {
    const obstacle = loginObstacle(flags, 'authority.keys');
    if (expected === undefined) equal(obstacle, undefined);
    else match(obstacle ?? '', expected);
  });
}

for (const [returned, expected] of [
  [CKR.CKR_PIN_INCORRECT, /does not accept the PIN/],
  [CKR.CKR_PIN_LEN_RANGE, /does not accept the PIN/],
  [CKR.CKR_PIN_LOCKED, /locked PIN/],
  [CKR.CKR_PIN_EXPIRED, /expired/],
  [CKR.CKR_USER_PIN_NOT_INITIALIZED, /no user PIN/],
  [CKR.CKR_DEVICE_REMOVED, undefined],
] as const) {
  test(`a login that returns 0x${returned.toString(16)}`, () => {
    const fault = pinFault(returned, 'authority.keys');
    if (expected === undefined) equal(fault, undefined);
    else match(fault ?? '', expected);
  });
}

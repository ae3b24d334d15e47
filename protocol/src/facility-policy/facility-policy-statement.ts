/**
 * A facility's policy, signed by the facility, and what a cart answers when it has taken one. Decision 0039.
 *
 * | typ | signed by | says |
 * |---|---|---|
 * | chaperone-facility-policy+jwt | the facility's policy key (P-256), which no gateway has | what is allowed on these carts |
 * | chaperone-facility-policy-receipt+jwt | cart | this version is in force, or waits for its day, on this cart |
 *
 * A gateway carries both and can forge neither. Node only.
 */
import { createHash, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { FacilityPolicy } from '@chaperone/domain/facility-policy/facility-policy.ts';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import { base64url32 } from '../cart-api/schema.ts';
import { seconds } from '../commissioning/plain-value.ts';
import { readStatement, signStatement } from '../signed/statement.ts';
import type { StatementAlgorithm } from '../signed/statement.ts';
import {
  facilityPolicyDocument,
  FacilityPolicyMalformed,
  POLICY_CHARACTERS_MAX,
  POLICY_VERSION_MAX,
  readPolicyDocument,
} from './facility-policy-document.ts';
import type { FacilityPolicyDocument } from './facility-policy-document.ts';

export { FacilityPolicyMalformed, POLICY_CHARACTERS_MAX } from './facility-policy-document.ts';

export const FACILITY_POLICY_TYP = 'chaperone-facility-policy+jwt';
export const FACILITY_POLICY_RECEIPT_TYP = 'chaperone-facility-policy-receipt+jwt';
export const POLICY_RECEIPT_CHARACTERS_MAX = 8192;

/** One answer for whatever is wrong with a signature. */
export class FacilityPolicyUntrusted extends DomainError {
  readonly code = 'FACILITY_POLICY_UNTRUSTED';
}
export class FacilityKeyMalformed extends DomainError {
  readonly code = 'FACILITY_KEY_MALFORMED';
}

const claims = z.strictObject({ policy: z.unknown(), iat: seconds });

/** A policy whose signature holds. */
export interface SignedPolicy {
  readonly policy: FacilityPolicy;
  /** As it was signed. */
  readonly jws: string;
  readonly signedUtcMs: number;
}

/** The key that a policy brings. It proves nothing of whose key it is. */
const ownKey = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: base64url32,
  y: base64url32,
});

/**
 * Signs a policy, after reading it as a cart will. It brings the public key, so that who knows but its fingerprint can check it.
 * @throws FacilityPolicyMalformed
 */
export async function signPolicy(
  document: unknown,
  privateKey: KeyObject,
  utcMs: number,
): Promise<string> {
  readPolicyDocument(document);
  const said = { policy: document, iat: Math.floor(utcMs / 1000) };
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' });
  const jws = await signStatement(FACILITY_POLICY_TYP, said, privateKey, 'ES256', undefined, jwk);
  if (jws.length > POLICY_CHARACTERS_MAX)
    throw new FacilityPolicyMalformed('The policy is too long to be carried to a cart.');
  return jws;
}

/**
 * Reads a signed policy and checks that this facility's key signed it.
 * @param jws not trusted
 * @throws FacilityPolicyUntrusted when the signature is another's, FacilityPolicyMalformed when the facility signed what
 *   cannot be used
 */
export async function readPolicy(jws: string, facilityKey: KeyObject): Promise<SignedPolicy> {
  const signed = jws.trim();
  if (signed.length > POLICY_CHARACTERS_MAX)
    throw new FacilityPolicyUntrusted('The policy is far too long.');
  let said: z.infer<typeof claims>;
  try {
    said = await readStatement(signed, FACILITY_POLICY_TYP, claims, facilityKey, 'ES256');
  } catch (cause) {
    throw new FacilityPolicyUntrusted("The policy is not signed by this facility's key.", {
      cause,
    });
  }
  return { policy: readPolicyDocument(said.policy), jws: signed, signedUtcMs: said.iat * 1000 };
}

/**
 * Reads what a policy says, without a key: for who only carries or shows it. It proves nothing.
 * @throws FacilityPolicyMalformed
 */
export function readUnproven(jws: string): {
  readonly document: FacilityPolicyDocument;
  readonly policy: FacilityPolicy;
  readonly signedUtcMs: number;
} {
  const signed = jws.trim();
  if (signed.length > POLICY_CHARACTERS_MAX || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(signed))
    throw new FacilityPolicyMalformed('This is not a signed policy.');
  let said: z.infer<typeof claims>;
  try {
    said = claims.parse(decodeJwt(signed));
  } catch (cause) {
    throw new FacilityPolicyMalformed('This is not a signed policy.', { cause });
  }
  const policy = readPolicyDocument(said.policy);
  return {
    document: facilityPolicyDocument.parse(said.policy),
    policy,
    signedUtcMs: said.iat * 1000,
  };
}

/**
 * Checks a signed policy by the key that it brings itself, and says which one that is: for who has only fingerprints to compare.
 * @param jws not trusted
 * @returns the fingerprint of the key; null when it brings none, because an earlier version signed it
 * @throws FacilityPolicyUntrusted when that key has not signed it, FacilityPolicyMalformed
 */
export async function policySigner(jws: string): Promise<string | null> {
  let key: KeyObject;
  try {
    const { jwk } = decodeProtectedHeader(jws.trim());
    if (jwk === undefined) return null;
    key = createPublicKey({ key: ownKey.parse(jwk), format: 'jwk' });
  } catch (cause) {
    throw new FacilityPolicyUntrusted('The policy brings no key of a facility.', { cause });
  }
  await readPolicy(jws, key);
  return facilityKeyFingerprint(key);
}

/** Reads a facility's public key (PEM of its SubjectPublicKeyInfo, P-256). @throws FacilityKeyMalformed */
export function readFacilityKey(pem: string): KeyObject {
  try {
    if (pem.length > 1024 || !pem.includes('PUBLIC KEY')) throw new Error('not a public key');
    const key = createPublicKey(pem);
    if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Error('not P-256');
    return key;
  } catch (cause) {
    throw new FacilityKeyMalformed("This is not a facility's public key (PEM, P-256).", { cause });
  }
}

/** What people compare: SHA-256 over the key's SubjectPublicKeyInfo, hexadecimal. */
export function facilityKeyFingerprint(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

export const policyReceiptClaims = z.strictObject({
  iss: z.string().max(64),
  version: z.int().min(1).max(POLICY_VERSION_MAX),
  /** Of the policy's JWS, base64url. */
  sha256: base64url32,
  /** Of the key that is pinned on the cart, hexadecimal. */
  facilityKey: z.string().regex(/^[0-9a-f]{64}$/),
  installedUtcMs: z.number().int(),
  iat: seconds,
});
export type PolicyReceiptClaims = z.infer<typeof policyReceiptClaims>;

/** Reads a cart's receipt. @param cartKey of the cart that it is said to come from @throws StatementInvalid */
export async function readPolicyReceipt(
  jws: string,
  cartKey: KeyObject,
  algorithm: StatementAlgorithm,
): Promise<PolicyReceiptClaims> {
  return await readStatement(
    jws,
    FACILITY_POLICY_RECEIPT_TYP,
    policyReceiptClaims,
    cartKey,
    algorithm,
  );
}

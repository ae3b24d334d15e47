/**
 * Whatever holds a private key and signs with it: a key in memory, or a key that never leaves a token (PKCS#11).
 *
 * A signer is asked for a signature over bytes, not for its key, so that an authority does not care where its keys
 * are. Signing takes its time in a token, hence the promise. Node only. Decision 0014.
 */
import { constants, createHash, createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject, SigningOptions } from 'node:crypto';
import type { SignatureProfile } from './algorithm.ts';

/**
 * How bytes are signed. ECDSA's signature is DER (RFC 3279 section 2.2.3); `rsa-pss-sha256` is what JOSE calls PS256:
 * MGF1 with SHA-256 and a salt of 32 bytes (RFC 7518 section 3.5).
 */
export const SIGNING_ALGORITHMS = [
  'ecdsa-sha256',
  'ecdsa-sha3-256',
  'rsa-pkcs1-sha3-256',
  'rsa-pss-sha256',
] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

export interface Signer {
  readonly publicKey: KeyObject;
  /** Signs bytes; what can go wrong is the token's, and said by whoever made the signer. */
  sign(algorithm: SigningAlgorithm, bytes: Uint8Array): Promise<Uint8Array>;
}

/** Bytes of the salt of `rsa-pss-sha256`: as long as the digest. */
export const PSS_SALT_BYTES = 32;

/** What is signed to try a key: anything that nobody would take for a statement. */
const TRIAL = Buffer.from('chaperone key trial v1');

/** Signs with a private key that is in memory. */
export function signerOf(privateKey: KeyObject): Signer {
  return {
    publicKey: createPublicKey(privateKey),
    sign: async (algorithm, bytes) =>
      sign(digestOf(algorithm), bytes, { key: privateKey, ...paddingOf(algorithm) }),
  };
}

/** Names the algorithm with which a profile signs certificates and revocation lists. */
export function signingAlgorithm(profile: SignatureProfile): SigningAlgorithm {
  if (profile === 'rsa3072-sha3-256') return 'rsa-pkcs1-sha3-256';
  return profile === 'p256-sha256' ? 'ecdsa-sha256' : 'ecdsa-sha3-256';
}

/** Names the digest of an algorithm as Node calls it. */
export function digestOf(algorithm: SigningAlgorithm): 'sha256' | 'sha3-256' {
  return algorithm.endsWith('sha3-256') ? 'sha3-256' : 'sha256';
}

/** Hashes bytes as an algorithm does before it signs; tokens do not know SHA-3, so they are given the digest. */
export function digestFor(algorithm: SigningAlgorithm, bytes: Uint8Array): Uint8Array {
  return createHash(digestOf(algorithm)).update(bytes).digest();
}

/**
 * Tells whether a signer really makes signatures for a public key, by asking for one. Comparing public keys does not
 * show that the private one was damaged or exchanged. @throws what the signer throws
 */
export async function isSignerFor(signer: Signer, publicKey: KeyObject): Promise<boolean> {
  const algorithm = publicKey.asymmetricKeyType === 'rsa' ? 'rsa-pss-sha256' : 'ecdsa-sha256';
  return isSignature(algorithm, publicKey, TRIAL, await signer.sign(algorithm, TRIAL));
}

/** Tells whether a signature under an algorithm is the key's. */
export function isSignature(
  algorithm: SigningAlgorithm,
  publicKey: KeyObject,
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  if ((publicKey.asymmetricKeyType === 'rsa') !== algorithm.startsWith('rsa')) return false;
  const key = { key: publicKey, ...paddingOf(algorithm) };
  try {
    return verify(digestOf(algorithm), bytes, key, signature);
  } catch {
    return false;
  }
}

function paddingOf(algorithm: SigningAlgorithm): SigningOptions {
  return algorithm === 'rsa-pss-sha256'
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: PSS_SALT_BYTES }
    : {};
}

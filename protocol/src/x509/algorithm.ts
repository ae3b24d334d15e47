/**
 * The keys and signatures that Chaperone's certificates use, and no others.
 *
 * SHA3-256 signs the cart chain. Browsers refuse SHA-3, so what a browser sees is signed with SHA-256. In a TLS
 * handshake SHA-3 has no part: only the certificates' own signatures use it. Node only.
 */
import { createHash, createPublicKey, generateKeyPair, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { AlgorithmIdentifier } from '@peculiar/asn1-x509';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { toArrayBuffer } from './der.ts';
import { ECDSA_SHA3_256, RSA_SHA3_256 } from './sha3-signature.ts';

/** A key's kind and the digest that it signs certificates with. */
export const SIGNATURE_PROFILES = ['p256-sha3-256', 'rsa3072-sha3-256', 'p256-sha256'] as const;
export type SignatureProfile = (typeof SIGNATURE_PROFILES)[number];

/** What can sign a cart chain; a browser's chain is always `p256-sha256`. */
export const CART_CHAIN_PROFILES = ['p256-sha3-256', 'rsa3072-sha3-256'] as const;
export type CartChainProfile = (typeof CART_CHAIN_PROFILES)[number];

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export class PublicKeyRefused extends DomainError {
  readonly code = 'PUBLIC_KEY_REFUSED';
}

/** @see RFC 5758 section 3.2 */
const SIGNATURE_OIDS: Record<SignatureProfile, string> = {
  'p256-sha3-256': ECDSA_SHA3_256,
  'rsa3072-sha3-256': RSA_SHA3_256,
  'p256-sha256': '1.2.840.10045.4.3.2',
};
/** RSA's parameters are an explicit NULL, ECDSA's are absent. @see RFC 8017 appendix A.2.4, RFC 5758 3.2 */
const DER_NULL = Uint8Array.of(0x05, 0x00);

const RSA_BITS_MIN = 3072;
/** Larger keys only make a handshake slower for both ends. */
const RSA_BITS_MAX = 4096;
const RSA_EXPONENT = 65_537n;
/** An RSA-4096 SPKI has 550 bytes. */
const SPKI_BYTES_MAX = 1024;

const generate = promisify(generateKeyPair);

/** Makes a key pair of a profile's kind. */
export async function newKeyPair(profile: SignatureProfile): Promise<KeyPair> {
  if (profile === 'rsa3072-sha3-256') return generate('rsa', { modulusLength: RSA_BITS_MIN });
  return generate('ec', { namedCurve: 'prime256v1' });
}

/** Tells whether a key can sign under a profile. */
export function fitsProfile(key: KeyObject, profile: SignatureProfile): boolean {
  return key.asymmetricKeyType === (profile === 'rsa3072-sha3-256' ? 'rsa' : 'ec');
}

/** Names a profile's signature algorithm, as certificates and revocation lists carry it. */
export function signatureAlgorithm(profile: SignatureProfile): AlgorithmIdentifier {
  const algorithm = SIGNATURE_OIDS[profile];
  return profile === 'rsa3072-sha3-256'
    ? new AlgorithmIdentifier({ algorithm, parameters: toArrayBuffer(DER_NULL) })
    : new AlgorithmIdentifier({ algorithm });
}

/** Signs bytes as a profile does. */
export function signWith(profile: SignatureProfile, key: KeyObject, bytes: Uint8Array): Uint8Array {
  return sign(digestName(profile), bytes, key);
}

/** Tells whether a signature under one of our algorithms is the key's; any other algorithm is not. */
export function isSignedWith(
  algorithm: string,
  key: KeyObject,
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  const profile = SIGNATURE_PROFILES.find((candidate) => SIGNATURE_OIDS[candidate] === algorithm);
  if (profile === undefined || !fitsProfile(key, profile)) return false;
  return verify(digestName(profile), bytes, key, signature);
}

/**
 * Admits a public key that a peer brings: P-256, or RSA of 3072 to 4096 bits, in its one DER form.
 * @param spki DER of a SubjectPublicKeyInfo, not trusted
 * @throws PublicKeyRefused
 */
export function admitPublicKey(spki: Uint8Array): KeyObject {
  if (spki.length > SPKI_BYTES_MAX) throw new PublicKeyRefused('The public key is too long.');
  const key = importSPKI(spki);
  if (!isAdmissible(key)) {
    throw new PublicKeyRefused('A key must be P-256, or RSA with 3072 to 4096 bits.');
  }
  if (!spkiOf(key).equals(spki))
    throw new PublicKeyRefused('The public key is not in its DER form.');
  return key;
}

/** Gives a key's SubjectPublicKeyInfo as DER. */
export function spkiOf(publicKey: KeyObject): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' });
}

/** Gives SHA-256 of a key's SPKI as base64url: how Chaperone names a key everywhere. */
export function keyThumbprint(publicKey: KeyObject): string {
  return createHash('sha256').update(spkiOf(publicKey)).digest('base64url');
}

function importSPKI(spki: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(spki), type: 'spki', format: 'der' });
  } catch (cause) {
    throw new PublicKeyRefused('The public key cannot be read.', { cause });
  }
}

function isAdmissible(key: KeyObject): boolean {
  const details = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ec') return details.namedCurve === 'prime256v1';
  if (key.asymmetricKeyType !== 'rsa') return false;
  const bits = details.modulusLength ?? 0;
  return bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX && details.publicExponent === RSA_EXPONENT;
}

function digestName(profile: SignatureProfile): 'sha3-256' | 'sha256' {
  return profile === 'p256-sha256' ? 'sha256' : 'sha3-256';
}

/** What is signed to try a key: anything that nobody would take for a statement. */
const TRIAL = Buffer.from('chaperone key trial v1');

/**
 * Tells whether a private key really makes signatures for a public one, by making one. A stored private key carries its
 * public half beside it: comparing that half does not show that the secret one was damaged.
 */
export function isKeyPair(privateKey: KeyObject, publicKey: KeyObject): boolean {
  try {
    return verify('sha256', TRIAL, publicKey, sign('sha256', TRIAL, privateKey));
  } catch {
    return false;
  }
}

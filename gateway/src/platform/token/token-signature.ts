/**
 * How a digest is signed in a token, by the mechanism that every token has. Tokens do not know SHA-3: the digest is
 * made outside, and for RSA wrapped as a DigestInfo there, too. @see RFC 8017 section 9.2, OASIS PKCS #11 v2.40
 * (mechanisms) sections 2.1.6, 2.1.10 and 2.3.6
 */
import { ecdsaDEROf } from '@chaperone/protocol/x509/ecdsa-signature.ts';
import { PSS_SALT_BYTES } from '@chaperone/protocol/x509/signer.ts';
import type { SigningAlgorithm } from '@chaperone/protocol/x509/signer.ts';
import { CKG_MGF1_SHA256, CKM } from './cryptoki-constant.ts';
import type { Mechanism } from './cryptoki.ts';
import { ulongBytes } from './native-memory.ts';

/** SEQUENCE { SEQUENCE { id-sha3-256, NULL }, OCTET STRING of 32 bytes }, without those bytes. */
const SHA3_256_DIGEST_INFO = Buffer.from('3031300d060960864801650304020805000420', 'hex');
/** CK_RSA_PKCS_PSS_PARAMS: digest, mask generation function, bytes of salt. */
const PSS_PARAMETER = ulongBytes(CKM.CKM_SHA256, CKG_MGF1_SHA256, PSS_SALT_BYTES);

/** Names the mechanism of an algorithm. */
export function mechanismFor(algorithm: SigningAlgorithm): Mechanism {
  if (algorithm === 'rsa-pkcs1-sha3-256') return { type: CKM.CKM_RSA_PKCS };
  if (algorithm === 'rsa-pss-sha256')
    return { type: CKM.CKM_RSA_PKCS_PSS, parameter: PSS_PARAMETER };
  return { type: CKM.CKM_ECDSA };
}

/** What the mechanism is given for a digest of 32 bytes. */
export function mechanismInput(algorithm: SigningAlgorithm, digest: Uint8Array): Uint8Array {
  return algorithm === 'rsa-pkcs1-sha3-256'
    ? Buffer.concat([SHA3_256_DIGEST_INFO, digest])
    : digest;
}

/** Turns what a token signed into the form that a `Signer` gives. @throws RangeError when it is no such signature */
export function signatureOf(algorithm: SigningAlgorithm, signed: Uint8Array): Uint8Array {
  return algorithm.startsWith('ecdsa') ? ecdsaDEROf(signed) : signed;
}

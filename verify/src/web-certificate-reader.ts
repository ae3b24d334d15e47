/**
 * Reads certificates where there is no Node: in a browser, whose WebCrypto knows neither X.509 nor SHA-3. Decision 0038.
 *
 * It believes no more than the other reader does: the same profile, P-256 and RSA keys of 3,072 to 4,096 bits, the signatures of
 * our chains and no others.
 */
import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { sha3_256 } from '@noble/hashes/sha3.js';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  KeyUsage,
  KeyUsageFlags,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_clientAuth,
  id_kp_serverAuth,
} from '@peculiar/asn1-x509';
import type { SubjectPublicKeyInfo } from '@peculiar/asn1-x509';
import { encodeBase64url } from '@chaperone/protocol/tree/base64.ts';
import { MalformedCertificate } from '@chaperone/protocol/x509/certificate-error.ts';
import { isWholeSequence, toArrayBuffer } from '@chaperone/protocol/x509/der.ts';
import { readSubject } from '@chaperone/protocol/x509/name.ts';
import { ECDSA_SHA3_256, RSA_SHA3_256 } from '@chaperone/protocol/x509/sha3-signature.ts';
import type { CertificateReader } from './cart-signer.ts';
import { certificateReaderOf } from './certificate-reader.ts';
import type { TakenApart } from './certificate-reader.ts';
import { isRSASHA3Signature } from './rsa-sha3.ts';
import type { RSAKey } from './rsa-sha3.ts';

/** @see `CERTIFICATE_BYTES_MAX` of protocol/src/x509/certificate.ts */
const CERTIFICATE_BYTES_MAX = 8 * 1024;
const ECDSA_SHA256 = '1.2.840.10045.4.3.2';
const EC_PUBLIC_KEY = '1.2.840.10045.2.1';
const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';
/** DER of the object identifier of P-256. */
const P256 = '06082a8648ce3d030107';
const USAGES = new Map([
  [id_kp_serverAuth, 'server'],
  [id_kp_clientAuth, 'peer'],
  ['1.3.6.1.5.5.7.3.36', 'signer'],
] as const);
const RSA_BYTES_MIN = 384;
const RSA_BYTES_MAX = 512;

type PublicKey =
  | { readonly is: 'p256'; readonly point: Uint8Array }
  | ({ readonly is: 'rsa' } & RSAKey);

export const webCertificateReader: CertificateReader = certificateReaderOf({
  read: take,
  isIssuedBy(certificate, authority) {
    if (authority.purpose !== 'authority') return false;
    try {
      const own = parse(certificate.der);
      const issuer = parse(authority.der);
      const key = keyOf(issuer.tbsCertificate.subjectPublicKeyInfo);
      return isNamedIssuer(own, issuer) && isSignedBy(own, key);
    } catch {
      // A certificate whose extensions cannot be read was issued by nobody.
      return false;
    }
  },
});

function take(der: Uint8Array): TakenApart {
  if (der.length > CERTIFICATE_BYTES_MAX)
    throw new MalformedCertificate('The certificate is too long.');
  if (!isWholeSequence(der)) throw new MalformedCertificate('This is not a whole certificate.');
  try {
    const asn = parse(der);
    // The library passes over bits that say nothing; a certificate has one form only.
    if (!isSame(AsnConvert.serialize(asn), toArrayBuffer(der)))
      throw new MalformedCertificate('This is not a certificate of ours.');
    const { tbsCertificate } = asn;
    const key = keyOf(tbsCertificate.subjectPublicKeyInfo);
    const spki = new Uint8Array(AsnConvert.serialize(tbsCertificate.subjectPublicKeyInfo));
    return {
      subject: readSubject(tbsCertificate.subject, urnsOf(asn)),
      purpose: purposeOf(asn),
      certificateSerialHex: hexOf(withoutZeros(new Uint8Array(tbsCertificate.serialNumber))),
      key: jwkOf(key),
      algorithm: key.is === 'rsa' ? 'PS256' : 'ES256',
      keyThumbprint: encodeBase64url(sha256(spki)),
      fingerprint: hexOf(sha256(der)),
      notBeforeMs: tbsCertificate.validity.notBefore.getTime().getTime(),
      notAfterMs: tbsCertificate.validity.notAfter.getTime().getTime(),
      der: new Uint8Array(der),
    };
  } catch (cause) {
    if (cause instanceof MalformedCertificate) throw cause;
    throw new MalformedCertificate('This is not a certificate of ours.', { cause });
  }
}

function parse(der: Uint8Array): Certificate {
  return AsnConvert.parse(toArrayBuffer(der), Certificate);
}

/** Reads the public key. @throws MalformedCertificate for a key of no kind of ours */
function keyOf({ algorithm, subjectPublicKey }: SubjectPublicKeyInfo): PublicKey {
  const bytes = new Uint8Array(subjectPublicKey);
  const { parameters } = algorithm;
  if (algorithm.algorithm === EC_PUBLIC_KEY && parameters !== null && parameters !== undefined) {
    const isUncompressed = bytes.length === 65 && bytes[0] === 0x04;
    if (hexOf(new Uint8Array(parameters)) === P256 && isUncompressed)
      return { is: 'p256', point: bytes };
  }
  if (algorithm.algorithm === RSA_ENCRYPTION) {
    const [modulus, exponent] = integersOf(bytes);
    const length = modulus?.length ?? 0;
    if (modulus && exponent && length >= RSA_BYTES_MIN && length <= RSA_BYTES_MAX)
      return { is: 'rsa', modulus, exponent };
  }
  throw new MalformedCertificate('The certificate has a key of another kind than ours.');
}

/** The two integers of an RSAPublicKey (RFC 8017 appendix A.1.1), without leading zeros. */
function integersOf(sequence: Uint8Array): readonly Uint8Array[] {
  const outer = elementOf(sequence, 0x30);
  const first = outer === undefined ? undefined : elementOf(outer.content, 0x02);
  const second = first === undefined ? undefined : elementOf(first.rest, 0x02);
  if (first === undefined || second === undefined || second.rest.length > 0) return [];
  return [withoutZeros(first.content), withoutZeros(second.content)];
}

function elementOf(
  bytes: Uint8Array,
  tag: number,
): { readonly content: Uint8Array; readonly rest: Uint8Array } | undefined {
  const [found, first = 0] = bytes;
  if (found !== tag) return undefined;
  const count = first < 0x80 ? 0 : first & 0x7f;
  if (count > 2) return undefined;
  let length = count === 0 ? first : 0;
  for (const byte of bytes.subarray(2, 2 + count)) length = length * 256 + byte;
  const begin = 2 + count;
  if (bytes.length < begin + length) return undefined;
  return { content: bytes.subarray(begin, begin + length), rest: bytes.subarray(begin + length) };
}

/** As JWK, for jose. @see RFC 7518 section 6 */
function jwkOf(key: PublicKey): TakenApart['key'] {
  if (key.is === 'rsa')
    return { kty: 'RSA', n: encodeBase64url(key.modulus), e: encodeBase64url(key.exponent) };
  const [x, y] = [key.point.subarray(1, 33), key.point.subarray(33)];
  return { kty: 'EC', crv: 'P-256', x: encodeBase64url(x), y: encodeBase64url(y) };
}

/** Names, key identifiers and key usage fit. @see RFC 5280 section 6.1.3 */
function isNamedIssuer(own: Certificate, issuer: Certificate): boolean {
  const named = AsnConvert.serialize(own.tbsCertificate.issuer);
  const subject = AsnConvert.serialize(issuer.tbsCertificate.subject);
  if (!isSame(named, subject)) return false;
  const usage = extensionOf(issuer, id_ce_keyUsage, KeyUsage);
  if (usage !== undefined && (usage.toNumber() & KeyUsageFlags.keyCertSign) === 0) return false;
  const wanted = extensionOf(own, id_ce_authorityKeyIdentifier, AuthorityKeyIdentifier);
  const has = extensionOf(issuer, id_ce_subjectKeyIdentifier, SubjectKeyIdentifier);
  if (wanted?.keyIdentifier === undefined || has === undefined) return true;
  return isSame(wanted.keyIdentifier.buffer, has.buffer);
}

function isSignedBy(certificate: Certificate, key: PublicKey): boolean {
  const { tbsCertificateRaw, signatureAlgorithm, signatureValue } = certificate;
  const { algorithm } = signatureAlgorithm;
  if (tbsCertificateRaw === undefined) return false;
  if (certificate.tbsCertificate.signature.algorithm !== algorithm) return false;
  const bytes = new Uint8Array(tbsCertificateRaw);
  const signature = new Uint8Array(signatureValue);
  if (key.is === 'rsa')
    return algorithm === RSA_SHA3_256 && isRSASHA3Signature(key, signature, bytes);
  if (algorithm !== ECDSA_SHA3_256 && algorithm !== ECDSA_SHA256) return false;
  const digest = algorithm === ECDSA_SHA3_256 ? sha3_256(bytes) : sha256(bytes);
  try {
    const options = { format: 'der', prehash: false, lowS: false } as const;
    return p256.verify(signature, digest, key.point, options);
  } catch {
    return false;
  }
}

function urnsOf(certificate: Certificate): readonly string[] {
  const names = extensionOf(certificate, id_ce_subjectAltName, SubjectAlternativeName) ?? [];
  return [...names].flatMap(({ uniformResourceIdentifier }) => uniformResourceIdentifier ?? []);
}

function purposeOf(certificate: Certificate): TakenApart['purpose'] {
  if (extensionOf(certificate, id_ce_basicConstraints, BasicConstraints)?.cA === true)
    return 'authority';
  const usages = extensionOf(certificate, id_ce_extKeyUsage, ExtendedKeyUsage) ?? [];
  const [usage, second] = [...usages];
  const purpose = second === undefined ? USAGES.get((usage ?? '') as never) : undefined;
  if (purpose === undefined)
    throw new MalformedCertificate('The certificate does not say one purpose.');
  return purpose;
}

function extensionOf<T>(
  { tbsCertificate }: Certificate,
  id: string,
  type: new () => T,
): T | undefined {
  const [found, second] = (tbsCertificate.extensions ?? []).filter(({ extnID }) => extnID === id);
  if (found === undefined) return undefined;
  if (second !== undefined) throw new MalformedCertificate('The certificate says one thing twice.');
  return AsnConvert.parse(found.extnValue.buffer, type);
}

function isSame(one: ArrayBuffer, other: ArrayBuffer): boolean {
  return hexOf(new Uint8Array(one)) === hexOf(new Uint8Array(other));
}

function withoutZeros(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? bytes.subarray(0, 0) : bytes.subarray(first);
}

function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Certificates: issued, read, and judged against their authority.
 *
 * One profile for all: version 3, 126-bit random serial numbers, an authority that issues end entities directly
 * (path length 0), exactly one extended key usage, key identifiers of 160 bits of SHA-256 (RFC 7093). Reading is
 * strict and bounded; judging (`judgeCertificate`) is separate from reading, and revocation is not part of it:
 * who judges asks the registry of certificates, or a revocation list. Node only.
 */
import { X509Certificate, createHash, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_clientAuth,
  id_kp_serverAuth,
} from '@peculiar/asn1-x509';
import type { Name } from '@peculiar/asn1-x509';
import { keyThumbprint, signWith, signatureAlgorithm, spkiOf } from './algorithm.ts';
import type { SignatureProfile } from './algorithm.ts';
import {
  CertificateNotInTime,
  CertificateNotTrusted,
  MalformedCertificate,
} from './certificate-error.ts';
import { isWholeSequence, toArrayBuffer } from './der.ts';
import { distinguishedName, readSubject, subjectURN } from './name.ts';
import type { CertificateSubject } from './name.ts';
import { signingAlgorithm } from './signer.ts';
import type { Signer } from './signer.ts';

/** A certificate with an RSA-4096 key, an RSA signature and twenty names has less than 3 KiB. */
export const CERTIFICATE_BYTES_MAX = 8 * 1024;
/** Clocks of carts run slow: a certificate holds from an hour before it was made. */
export const BACKDATE_MS = 60 * 60 * 1000;

/**
 * What a certificate is for. `authority` signs others, `peer` proves who connects, `server` who answers, `signer` whose
 * statement it is. None does for another: a key of TLS signs no statement that anybody believes.
 */
export type CertificatePurpose = 'authority' | 'server' | 'peer' | 'signer';

/** The extended key usage of each end entity; `signer` has that of signed documents. @see RFC 9336 section 3.1 */
const USAGES = {
  server: id_kp_serverAuth,
  peer: id_kp_clientAuth,
  signer: '1.3.6.1.5.5.7.3.36',
} as const satisfies Readonly<Record<Exclude<CertificatePurpose, 'authority'>, string>>;

export { CertificateNotInTime, CertificateNotTrusted, MalformedCertificate };

/** Who signs: by which profile, and under which name. */
export interface IssuerName {
  readonly profile: SignatureProfile;
  /** DER of the issuer's own certificate; absent when it signs itself. */
  readonly certificate?: Uint8Array;
}

/** An issuer whose private key is in memory. */
export interface Issuer extends IssuerName {
  readonly privateKey: KeyObject;
}

/** An issuer whose private key may be anywhere. */
export interface SigningIssuer extends IssuerName {
  readonly signer: Signer;
}

export interface CertificateTerms {
  readonly subject: CertificateSubject;
  readonly purpose: CertificatePurpose;
  readonly publicKey: KeyObject;
  /** UTC. Cut off at the issuer's own end. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** DNS names and IP addresses of a server. */
  readonly hostNames?: readonly string[];
}

/** What a certificate says, read once and checked for form; whether to believe it is another question. */
export interface ReadCertificate {
  readonly subject: CertificateSubject;
  readonly purpose: CertificatePurpose;
  /** Lower-case hexadecimal without leading zeros. */
  readonly certificateSerialHex: string;
  readonly publicKey: KeyObject;
  readonly keyThumbprint: string;
  /** SHA-256 of the whole certificate, lower-case hexadecimal. */
  readonly fingerprint: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** The issuer's distinguished name as Node prints it. */
  readonly issuer: string;
  readonly der: Uint8Array;
}

/** Issues a certificate and gives it as DER. The issuer's signature is over exactly these bytes. */
export function issueCertificate(issuer: Issuer, terms: CertificateTerms): Uint8Array {
  const { bytes, signed } = prepareCertificate(issuer, terms);
  return signed(signWith(issuer.profile, issuer.privateKey, bytes));
}

/** Issues a certificate by an issuer whose key may be in a token. @throws what its signer throws */
export async function certify(issuer: SigningIssuer, terms: CertificateTerms): Promise<Uint8Array> {
  const { bytes, signed } = prepareCertificate(issuer, terms);
  return signed(await issuer.signer.sign(signingAlgorithm(issuer.profile), bytes));
}

interface PreparedCertificate {
  /** What is to be signed: DER of the TBSCertificate. */
  readonly bytes: Uint8Array;
  /** Puts the signature on; DER. */
  signed(signature: Uint8Array): Uint8Array;
}

function prepareCertificate(issuer: IssuerName, terms: CertificateTerms): PreparedCertificate {
  const own = issuer.certificate === undefined ? undefined : parse(issuer.certificate);
  const subject = distinguishedName(terms.subject);
  const notAfterMs = Math.min(
    terms.notAfterMs,
    own?.tbsCertificate.validity.notAfter.getTime().getTime() ?? Infinity,
  );
  const issuerSPKI = own?.tbsCertificate.subjectPublicKeyInfo ?? spkiInfo(terms.publicKey);
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: toArrayBuffer(newSerialNumber()),
    signature: signatureAlgorithm(issuer.profile),
    issuer: own?.tbsCertificate.subject ?? subject,
    validity: new Validity({
      notBefore: new Date(terms.notBeforeMs),
      notAfter: new Date(notAfterMs),
    }),
    subject,
    subjectPublicKeyInfo: spkiInfo(terms.publicKey),
    extensions: new Extensions(extensionsOf(terms, keyIdentifier(issuerSPKI))),
  });
  return {
    bytes: new Uint8Array(AsnConvert.serialize(tbsCertificate)),
    signed: (signature) =>
      new Uint8Array(
        AsnConvert.serialize(
          new Certificate({
            tbsCertificate,
            signatureAlgorithm: signatureAlgorithm(issuer.profile),
            signatureValue: toArrayBuffer(signature),
          }),
        ),
      ),
  };
}

/**
 * Reads a certificate of our profile.
 * @param der not trusted
 * @throws MalformedCertificate
 */
export function readCertificate(der: Uint8Array): ReadCertificate {
  if (der.length > CERTIFICATE_BYTES_MAX)
    throw new MalformedCertificate('The certificate is too long.');
  if (!isWholeSequence(der)) throw new MalformedCertificate('This is not a whole certificate.');
  try {
    const asn = parse(der);
    const x509 = new X509Certificate(der);
    return {
      subject: readSubject(asn.tbsCertificate.subject, urnsOf(asn)),
      purpose: purposeOf(x509),
      certificateSerialHex: x509.serialNumber.toLowerCase(),
      publicKey: x509.publicKey,
      keyThumbprint: keyThumbprint(x509.publicKey),
      fingerprint: createHash('sha256').update(der).digest('hex'),
      notBeforeMs: x509.validFromDate.getTime(),
      notAfterMs: x509.validToDate.getTime(),
      issuer: x509.issuer,
      der: new Uint8Array(der),
    };
  } catch (cause) {
    if (cause instanceof MalformedCertificate) throw cause;
    throw new MalformedCertificate('This is not a certificate of ours.', { cause });
  }
}

/**
 * Judges whether an authority issued a certificate, for this purpose, and the time is within it.
 *
 * Revocation is asked elsewhere.
 * @param nowMs UTC
 * @throws CertificateNotTrusted, CertificateNotInTime
 */
export function judgeCertificate(
  certificate: ReadCertificate,
  authority: ReadCertificate,
  purpose: CertificatePurpose,
  nowMs: number,
): void {
  const x509 = new X509Certificate(certificate.der);
  const root = new X509Certificate(authority.der);
  if (
    authority.purpose !== 'authority' ||
    !x509.checkIssued(root) ||
    !x509.verify(authority.publicKey)
  ) {
    throw new CertificateNotTrusted(
      'The certificate is not from the authority that it should be from.',
    );
  }
  if (certificate.purpose !== purpose) {
    throw new CertificateNotTrusted('The certificate is for another purpose.');
  }
  for (const { notBeforeMs, notAfterMs } of [certificate, authority]) {
    if (nowMs < notBeforeMs) throw new CertificateNotInTime('The certificate is not valid yet.');
    if (nowMs > notAfterMs) throw new CertificateNotInTime('The certificate has expired.');
  }
}

/** Gives 160 bits of SHA-256 of the public key's bit string. @see RFC 7093 section 2, method 1 */
export function keyIdentifier(spki: SubjectPublicKeyInfo): Uint8Array {
  return createHash('sha256')
    .update(new Uint8Array(spki.subjectPublicKey))
    .digest()
    .subarray(0, 20);
}

/** Reads the name and key of an authority's certificate, to put them into what it signs. */
export function authorityParts(der: Uint8Array): {
  readonly name: Name;
  readonly keyIdentifier: Uint8Array;
} {
  const { subject, subjectPublicKeyInfo } = parse(der).tbsCertificate;
  return { name: subject, keyIdentifier: keyIdentifier(subjectPublicKeyInfo) };
}

/** Wraps a value as an extension. */
export function extension(extnID: string, value: unknown, critical = false): Extension {
  return new Extension({
    extnID,
    critical,
    extnValue: new OctetString(AsnConvert.serialize(value)),
  });
}

function extensionsOf(terms: CertificateTerms, authorityKey: Uint8Array): Extension[] {
  const { purpose } = terms;
  const isAuthority = purpose === 'authority';
  const usage = isAuthority
    ? KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign
    : KeyUsageFlags.digitalSignature;
  const extensions = [
    extension(
      id_ce_basicConstraints,
      new BasicConstraints(isAuthority ? { cA: true, pathLenConstraint: 0 } : {}),
      true,
    ),
    extension(id_ce_keyUsage, new KeyUsage(usage), true),
    extension(
      id_ce_subjectKeyIdentifier,
      new SubjectKeyIdentifier(toArrayBuffer(keyIdentifier(spkiInfo(terms.publicKey)))),
    ),
    extension(
      id_ce_authorityKeyIdentifier,
      new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(toArrayBuffer(authorityKey)) }),
    ),
  ];
  if (!isAuthority)
    extensions.push(extension(id_ce_extKeyUsage, new ExtendedKeyUsage([USAGES[purpose]])));
  const names = alternativeNames(terms);
  if (names.length > 0)
    extensions.push(extension(id_ce_subjectAltName, new SubjectAlternativeName(names)));
  return extensions;
}

function alternativeNames(terms: CertificateTerms): GeneralName[] {
  const urn = subjectURN(terms.subject);
  const names = (terms.hostNames ?? []).map((host) =>
    isIP(host) === 0 ? new GeneralName({ dNSName: host }) : new GeneralName({ iPAddress: host }),
  );
  return urn === undefined
    ? names
    : [new GeneralName({ uniformResourceIdentifier: urn }), ...names];
}

function parse(der: Uint8Array): Certificate {
  return AsnConvert.parse(toArrayBuffer(der), Certificate);
}

function spkiInfo(publicKey: KeyObject): SubjectPublicKeyInfo {
  return AsnConvert.parse(toArrayBuffer(spkiOf(publicKey)), SubjectPublicKeyInfo);
}

function urnsOf(certificate: Certificate): readonly string[] {
  const found = certificate.tbsCertificate.extensions?.filter(
    ({ extnID }) => extnID === id_ce_subjectAltName,
  );
  const urns: string[] = [];
  for (const { extnValue } of found ?? []) {
    for (const name of AsnConvert.parse(extnValue.buffer, SubjectAlternativeName)) {
      if (name.uniformResourceIdentifier !== undefined) urns.push(name.uniformResourceIdentifier);
    }
  }
  return urns;
}

function purposeOf(x509: X509Certificate): CertificatePurpose {
  const usages = x509.keyUsage as readonly string[] | undefined;
  if (x509.ca) return 'authority';
  if (usages?.length === 1) {
    for (const purpose of ['server', 'peer', 'signer'] as const)
      if (usages[0] === USAGES[purpose]) return purpose;
  }
  throw new MalformedCertificate('The certificate does not say one purpose.');
}

/** 126 random bits; the top bits make the number positive and its hexadecimal always 32 digits long. */
function newSerialNumber(): Uint8Array {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}

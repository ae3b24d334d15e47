/** Tells whose certificate it is: of the pinned root or of somebody else, and under which name. */
import { createHash, X509Certificate } from 'node:crypto';
import { decodePEM } from '@chaperone/protocol/x509/pem.ts';
import { SHA3_SIGNATURE_NAMES } from '@chaperone/protocol/x509/sha3-signature.ts';

/** id-kp-serverAuth, RFC 5280 section 4.2.1.12 */
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';

/** Gives the roots of a PEM file: while they are exchanged there are two. */
export function rootsOf(pem: string): readonly X509Certificate[] {
  return decodePEM('CERTIFICATE', pem).map((der) => new X509Certificate(der));
}

/** Tells whether one of these roots issued the certificate, for a server. Dates and names are judged elsewhere. */
export function isPinned(leaf: X509Certificate, rootsPem: string): boolean {
  return isForServer(leaf) && rootsOf(rootsPem).some((root) => isIssuedBy(leaf, root));
}

/** Tells whether it may prove a server; the same roots issue the certificates of carts. */
export function isForServer(leaf: X509Certificate): boolean {
  const usages: readonly string[] = leaf.keyUsage ?? [];
  return usages.includes(SERVER_AUTHENTICATION);
}

export function isIssuedBy(leaf: X509Certificate, root: X509Certificate): boolean {
  try {
    return root.ca && leaf.checkIssued(root) && leaf.verify(root.publicKey);
  } catch {
    // A key that OpenSSL cannot use for this signature issued nothing.
    return false;
  }
}

/** Lower-case hexadecimal of SHA-256 over the whole certificate. */
export function fingerprintOf(certificate: X509Certificate): string {
  return createHash('sha256').update(certificate.raw).digest('hex');
}

/** Tells whether a certificate is signed with SHA3-256. */
export function isSHA3(certificate: X509Certificate): boolean {
  return SHA3_SIGNATURE_NAMES.has(certificate.signatureAlgorithmOid ?? '');
}

/** How it is signed, as a person reads it. */
export function signatureOf(certificate: X509Certificate): string {
  const oid = certificate.signatureAlgorithmOid ?? '';
  return SHA3_SIGNATURE_NAMES.get(oid) ?? certificate.signatureAlgorithm ?? oid;
}

/** A distinguished name as a person reads it: its common name and its organisation. @param name lines, as Node gives them */
export function readableName(name: string): string {
  const part = (key: string): string | undefined =>
    new RegExp(`^${key}=(.*)$`, 'm').exec(name)?.[1];
  const common = part('CN');
  const organisation = part('O') ?? part('OU');
  if (common === undefined) return organisation ?? (name.replaceAll('\n', ', ') || 'nobody');
  return organisation === undefined || organisation === common
    ? common
    : `${common}, ${organisation}`;
}

/** The names that a certificate is for, as a person reads them. */
export function namesOf(certificate: X509Certificate): string {
  const alternative = certificate.subjectAltName?.replaceAll(/\b(?:DNS|IP Address|URI):/g, '');
  return alternative ?? readableName(certificate.subject);
}

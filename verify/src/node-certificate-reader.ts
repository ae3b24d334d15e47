/** Reads certificates with Node's own X.509. */
import { X509Certificate } from 'node:crypto';
import {
  CertificateNotTrusted,
  MalformedCertificate,
  judgeCertificate,
  readCertificate,
} from '@chaperone/protocol/x509/certificate.ts';
import type { ReadCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { readPeerCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';
import { MalformedPEM, decodePEM, encodePEM } from '@chaperone/protocol/x509/pem.ts';
import type { CertificateReader } from './cart-signer.ts';

export const nodeCertificateReader: CertificateReader = {
  root(pem) {
    const [root] = readAuthorities(pem).roots;
    if (root === undefined)
      throw new CertificateNotTrusted('It is not an authority that signed itself.');
    return { fingerprint: root.fingerprint };
  },
  roots(pem, from) {
    const inside = readAuthorities(pem);
    if (from === null) return { pem: pemOf(inside.roots), strangers: [] };
    const believed = follow(readAuthorities(from).roots, inside);
    const known = new Set(believed.map(({ fingerprint }) => fingerprint));
    const strangers = inside.roots.filter(({ fingerprint }) => !known.has(fingerprint));
    return { pem: pemOf(believed), strangers: strangers.map(({ fingerprint }) => fingerprint) };
  },
  cart(pem, rootsPEM) {
    const read = readPeerCertificate(derOf(pem));
    if (rootsPEM !== null) judgeIssuer(read, readAuthorities(rootsPEM).roots);
    return {
      serial: read.serial,
      key: read.publicKey,
      algorithm: read.publicKey.asymmetricKeyType === 'rsa' ? 'PS256' : 'ES256',
      keyThumbprint: read.keyThumbprint,
      certificateSerial: read.certificateSerialHex,
      notBeforeMs: read.notBeforeMs,
      notAfterMs: read.notAfterMs,
    };
  },
};

interface Authorities {
  /** Those that signed themselves. */
  readonly roots: readonly ReadCertificate[];
  /** The key of one root, certified by another one. */
  readonly links: readonly ReadCertificate[];
}

/** Reads PEM of roots and of what leads from one to the next. */
function readAuthorities(pem: string): Authorities {
  const read = dersOf(pem).map(readCertificate);
  if (read.some(({ purpose }) => purpose !== 'authority'))
    throw new CertificateNotTrusted('It is not an authority that signed itself.');
  const isRoot = ({ der, publicKey }: ReadCertificate): boolean =>
    new X509Certificate(der).verify(publicKey);
  return { roots: read.filter(isRoot), links: read.filter((each) => !isRoot(each)) };
}

/** Those of the roots that are believed, or that a believed one certified, however many steps that takes. */
function follow(
  believed: readonly ReadCertificate[],
  { roots, links }: Authorities,
): readonly ReadCertificate[] {
  const known = new Map(believed.map((root) => [root.fingerprint, root]));
  for (let before = -1; known.size > before;) {
    before = known.size;
    for (const link of links) {
      const isCertified = [...known.values()].some((root) => isIssuedBy(link, root));
      const next = roots.find(({ keyThumbprint }) => keyThumbprint === link.keyThumbprint);
      if (isCertified && next !== undefined) known.set(next.fingerprint, next);
    }
  }
  return [...known.values()];
}

function isIssuedBy({ der }: ReadCertificate, root: ReadCertificate): boolean {
  const x509 = new X509Certificate(der);
  return x509.checkIssued(new X509Certificate(root.der)) && x509.verify(root.publicKey);
}

/** Whether it was in date depends on when it signed, which is asked where it signed. @throws what `judgeCertificate` throws */
function judgeIssuer(read: ReadCertificate, roots: readonly ReadCertificate[]): void {
  const root = roots.find((each) => isIssuedBy(read, each)) ?? roots[0];
  if (root === undefined)
    throw new CertificateNotTrusted('It is not an authority that signed itself.');
  judgeCertificate(read, root, 'peer', Math.max(read.notBeforeMs, root.notBeforeMs));
}

function pemOf(certificates: readonly ReadCertificate[]): string {
  return certificates.map(({ der }) => encodePEM('CERTIFICATE', der)).join('');
}

/** Reads one certificate in the one form in which it is written. @throws MalformedPEM, MalformedCertificate */
function derOf(pem: string): Uint8Array {
  const [der, ...rest] = dersOf(pem);
  if (der === undefined || rest.length > 0) {
    throw new MalformedCertificate('There must be exactly one certificate here.');
  }
  return der;
}

/** Reads certificates in the one form in which they are written. @throws MalformedPEM */
function dersOf(pem: string): readonly Uint8Array[] {
  const ders = decodePEM('CERTIFICATE', pem);
  // A file that went through an editor may end its lines otherwise, and its last one not at all.
  const written = `${pem.replaceAll('\r\n', '\n').replace(/\n$/, '')}\n`;
  if (written !== ders.map((der) => encodePEM('CERTIFICATE', der)).join('')) {
    throw new MalformedPEM('The PEM text is not as it was written.');
  }
  return ders;
}

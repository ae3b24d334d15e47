/**
 * Reads certificates of our profile, whoever takes X.509 apart: Node's own reader, or that of the page. What follows from what
 * is the same for both, so that they give the same verdicts in the same words.
 */
import {
  CertificateNotTrusted,
  MalformedCertificate,
} from '@chaperone/protocol/x509/certificate-error.ts';
import type { CertificateSubject } from '@chaperone/protocol/x509/name.ts';
import type { StatementAlgorithm, StatementKey } from '@chaperone/protocol/signed/statement.ts';
import { MalformedPEM, decodePEM, encodePEM } from '@chaperone/protocol/x509/pem.ts';
import type { CertificateReader } from './cart-signer.ts';

/** What a certificate says. */
export interface TakenApart {
  readonly subject: CertificateSubject;
  readonly purpose: 'authority' | 'server' | 'peer' | 'signer';
  /** Lower-case hexadecimal. */
  readonly certificateSerialHex: string;
  readonly key: StatementKey;
  readonly algorithm: StatementAlgorithm;
  readonly keyThumbprint: string;
  /** SHA-256 of the whole, lower-case hexadecimal. */
  readonly fingerprint: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly der: Uint8Array;
}

/** Takes X.509 apart. */
export interface X509 {
  /** @throws MalformedCertificate */
  read(der: Uint8Array): TakenApart;
  /** Tells whether the second one is named as the first one's issuer, and signed it. */
  isIssuedBy(certificate: TakenApart, authority: TakenApart): boolean;
}

/** Puts a reader together. */
export function certificateReaderOf(x509: X509): CertificateReader {
  return {
    root(pem) {
      const [root] = readAuthorities(x509, pem).roots;
      if (root === undefined) throw notAnAuthority();
      return { fingerprint: root.fingerprint };
    },
    roots(pem, from) {
      const inside = readAuthorities(x509, pem);
      if (from === null) return { pem: pemOf(inside.roots), strangers: [] };
      const believed = follow(x509, readAuthorities(x509, from).roots, inside);
      const known = new Set(believed.map(({ fingerprint }) => fingerprint));
      const strangers = inside.roots.filter(({ fingerprint }) => !known.has(fingerprint));
      return { pem: pemOf(believed), strangers: strangers.map(({ fingerprint }) => fingerprint) };
    },
    cart(pem, rootsPEM) {
      const read = x509.read(derOf(pem));
      const { subject } = read;
      if (subject.kind !== 'cart' || read.purpose !== 'peer')
        throw new MalformedCertificate("This is not a cart's certificate.");
      if (rootsPEM !== null) judgeIssuer(x509, read, readAuthorities(x509, rootsPEM).roots);
      return {
        serial: subject.serial,
        key: read.key,
        algorithm: read.algorithm,
        keyThumbprint: read.keyThumbprint,
        certificateSerial: read.certificateSerialHex,
        notBeforeMs: read.notBeforeMs,
        notAfterMs: read.notAfterMs,
      };
    },
  };
}

interface Authorities {
  /** Those that signed themselves. */
  readonly roots: readonly TakenApart[];
  /** The key of one root, certified by another one. */
  readonly links: readonly TakenApart[];
}

/** Reads PEM of roots and of what leads from one to the next. */
function readAuthorities(x509: X509, pem: string): Authorities {
  const read = dersOf(pem).map((der) => x509.read(der));
  if (read.some(({ purpose }) => purpose !== 'authority')) throw notAnAuthority();
  const isRoot = (each: TakenApart): boolean => x509.isIssuedBy(each, each);
  return { roots: read.filter(isRoot), links: read.filter((each) => !isRoot(each)) };
}

/** Those of the roots that are believed, or that a believed one certified, however many steps that takes. */
function follow(
  x509: X509,
  believed: readonly TakenApart[],
  { roots, links }: Authorities,
): readonly TakenApart[] {
  const known = new Map(believed.map((root) => [root.fingerprint, root]));
  for (let before = -1; known.size > before;) {
    before = known.size;
    for (const link of links) {
      const isCertified = [...known.values()].some((root) => x509.isIssuedBy(link, root));
      const next = roots.find(({ keyThumbprint }) => keyThumbprint === link.keyThumbprint);
      if (isCertified && next !== undefined) known.set(next.fingerprint, next);
    }
  }
  return [...known.values()];
}

/** Whether it was in date depends on when it signed, which is asked where it signed. */
function judgeIssuer(x509: X509, read: TakenApart, roots: readonly TakenApart[]): void {
  if (roots.length === 0) throw notAnAuthority();
  const root = roots.find((each) => x509.isIssuedBy(read, each));
  if (root === undefined)
    throw new CertificateNotTrusted(
      'The certificate is not from the authority that it should be from.',
    );
  const from = Math.max(read.notBeforeMs, root.notBeforeMs);
  if (from > Math.min(read.notAfterMs, root.notAfterMs))
    throw new CertificateNotTrusted('The certificate was never in date together with its root.');
}

function notAnAuthority(): CertificateNotTrusted {
  return new CertificateNotTrusted('It is not an authority that signed itself.');
}

function pemOf(certificates: readonly TakenApart[]): string {
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

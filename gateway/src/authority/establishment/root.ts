/** One root of the authority: its key, its certificate, and the files that they are in. */
import { join } from 'node:path';
import { fitsProfile, keyThumbprint } from '@chaperone/protocol/x509/algorithm.ts';
import type { SignatureProfile } from '@chaperone/protocol/x509/algorithm.ts';
import {
  BACKDATE_MS,
  certify,
  judgeCertificate,
  readCertificate,
} from '@chaperone/protocol/x509/certificate.ts';
import type { ReadCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { decodePEM, encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { isSignerFor } from '@chaperone/protocol/x509/signer.ts';
import type { Signer } from '@chaperone/protocol/x509/signer.ts';
import { writeDurably } from '../../platform/durable-file/durable-file.ts';
import { AuthorityDamaged } from './establishment-error.ts';
import { readPart } from './part.ts';
import type { RootKeys } from './root-keys.ts';

const YEAR_MS = 365.25 * 24 * 60 * 60 * 1000;
/** A cart lives for ten to fifteen years, and its root is pinned on it. */
export const ROOT_LIFE_MS = 20 * YEAR_MS;

/** A root, ready to sign. */
export interface Root {
  readonly profile: SignatureProfile;
  readonly signer: Signer;
  /** DER. */
  readonly certificate: Uint8Array;
  readonly certificatePEM: string;
  /** SHA-256, lower-case hexadecimal. */
  readonly fingerprint: string;
}

/** Makes a root's key and certificate in files that are not there yet. */
export async function makeRoot(
  directory: string,
  name: string,
  profile: SignatureProfile,
  terms: { readonly commonName: string; readonly nowMs: number; readonly keys: RootKeys },
): Promise<Root> {
  const signer = await terms.keys.make({ directory, name }, profile);
  const certificate = await certify(
    { profile, signer },
    {
      subject: { kind: 'other', commonName: terms.commonName },
      purpose: 'authority',
      publicKey: signer.publicKey,
      notBeforeMs: terms.nowMs - BACKDATE_MS,
      notAfterMs: terms.nowMs + ROOT_LIFE_MS,
    },
  );
  const certificatePEM = encodePEM('CERTIFICATE', certificate);
  await writeDurably(join(directory, `${name}.cert.pem`), certificatePEM, { never: 'replace' });
  const { fingerprint } = readCertificate(certificate);
  return { profile, signer, certificate, certificatePEM, fingerprint };
}

/** Opens a root and checks that its parts belong together. @throws AuthorityDamaged, and what opening the key throws */
export async function loadRoot(
  place: { readonly directory: string; readonly name: string },
  profile: SignatureProfile,
  fingerprint: string,
  keys: RootKeys,
): Promise<Root> {
  const { directory, name } = place;
  const certificatePEM = await readPart(join(directory, `${name}.cert.pem`));
  const read = readRootCertificate(name, certificatePEM);
  const signer = await keys.open(place, read.publicKey);
  const isWhole =
    read.fingerprint === fingerprint &&
    fitsProfile(signer.publicKey, profile) &&
    keyThumbprint(signer.publicKey) === read.keyThumbprint &&
    (await isSignerFor(signer, read.publicKey));
  if (!isWhole)
    throw new AuthorityDamaged(`Key and certificate of the ${name} root do not belong together.`);
  return { profile, signer, certificate: read.der, certificatePEM, fingerprint };
}

/** Reads the certificate of a root. @throws AuthorityDamaged */
export function readRootCertificate(name: string, pem: string): ReadCertificate {
  try {
    const [certificate] = decodePEM('CERTIFICATE', pem);
    if (certificate === undefined)
      throw new AuthorityDamaged(`The ${name} root has no certificate.`);
    const read = readCertificate(certificate);
    judgeCertificate(read, read, 'authority', read.notBeforeMs);
    return read;
  } catch (cause) {
    if (cause instanceof AuthorityDamaged) throw cause;
    throw new AuthorityDamaged(`The certificate of the ${name} root cannot be read.`, { cause });
  }
}

/** Reads the certificate of a root, and opens no key for it. @throws AuthorityDamaged */
export async function readRoot(directory: string, name: string): Promise<ReadCertificate> {
  return readRootCertificate(name, await readPart(join(directory, `${name}.cert.pem`)));
}

/** The common name of a root. @throws AuthorityDamaged */
export function subjectOf({ certificate }: Pick<Root, 'certificate'>): string {
  const { subject } = readCertificate(certificate);
  if (subject.kind !== 'other') throw new AuthorityDamaged('The name of a root is another one.');
  return subject.commonName;
}

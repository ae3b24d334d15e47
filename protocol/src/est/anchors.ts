/**
 * What a cart must trust beside its root, signed by that root: the workstation authority, the licence root, the ledger's
 * key and, while the root changes, the other root (decision 0017).
 *
 * A captured desk answers EST but does not hold the root's key, so it cannot slip in a workstation authority of
 * its own, nor a root. The form is a compact JWS of type `chaperone-anchors+jws`; its payload is `{ version: 1, root,
 * workstationCA, licenceCA, ledgerKey, iat }` as long as there is one root, and with `version: 2` it has `roots` and `issuing`,
 * too, while there are two. Gateways of earlier versions leave `licenceCA` out. A cart never goes back to an older `iat`. Node only.
 */
import { X509Certificate, createHash } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { compactVerify } from 'jose';
import { z } from 'zod';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { readCertificate } from '../x509/certificate.ts';
import type { ReadCertificate } from '../x509/certificate.ts';
import { decodePEM, encodePEM } from '../x509/pem.ts';
import { signStatementWith, statementAlgorithm } from '../signed/sign-with.ts';
import { signerOf } from '../x509/signer.ts';
import type { Signer } from '../x509/signer.ts';

export interface Anchors {
  /** PEM of the authority that certifies workstations. */
  readonly workstationCA: string;
  /** PEM of the root that signs the terms of licences; null at a gateway of an earlier version. */
  readonly licenceCA: string | null;
  /** The ledger's verifier key, one line in C2SP note form. */
  readonly ledgerKey: string;
  readonly issuedAtMs: number;
  /** PEM of the roots of gateway and carts, the older first: one, or two while it changes. The one that signed is among them. */
  readonly roots: readonly string[];
  /** Fingerprint of the root that certifies now, SHA-256 in hexadecimal; the signing root's own while it is the only one. */
  readonly issuing: string;
}

/** What is signed; without `roots` the root that signs is the only one. */
export type AnchorsTerms = Omit<Anchors, 'roots' | 'issuing'> &
  Partial<Pick<Anchors, 'roots' | 'issuing'>>;

export class MalformedAnchors extends DomainError {
  readonly code = 'MALFORMED_ANCHORS';
}

export const ANCHORS_CHARACTERS_MAX = 16 * 1024;

const TYPE = 'chaperone-anchors+jws';
const LEDGER_KEY_CHARACTERS_MAX = 1024;
const PEM_CHARACTERS_MAX = 8192;
const fingerprint = z.string().regex(/^[0-9a-f]{64}$/);
const pem = z.string().max(PEM_CHARACTERS_MAX);
const members = {
  root: fingerprint,
  workstationCA: pem,
  licenceCA: pem.optional(),
  ledgerKey: z.string().max(LEDGER_KEY_CHARACTERS_MAX),
  iat: z.int().nonnegative(),
};
const payload = z.discriminatedUnion('version', [
  z.strictObject({ version: z.literal(1), ...members }),
  z.strictObject({
    version: z.literal(2),
    ...members,
    roots: z.tuple([pem, pem]),
    issuing: fingerprint,
  }),
]);
type Payload = z.infer<typeof payload>;

/** The cart root: its certificate (DER), and its key or what signs with it. */
type AnchorsSigner = { readonly certificate: Uint8Array } & (
  | { readonly signer: Signer }
  | { readonly privateKey: KeyObject }
);

/** Signs anchors with the cart root's key. @throws what its signer throws */
export async function makeAnchors(root: AnchorsSigner, anchors: AnchorsTerms): Promise<string> {
  const { workstationCA, licenceCA, ledgerKey, roots = [], issuing } = anchors;
  const isChanging = roots.length > 1;
  const claims = payload.parse({
    version: isChanging ? 2 : 1,
    root: fingerprintOf(root.certificate),
    ...(isChanging ? { roots, issuing } : {}),
    workstationCA,
    ...(licenceCA === null ? {} : { licenceCA }),
    ledgerKey,
    iat: Math.floor(anchors.issuedAtMs / 1000),
  });
  const signer = 'signer' in root ? root.signer : signerOf(root.privateKey);
  return await signStatementWith(signer, TYPE, claims);
}

/**
 * Reads anchors and checks that the pinned cart root signed them.
 * @param jws not trusted
 * @param root DER of the pinned root's certificate
 * @throws MalformedAnchors
 */
export async function readAnchors(jws: string, root: Uint8Array): Promise<Anchors> {
  if (jws.length > ANCHORS_CHARACTERS_MAX)
    throw new MalformedAnchors('The trust anchors are too long.');
  try {
    const { publicKey } = readCertificate(root);
    const verified = await compactVerify(jws.trim(), publicKey, {
      algorithms: [statementAlgorithm(publicKey)],
    });
    const claims = payload.parse(JSON.parse(new TextDecoder().decode(verified.payload)));
    if (
      verified.protectedHeader.typ !== TYPE ||
      claims.root !== fingerprintOf(root) ||
      readAuthority(claims.workstationCA) === undefined ||
      (claims.licenceCA !== undefined && readAuthority(claims.licenceCA) === undefined)
    ) {
      throw new MalformedAnchors('The trust anchors are not for this root.');
    }
    return {
      workstationCA: claims.workstationCA,
      licenceCA: claims.licenceCA ?? null,
      ledgerKey: claims.ledgerKey,
      issuedAtMs: claims.iat * 1000,
      ...rootsOf(claims, root),
    };
  } catch (cause) {
    if (cause instanceof MalformedAnchors) throw cause;
    throw new MalformedAnchors('The trust anchors are not signed by this root.', { cause });
  }
}

/** @throws MalformedAnchors when they are not two roots of which one signed and one certifies */
function rootsOf(claims: Payload, signer: Uint8Array): Pick<Anchors, 'roots' | 'issuing'> {
  if (claims.version === 1)
    return { roots: [encodePEM('CERTIFICATE', signer)], issuing: claims.root };
  const { roots, issuing } = claims;
  const read = roots.map(readAuthority);
  const fingerprints = new Set(read.map((each) => each?.fingerprint));
  const areRoots = read.every((each) => each !== undefined && isSelfSigned(each));
  if (!areRoots || fingerprints.size !== roots.length)
    throw new MalformedAnchors('The trust anchors name something that is no root.');
  if (!fingerprints.has(claims.root) || !fingerprints.has(issuing))
    throw new MalformedAnchors(
      'The trust anchors name other roots than those that they are about.',
    );
  return { roots, issuing };
}

/** Reads PEM of exactly one certificate, of an authority. */
function readAuthority(text: string): ReadCertificate | undefined {
  const [der, second] = decodePEM('CERTIFICATE', text);
  if (der === undefined || second !== undefined) return undefined;
  const read = readCertificate(der);
  return read.purpose === 'authority' ? read : undefined;
}

function isSelfSigned({ der, publicKey }: ReadCertificate): boolean {
  const x509 = new X509Certificate(der);
  return x509.checkIssued(x509) && x509.verify(publicKey);
}

function fingerprintOf(certificate: Uint8Array): string {
  return createHash('sha256').update(certificate).digest('hex');
}

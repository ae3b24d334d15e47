/**
 * What a cart must trust beside its root, signed by that root: the workstation authority, the licence root and the ledger's key.
 *
 * A captured desk answers EST but does not hold the root's key, so it cannot slip in a workstation authority of
 * its own. The form is a compact JWS of type `chaperone-anchors+jws`; its payload is `{ version, root, workstationCA,
 * licenceCA, ledgerKey, iat }`; gateways of earlier versions leave `licenceCA` out. A cart never goes back to an older `iat`. Node only.
 */
import { createHash } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { compactVerify } from 'jose';
import { z } from 'zod';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { readCertificate } from '../x509/certificate.ts';
import { decodePEM } from '../x509/pem.ts';
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
}

export class MalformedAnchors extends DomainError {
  readonly code = 'MALFORMED_ANCHORS';
}

export const ANCHORS_CHARACTERS_MAX = 16 * 1024;

const TYPE = 'chaperone-anchors+jws';
const LEDGER_KEY_CHARACTERS_MAX = 1024;
const payload = z.strictObject({
  version: z.literal(1),
  root: z.string().regex(/^[0-9a-f]{64}$/),
  workstationCA: z.string().max(8192),
  licenceCA: z.string().max(8192).optional(),
  ledgerKey: z.string().max(LEDGER_KEY_CHARACTERS_MAX),
  iat: z.int().nonnegative(),
});

/** The cart root: its certificate (DER), and its key or what signs with it. */
type AnchorsSigner = { readonly certificate: Uint8Array } & (
  | { readonly signer: Signer }
  | { readonly privateKey: KeyObject }
);

/** Signs anchors with the cart root's key. @throws what its signer throws */
export async function makeAnchors(root: AnchorsSigner, anchors: Anchors): Promise<string> {
  const claims = payload.parse({
    version: 1,
    root: fingerprintOf(root.certificate),
    workstationCA: anchors.workstationCA,
    ...(anchors.licenceCA === null ? {} : { licenceCA: anchors.licenceCA }),
    ledgerKey: anchors.ledgerKey,
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
      !isAuthority(claims.workstationCA) ||
      (claims.licenceCA !== undefined && !isAuthority(claims.licenceCA))
    ) {
      throw new MalformedAnchors('The trust anchors are not for this root.');
    }
    return {
      workstationCA: claims.workstationCA,
      licenceCA: claims.licenceCA ?? null,
      ledgerKey: claims.ledgerKey,
      issuedAtMs: claims.iat * 1000,
    };
  } catch (cause) {
    if (cause instanceof MalformedAnchors) throw cause;
    throw new MalformedAnchors('The trust anchors are not signed by this root.', { cause });
  }
}

function isAuthority(pem: string): boolean {
  const [certificate, second] = decodePEM('CERTIFICATE', pem);
  return (
    certificate !== undefined &&
    second === undefined &&
    readCertificate(certificate).purpose === 'authority'
  );
}

function fingerprintOf(certificate: Uint8Array): string {
  return createHash('sha256').update(certificate).digest('hex');
}

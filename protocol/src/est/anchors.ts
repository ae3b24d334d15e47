/**
 * What a cart must trust beside its root, signed by that root: the workstation authority and the ledger's key.
 *
 * A captured desk answers EST but does not hold the root's key, so it cannot slip in a workstation authority of
 * its own. The form is a compact JWS of type `chaperone-anchors+jws`; its payload is `{ version, root, workstationCA,
 * ledgerKey, iat }`. A cart never goes back to an older `iat`. Node only.
 */
import { createHash } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { CompactSign, compactVerify } from 'jose';
import { z } from 'zod';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { readCertificate } from '../x509/certificate.ts';
import { decodePEM } from '../x509/pem.ts';

export interface Anchors {
  /** PEM of the authority that certifies workstations. */
  readonly workstationCA: string;
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
  ledgerKey: z.string().max(LEDGER_KEY_CHARACTERS_MAX),
  iat: z.int().nonnegative(),
});

/** Signs anchors with the cart root's key. */
export async function makeAnchors(
  root: { readonly privateKey: KeyObject; readonly certificate: Uint8Array },
  anchors: Anchors,
): Promise<string> {
  const claims = payload.parse({
    version: 1,
    root: fingerprintOf(root.certificate),
    workstationCA: anchors.workstationCA,
    ledgerKey: anchors.ledgerKey,
    iat: Math.floor(anchors.issuedAtMs / 1000),
  });
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: algorithmFor(root.privateKey), typ: TYPE })
    .sign(root.privateKey);
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
      algorithms: [algorithmFor(publicKey)],
    });
    const claims = payload.parse(JSON.parse(new TextDecoder().decode(verified.payload)));
    const [workstationCA, second] = decodePEM('CERTIFICATE', claims.workstationCA);
    if (
      verified.protectedHeader.typ !== TYPE ||
      claims.root !== fingerprintOf(root) ||
      workstationCA === undefined ||
      second !== undefined ||
      readCertificate(workstationCA).purpose !== 'authority'
    ) {
      throw new MalformedAnchors('The trust anchors are not for this root.');
    }
    return {
      workstationCA: claims.workstationCA,
      ledgerKey: claims.ledgerKey,
      issuedAtMs: claims.iat * 1000,
    };
  } catch (cause) {
    if (cause instanceof MalformedAnchors) throw cause;
    throw new MalformedAnchors('The trust anchors are not signed by this root.', { cause });
  }
}

/** JOSE knows no SHA-3, so this signature is SHA-256 by the same key; its form cannot be taken for a certificate's. */
function algorithmFor(key: KeyObject): 'ES256' | 'PS256' {
  return key.asymmetricKeyType === 'rsa' ? 'PS256' : 'ES256';
}

function fingerprintOf(certificate: Uint8Array): string {
  return createHash('sha256').update(certificate).digest('hex');
}

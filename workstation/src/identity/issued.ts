/** A chain that the gateway issued to this workstation, read and checked for form. */
import type { KeyObject } from 'node:crypto';
import { decodeBase64 } from '@chaperone/protocol/tree/base64.ts';
import { judgeCertificate, readCertificate } from '@chaperone/protocol/x509/certificate.ts';
import type { CertificatePurpose, ReadCertificate } from '@chaperone/protocol/x509/certificate.ts';
import { GatewayAnswerRefused } from '../gateway/gateway-error.ts';

export interface Issued {
  /** `wrks-…`. */
  readonly workstation: string;
  readonly label: string;
  readonly certificateSerialHex: string;
  readonly publicKey: KeyObject;
  /** SHA-256 of the SPKI, base64url. */
  readonly keyThumbprint: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** The common name of the workstations' root, by which a browser chooses. */
  readonly issuerName: string;
  readonly der: Uint8Array;
}

/**
 * Reads a chain, leaf first. When the root is with it, the leaf has to be from that root.
 * @throws GatewayAnswerRefused
 */
export function readIssued(chain: readonly string[], purpose: CertificatePurpose): Issued {
  const [leaf, root] = chain.map((text) => read(text));
  if (leaf === undefined) throw new GatewayAnswerRefused('it holds no certificate');
  const { subject } = leaf;
  if (subject.kind !== 'workstation' || leaf.purpose !== purpose)
    throw new GatewayAnswerRefused('its certificate is for something else');
  if (root !== undefined) judge(leaf, root, purpose);
  const { id, label } = subject;
  return { ...leaf, workstation: id, label, issuerName: commonNameOf(leaf.issuer) };
}

function read(text: string): ReadCertificate {
  try {
    return readCertificate(decodeBase64(text) ?? new Uint8Array());
  } catch (cause) {
    throw new GatewayAnswerRefused('a certificate in it cannot be read', { cause });
  }
}

function judge(leaf: ReadCertificate, root: ReadCertificate, purpose: CertificatePurpose): void {
  try {
    // The time is judged where it is known whether it matters.
    judgeCertificate(leaf, root, purpose, leaf.notBeforeMs);
  } catch (cause) {
    throw new GatewayAnswerRefused('its certificates do not belong together', { cause });
  }
}

/** @param name as Node prints it, one attribute a line */
function commonNameOf(name: string): string {
  return /^CN=(.*)$/m.exec(name)?.[1] ?? '';
}

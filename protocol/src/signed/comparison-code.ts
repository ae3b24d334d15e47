/**
 * The six digits that operator and technician read to each other before a grant.
 *
 * Both ends compute them from what they themselves know. They differ when the gateway shows either side another
 * key, case or person. Twenty bits are enough against a mistake and a lazy liar; they are not the protection
 * (the signatures are), see docs/threat-model.md.
 */
import { sha256 } from '@noble/hashes/sha2.js';

export interface ComparisonInput {
  readonly cartKeyThumbprint: string;
  readonly workstationKeyThumbprint: string;
  readonly sessionId: string;
  readonly caseId: string;
  readonly technicianId: string;
}

/** Computes the comparison code: SHA-256 over the labelled fields, first 8 bytes modulo 10^6. */
export function comparisonCode(input: ComparisonInput): string {
  const text = [
    'chaperone comparison code v1',
    input.cartKeyThumbprint,
    input.workstationKeyThumbprint,
    input.sessionId,
    input.caseId,
    input.technicianId,
  ].join('\n');
  const digest = sha256(new TextEncoder().encode(text));
  const number = new DataView(digest.buffer, digest.byteOffset).getBigUint64(0) % 1_000_000n;
  const digits = number.toString().padStart(6, '0');
  return `${digits.slice(0, 3)} ${digits.slice(3)}`;
}

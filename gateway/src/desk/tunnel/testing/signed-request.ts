/** Test support: what a cart reads in the signed request of a technician, by means of its own. */
import { createHash } from 'node:crypto';
import { sessionRequestClaims } from '@chaperone/protocol/signed/claims.ts';
import type { SessionRequestClaims } from '@chaperone/protocol/signed/claims.ts';
import { chainOf } from '@chaperone/protocol/signed/statement.ts';
import { readWorkstationCertificate } from '@chaperone/protocol/x509/peer-certificate.ts';

/** Reads a request without checking its signature. @returns with the thumbprint of the workstation's key */
export function readRequest(jws: string): {
  readonly claims: SessionRequestClaims;
  readonly workstationKey: string;
} {
  const [leaf = ''] = chainOf(jws);
  return {
    claims: sessionRequestClaims.parse(
      JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()),
    ),
    workstationKey: readWorkstationCertificate(Buffer.from(leaf, 'base64')).keyThumbprint,
  };
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
/** The number of a request: the first 130 bits of its digest, as identifiers are written. */
export function requestId(jws: string): string {
  const digest = createHash('sha256').update(jws).digest();
  let bits = '';
  for (const byte of digest) bits += byte.toString(2).padStart(8, '0');
  let body = '';
  for (let at = 0; at < 26; at += 1)
    body += ALPHABET.charAt(Number.parseInt(bits.slice(at * 5, at * 5 + 5), 2));
  return `rqst-${body}`;
}

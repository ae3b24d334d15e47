/**
 * The id of a session request (docs/protocol.md section 7): both ends compute it from the same text, so nobody has to
 * believe the other's.
 */
import { createHash } from 'node:crypto';
import { parseId } from '@chaperone/domain/id/id.ts';
import type { RequestId } from '@chaperone/domain/id/id.ts';

/** Crockford's base32 in lower case. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
/** 130 bits. */
const CHARACTERS = 26;

/**
 * Gives a request's id: `rqst-` and the beginning of SHA-256 of the JWS in base32.
 * @param jws as it came, not trusted
 */
export function requestIdOf(jws: string): RequestId {
  const digest = createHash('sha256').update(jws).digest();
  let bits = 0;
  let held = 0;
  let body = '';
  for (const byte of digest) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5 && body.length < CHARACTERS) {
      bits -= 5;
      body += ALPHABET.charAt((held >>> bits) & 31);
    }
    held &= (1 << bits) - 1;
  }
  return parseId('request', `rqst-${body}`);
}

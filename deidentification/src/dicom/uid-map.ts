/**
 * Gives each UID of a case another one: the same each time within the case, and nothing that could be led back to it.
 *
 * 2.25 and a UUID of version 8 whose other bits are HMAC-SHA-256 of the original under the case's secret. Without the
 * secret neither direction can be computed, and another case has another secret.
 *
 * @see PS3.5 annex B.2, RFC 9562 section 5.8
 */
import { createHmac } from 'node:crypto';

const LABEL = 'chaperone dicom uid v1\n';
/** Below this secret nobody can try all UIDs of a manufacturer. Bytes. */
export const SECRET_BYTES_MIN = 32;

/** @throws RangeError when the secret is too short to be one */
export function mapUID(secret: Uint8Array, uid: string): string {
  if (secret.length < SECRET_BYTES_MIN) throw new RangeError('The secret of a case has 32 bytes.');
  const bits = createHmac('sha256', secret).update(LABEL).update(uid).digest().subarray(0, 16);
  bits[6] = ((bits[6] ?? 0) & 0x0f) | 0x80;
  bits[8] = ((bits[8] ?? 0) & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${bits.toString('hex')}`).toString(10)}`;
}

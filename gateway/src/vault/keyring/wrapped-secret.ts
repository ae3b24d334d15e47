/** One secret of 32 bytes under a key: nonce 12, cipher text 32, tag 16 (AES-256-GCM). */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { RandomBytes } from '@chaperone/domain/id/id.ts';

export const KEY_BYTES = 32;
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;
export const WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES;

/** @param label is authenticated with it, so that it cannot be put elsewhere */
export function wrap(
  key: Uint8Array,
  label: string,
  secret: Uint8Array,
  random: RandomBytes,
): Buffer {
  const nonce = random(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(label));
  return Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
}

/** Undefined when it is damaged, or was wrapped under another key or for another place. */
export function unwrap(key: Uint8Array, label: string, wrapped: Uint8Array): Buffer | undefined {
  if (wrapped.length !== WRAPPED_BYTES) return undefined;
  const nonce = wrapped.subarray(0, NONCE_BYTES);
  const cipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(label));
  cipher.setAuthTag(wrapped.subarray(NONCE_BYTES + KEY_BYTES));
  try {
    const secret = cipher.update(wrapped.subarray(NONCE_BYTES, NONCE_BYTES + KEY_BYTES));
    cipher.final();
    return secret;
  } catch {
    return undefined;
  }
}

/**
 * The X25519 recipient of age: how a file key is wrapped for who holds an identity.
 *
 * The file key is sealed with ChaCha20-Poly1305 under HKDF(shared secret, salt = share || recipient).
 *
 * @see https://age-encryption.org/v1 "X25519 recipient stanza"
 */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { RandomBytes } from '@chaperone/domain/id/id.ts';

/** Bytes of a file key. */
export const FILE_KEY_BYTES = 16;
export const X25519_BYTES = 32;
export const TAG_BYTES = 16;

const WRAP_INFO = 'age-encryption.org/v1/X25519';
/** DER of a PKCS#8 X25519 private key up to its 32 bytes (RFC 8410 §7). */
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex');
/** DER of an X25519 SubjectPublicKeyInfo up to its 32 bytes (RFC 8410 §4). */
const PUBLIC_PREFIX = Buffer.from('302a300506032b656e032100', 'hex');
/** Each wrapping key is used once. */
const WRAP_NONCE = Buffer.alloc(12);

export interface WrappedFileKey {
  /** The ephemeral public key. */
  readonly share: Uint8Array;
  readonly body: Uint8Array;
}

/** Computes the recipient (public key) of an identity (32 secret bytes). */
export function recipientOf(identity: Uint8Array): Uint8Array {
  const der = createPublicKey(privateKey(identity)).export({ type: 'spki', format: 'der' });
  return Uint8Array.from(der.subarray(PUBLIC_PREFIX.length));
}

/** Wraps a file key for a recipient. */
export function wrapFileKey(
  fileKey: Uint8Array,
  recipient: Uint8Array,
  random: RandomBytes,
): WrappedFileKey {
  const ephemeral = random(X25519_BYTES);
  const share = recipientOf(ephemeral);
  const key = wrappingKey(ephemeral, recipient, share, recipient);
  ephemeral.fill(0);
  const cipher = createCipheriv('chacha20-poly1305', key, WRAP_NONCE, { authTagLength: TAG_BYTES });
  const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
  key.fill(0);
  return { share, body };
}

/** Unwraps a file key; undefined when it was not wrapped for this identity, or is damaged. */
export function unwrapFileKey(
  wrapped: WrappedFileKey,
  identity: Uint8Array,
  recipient: Uint8Array,
): Buffer | undefined {
  if (wrapped.share.length !== X25519_BYTES) return undefined;
  if (wrapped.body.length !== FILE_KEY_BYTES + TAG_BYTES) return undefined;
  try {
    const key = wrappingKey(identity, wrapped.share, wrapped.share, recipient);
    const cipher = createDecipheriv('chacha20-poly1305', key, WRAP_NONCE, {
      authTagLength: TAG_BYTES,
    });
    cipher.setAuthTag(wrapped.body.subarray(FILE_KEY_BYTES));
    const fileKey = cipher.update(wrapped.body.subarray(0, FILE_KEY_BYTES));
    key.fill(0);
    cipher.final();
    return fileKey;
  } catch {
    return undefined;
  }
}

/** A shared secret of zeros, which a hostile share would give, is refused by OpenSSL. */
function wrappingKey(
  secret: Uint8Array,
  peer: Uint8Array,
  share: Uint8Array,
  recipient: Uint8Array,
): Buffer {
  const publicKey = createPublicKey({
    key: Buffer.concat([PUBLIC_PREFIX, peer]),
    format: 'der',
    type: 'spki',
  });
  const shared = diffieHellman({ privateKey: privateKey(secret), publicKey });
  const salt = Buffer.concat([share, recipient]);
  const key = Buffer.from(hkdfSync('sha256', shared, salt, WRAP_INFO, 32));
  shared.fill(0);
  return key;
}

function privateKey(secret: Uint8Array): KeyObject {
  const der = Buffer.concat([PRIVATE_PREFIX, secret]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  return key;
}

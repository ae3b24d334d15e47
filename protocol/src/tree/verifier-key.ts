/**
 * Verifier keys of signed notes: `<name>+<hash>+<base64 of a type and the Ed25519 public key>`. A log's key has type 0x01, a witness's 0x04.
 *
 * The hash, eight hexadecimal digits, binds name and key together: SHA-256(name || LF || type || key), its
 * first four bytes. A facility writes this one line down and needs nothing else to check a ledger.
 *
 * @see https://c2sp.org/signed-note, https://c2sp.org/tlog-cosignature
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { sha256 } from '@noble/hashes/sha2.js';
import { decodeBase64, encodeBase64 } from './base64.ts';

/** Signature type of Ed25519 in C2SP signed-note. */
export const ED25519 = 0x01;
/** Signature type of timestamped Ed25519 cosignatures in C2SP tlog-cosignature. */
export const COSIGNATURE_V1 = 0x04;
const TYPES: ReadonlySet<number | undefined> = new Set([ED25519, COSIGNATURE_V1]);
const PUBLIC_KEY_BYTES = 32;
const FORM = /^([^\s+]{1,200})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/u;
const NAME = /^[^\s+]{1,200}$/u;

export class VerifierKeyMalformed extends DomainError {
  readonly code = 'VERIFIER_KEY_MALFORMED';
}

export interface VerifierKey {
  readonly name: string;
  /** `ED25519` of a log, `COSIGNATURE_V1` of a witness. */
  readonly type: number;
  /** Four bytes. */
  readonly hash: Uint8Array;
  /** The Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** Names a public key. @throws VerifierKeyMalformed when the name has a space or a plus sign */
export function verifierKeyOf(name: string, publicKey: Uint8Array, type = ED25519): VerifierKey {
  if (!NAME.test(name) || !name.isWellFormed() || publicKey.length !== PUBLIC_KEY_BYTES) {
    throw new VerifierKeyMalformed(
      'A key name has no spaces and no plus sign; an Ed25519 key has 32 bytes.',
    );
  }
  const label = new TextEncoder().encode(`${name}\n`);
  const digest = sha256(Uint8Array.of(...label, type, ...publicKey));
  return { name, type, hash: digest.slice(0, 4), publicKey: Uint8Array.from(publicKey) };
}

/** Writes a verifier key as one line. */
export function formatVerifierKey(key: VerifierKey): string {
  const hash = [...key.hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${key.name}+${hash}+${encodeBase64(Uint8Array.of(key.type, ...key.publicKey))}`;
}

/** Reads a verifier key. @throws VerifierKeyMalformed also when its hash does not fit name and key */
export function parseVerifierKey(text: string): VerifierKey {
  const [, name, hash, base64] = FORM.exec(text) ?? [];
  const blob = base64 === undefined ? undefined : decodeBase64(base64);
  const type = blob?.[0];
  const isKey = blob?.length === 1 + PUBLIC_KEY_BYTES && TYPES.has(type);
  if (name === undefined || blob === undefined || !isKey) {
    throw new VerifierKeyMalformed(
      'A verifier key has the form name+hash+base64, with an Ed25519 key.',
    );
  }
  const key = verifierKeyOf(name, blob.slice(1), type);
  if (formatVerifierKey(key).split('+')[1] !== hash) {
    throw new VerifierKeyMalformed(
      'The hash of this verifier key does not fit: is it copied whole?',
    );
  }
  return key;
}

/**
 * The keys of one case, derived from its one secret.
 *
 * | key | HKDF info | for |
 * |---|---|---|
 * | age identity (X25519) | `chaperone case v1 records` | files |
 * | AES-256-GCM | `chaperone case v1 text` | names, notes, salts |
 *
 * Sealed text: one byte version (1), 12 bytes nonce, cipher text, 16 bytes tag; base64url. The case's id is
 * authenticated with it, so that a text cannot be moved to another case.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import type { CaseId, RandomBytes } from '@chaperone/domain/id/id.ts';
import { recipientOf } from '../age/age.ts';
import { CaseKeyMissing, RecordDamaged } from '../contract.ts';

/** Bytes of a case's secret. */
export const CASE_SECRET_BYTES = 32;

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface CaseKeys {
  readonly caseId: CaseId;
  readonly identity: Buffer;
  readonly recipient: Uint8Array;
  readonly text: Buffer;
  /** Set when the case is destroyed: zeros are no key to seal anything with. */
  wiped: boolean;
}

/** Derives a case's keys. @param secret is not kept */
export function deriveCaseKeys(caseId: CaseId, secret: Uint8Array): CaseKeys {
  const derive = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, new Uint8Array(0), `chaperone case v1 ${purpose}`, 32));
  const identity = derive('records');
  return { caseId, identity, recipient: recipientOf(identity), text: derive('text'), wiped: false };
}

/** Overwrites a case's keys in memory. */
export function wipeCaseKeys(keys: CaseKeys): void {
  keys.wiped = true;
  keys.identity.fill(0);
  keys.text.fill(0);
}

/** Makes sure that keys may still be used. @throws CaseKeyMissing when the case is being destroyed */
export function inUse(keys: CaseKeys): CaseKeys {
  if (keys.wiped) throw new CaseKeyMissing('There is no key for this case any more.');
  return keys;
}

/** Seals a text under a case's key. */
export function sealText(keys: CaseKeys, text: string, random: RandomBytes): string {
  const nonce = random(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', inUse(keys).text, nonce, {
    authTagLength: TAG_BYTES,
  });
  cipher.setAAD(labelOf(keys));
  const sealed = [cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat([Buffer.of(VERSION), nonce, ...sealed]).toString('base64url');
}

/** Unseals a text. @throws RecordDamaged when it was not sealed for this case, or altered */
export function unsealText(keys: CaseKeys, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const damaged = (cause?: unknown): RecordDamaged =>
    new RecordDamaged('A sealed text is damaged or belongs to another case.', { cause });
  if (bytes[0] !== VERSION || bytes.length < 1 + NONCE_BYTES + TAG_BYTES) throw damaged();
  if (bytes.toString('base64url') !== sealed) throw damaged();
  const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
  const cipher = createDecipheriv('aes-256-gcm', inUse(keys).text, nonce, {
    authTagLength: TAG_BYTES,
  });
  cipher.setAAD(labelOf(keys));
  cipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  try {
    const plain = cipher.update(bytes.subarray(1 + NONCE_BYTES, bytes.length - TAG_BYTES));
    return Buffer.concat([plain, cipher.final()]).toString('utf8');
  } catch (cause) {
    throw damaged(cause);
  }
}

function labelOf({ caseId }: CaseKeys): Buffer {
  return Buffer.from(`chaperone sealed text v1 ${caseId}`);
}

/**
 * A PIN as it is kept: a scrypt hash (RFC 7914) with its salt, base64url.
 *
 * Six digits have a million values: what keeps them is the lock-out of whoever asks, and the hash only slows down who has read the
 * disk, which is root.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** 32 MiB and about a tenth of a second of one processor of a cart. */
const COST = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const;
const HASH_BYTES = 32;
const SALT_BYTES = 16;

const base64url = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/);
/** Members of an object that keeps a PIN. */
export const pinHashShape = { salt: base64url, hash: base64url };

export interface PinHash {
  readonly salt: string;
  readonly hash: string;
}

/** Makes what is kept of a PIN. */
export async function hashedPin(pin: string): Promise<PinHash> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await hashOf(pin, salt);
  return { salt: salt.toString('base64url'), hash: hash.toString('base64url') };
}

/** Compares a PIN, in a time that does not depend on how much is right. */
export async function isHashOf(kept: PinHash, pin: string): Promise<boolean> {
  const held = Buffer.from(kept.hash, 'base64url');
  const hash = await hashOf(pin, Buffer.from(kept.salt, 'base64url'));
  return held.length === hash.length && timingSafeEqual(held, hash);
}

function hashOf(pin: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(pin, salt, HASH_BYTES, COST, (fault, hash) => {
      if (fault === null) resolve(hash);
      else reject(fault);
    });
  });
}

/** Chance as a port: unpredictable bytes for ids, salts and keys, and predictable ones for tests. */
import { createHash, randomBytes } from 'node:crypto';
import type { RandomBytes } from '@chaperone/domain/id/id.ts';

/** Bytes from the operating system's generator. */
export const systemRandom: RandomBytes = (length) => new Uint8Array(randomBytes(length));

/** Test support: the same bytes for the same seed. Never for a key, salt or id outside a test. */
export function seededRandom(seed: string): RandomBytes {
  let block = 0;
  let pool: Buffer = Buffer.alloc(0);
  return (length) => {
    while (pool.length < length) {
      const next = createHash('sha256').update(`${seed}/${block}`).digest();
      pool = Buffer.concat([pool, next]);
      block += 1;
    }
    const bytes = Uint8Array.from(pool.subarray(0, length));
    pool = pool.subarray(length);
    return bytes;
  };
}

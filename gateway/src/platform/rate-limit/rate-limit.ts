/**
 * A token bucket for each key, with a bounded number of keys: how often something may happen.
 *
 * When there are more keys than it can hold, those that were quiet longest are forgotten; a forgotten key begins
 * with a full bucket, so an attacker with very many addresses gains `burst` tries each, which the limit for all guards.
 */
interface Bucket {
  tokens: number;
  atMs: number;
}

export interface RateLimitOptions {
  /** Tries that a quiet key may make at once. */
  readonly burst: number;
  /** Tries that come back each second. */
  readonly perSecond: number;
  readonly keysMax: number;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: RateLimitOptions) {
    this.#options = options;
  }

  /** Uses up one try. False when the key has none left. */
  take(key: string): boolean {
    const { burst, perSecond, keysMax, now } = this.#options;
    const atMs = now();
    const bucket = this.#buckets.get(key) ?? { tokens: burst, atMs };
    bucket.tokens = Math.min(burst, bucket.tokens + ((atMs - bucket.atMs) / 1000) * perSecond);
    bucket.atMs = atMs;
    // Moves the key to the end: a Map keeps the order of insertion.
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > keysMax) this.#forgetOldest();
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  /** Gives one try back: what was tried turned out to be rightful. */
  giveBack(key: string): void {
    const bucket = this.#buckets.get(key);
    if (bucket !== undefined) bucket.tokens = Math.min(this.#options.burst, bucket.tokens + 1);
  }

  #forgetOldest(): void {
    for (const oldest of this.#buckets.keys()) {
      this.#buckets.delete(oldest);
      return;
    }
  }
}

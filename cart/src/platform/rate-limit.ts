/**
 * A token bucket: so many at once, then so many a second.
 *
 * It bounds how often a peer may make the cart work or write; it is not fairness between peers.
 */
export class RateLimit {
  readonly #burst: number;
  readonly #perSecond: number;
  readonly #monotonicMs: () => number;
  #tokens: number;
  #filledMs: number;

  constructor(burst: number, perSecond: number, monotonicMs: () => number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#monotonicMs = monotonicMs;
    this.#tokens = burst;
    this.#filledMs = monotonicMs();
  }

  /** Takes one; false when there is none left. */
  take(): boolean {
    const nowMs = this.#monotonicMs();
    const gained = (Math.max(0, nowMs - this.#filledMs) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + gained);
    this.#filledMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

/**
 * Slows down whoever tries codes that do not work.
 *
 * Only failures count. Codes have 95 bits, so guessing is hopeless anyway; this keeps the load and the log of an
 * attempt small. It holds a bounded number of addresses; when it is full, the one that was quiet longest is
 * forgotten, and the limit for all together guards what that lets through.
 */
export interface GuessThrottleOptions {
  /** Milliseconds of a clock that never goes back. */
  readonly monotonicMs: () => number;
  readonly perAddressMax?: number;
  readonly togetherMax?: number;
  readonly addressesMax?: number;
}

interface Failures {
  count: number;
  readonly sinceMs: number;
}

/** A field engineer who mistypes does so a few times. */
const PER_ADDRESS_MAX = 10;
/** A hospital's carts share one address, a service centre has many hospitals. */
const TOGETHER_MAX = 500;
const WINDOW_MS = 15 * 60 * 1000;
/** About 100 bytes each. */
const ADDRESSES_MAX = 4096;

export class GuessThrottle {
  readonly #options: Required<GuessThrottleOptions>;
  readonly #byAddress = new Map<string, Failures>();
  #together: Failures;

  constructor(options: GuessThrottleOptions) {
    this.#options = {
      perAddressMax: PER_ADDRESS_MAX,
      togetherMax: TOGETHER_MAX,
      addressesMax: ADDRESSES_MAX,
      ...options,
    };
    this.#together = { count: 0, sinceMs: options.monotonicMs() };
  }

  /** Gives the seconds that an address has to wait before it may try; 0 when it may now. */
  waitSeconds(address: string): number {
    const { perAddressMax, togetherMax } = this.#options;
    const own = this.#byAddress.get(address);
    return Math.max(this.#wait(own, perAddressMax), this.#wait(this.#together, togetherMax));
  }

  /** Counts a try that failed. */
  failed(address: string): void {
    const { addressesMax } = this.#options;
    this.#together = this.#counted(this.#together);
    const own = this.#counted(this.#byAddress.get(address));
    // Moves the address to the end: a Map keeps the order of insertion.
    this.#byAddress.delete(address);
    this.#byAddress.set(address, own);
    if (this.#byAddress.size <= addressesMax) return;
    const [oldest] = this.#byAddress.keys();
    if (oldest !== undefined) this.#byAddress.delete(oldest);
  }

  #wait(failures: Failures | undefined, max: number): number {
    if (failures === undefined || failures.count < max) return 0;
    const leftMs = failures.sinceMs + WINDOW_MS - this.#options.monotonicMs();
    return Math.max(0, Math.ceil(leftMs / 1000));
  }

  #counted(failures: Failures | undefined): Failures {
    const nowMs = this.#options.monotonicMs();
    if (failures === undefined || nowMs - failures.sinceMs >= WINDOW_MS)
      return { count: 1, sinceMs: nowMs };
    failures.count += 1;
    return failures;
  }
}

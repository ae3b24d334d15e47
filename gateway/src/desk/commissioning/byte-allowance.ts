/**
 * How many bytes carts may move to measure their road: a number that comes back with time for each cart, few measurements at
 * once for all of them. A hostile cart gets no more of the gateway's line than this, and its licence is retired.
 *
 * What a measurement may need at most is taken before it begins, and what it did not move is given back.
 */
import { CommissioningThrottled } from './commissioning-error.ts';

export interface ByteAllowanceOptions {
  /** Bytes that a quiet cart may move at once, both directions together. */
  readonly burstBytes: number;
  readonly bytesPerSecond: number;
  /** Measurements under way for all carts; each may fill the line. */
  readonly atOnceMax: number;
  /** Carts that are remembered; those that were quiet longest are forgotten first. */
  readonly cartsMax: number;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

interface Account {
  bytes: number;
  atMs: number;
  isMeasuring: boolean;
}

/**
 * What it costs to have a place for a second, whatever is moved: whoever moves nothing keeps others out just the same. A validation
 * needs a few seconds; the usual allowance is good for two minutes of them, and then for an eighth of the time.
 */
const PLACE_BYTES_PER_SECOND = 8 * 1024 * 1024;

/** Seconds after which somebody who found every place taken may try again: a measurement lasts two. */
const BUSY_WAIT_S = 3;

export class ByteAllowance {
  readonly #options: ByteAllowanceOptions;
  readonly #accounts = new Map<string, Account>();
  #measuring = 0;

  constructor(options: ByteAllowanceOptions) {
    this.#options = options;
  }

  /**
   * Begins a measurement of at most so many bytes.
   * @returns ends it: called once, with what was moved
   * @throws CommissioningThrottled
   */
  begin(cart: string, bytesMax: number): (movedBytes: number) => void {
    const account = this.#accountOf(cart);
    if (account.isMeasuring || this.#measuring >= this.#options.atOnceMax)
      throw new CommissioningThrottled(BUSY_WAIT_S);
    const lacking = bytesMax - account.bytes;
    if (lacking > 0)
      throw new CommissioningThrottled(Math.ceil(lacking / this.#options.bytesPerSecond));
    account.bytes -= bytesMax;
    account.isMeasuring = true;
    this.#measuring += 1;
    const beganMs = this.#options.now();
    return (movedBytes) => {
      if (!account.isMeasuring) return;
      account.isMeasuring = false;
      this.#measuring -= 1;
      const heldSeconds = (this.#options.now() - beganMs) / 1000;
      // Below nothing, when it held its place for long: then the next one waits.
      account.bytes += bytesMax - Math.max(movedBytes, heldSeconds * PLACE_BYTES_PER_SECOND);
    };
  }

  #accountOf(cart: string): Account {
    const { burstBytes, bytesPerSecond, cartsMax, now } = this.#options;
    const atMs = now();
    const account = this.#accounts.get(cart) ?? { bytes: burstBytes, atMs, isMeasuring: false };
    const gained = ((atMs - account.atMs) / 1000) * bytesPerSecond;
    account.bytes = Math.min(burstBytes, account.bytes + gained);
    account.atMs = atMs;
    this.#accounts.delete(cart);
    this.#accounts.set(cart, account);
    if (this.#accounts.size > cartsMax) this.#forgetOldest();
    return account;
  }

  #forgetOldest(): void {
    for (const [cart, { isMeasuring }] of this.#accounts) {
      if (isMeasuring) continue;
      this.#accounts.delete(cart);
      return;
    }
  }
}

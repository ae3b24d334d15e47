/**
 * How much of a file may be under way while somebody looks at the screen.
 *
 * Whatever a file has under way waits in the same queue of the road as the pictures. The round trip of a PING beside the
 * pictures says how long that queue is: above the shortest one that was seen, it is the queue. So the window of files
 * shrinks while it is long and grows while it is short. Pure; `http-link.ts` asks and sets.
 */
import { WINDOWS } from '@chaperone/protocol/cart-api/version.ts';

/** To begin with, bytes: fills 20 Mbit/s over 50 ms. */
const FIRST_BYTES = 128 * 1024;
/** A file still moves, whatever the road: 64 KiB a round trip. */
const LEAST_BYTES = 64 * 1024;
/** A queue that nobody notices: milliseconds, and as a share of the round trip itself. */
const QUEUE_MS_MAX = 8;
const QUEUE_SHARE_MAX = 0.2;
const GROWTH = 1.25;
const SHRINKAGE = 0.7;

export class ScreenShare {
  #bytes = FIRST_BYTES;
  #shortestMs = Infinity;

  get windowBytes(): number {
    return this.#bytes;
  }

  /**
   * Takes note of how long PINGs took of late, all in milliseconds.
   * @returns what may be under way from now on, bytes
   */
  seen(roundTripsMs: readonly number[]): number {
    // A picture that goes out just then holds up one of them, a queue holds up all.
    const nowMs = Math.min(...roundTripsMs);
    if (!Number.isFinite(nowMs)) return this.#bytes;
    this.#shortestMs = Math.min(this.#shortestMs, nowMs);
    const queueMs = nowMs - this.#shortestMs;
    const isLong = queueMs > Math.max(QUEUE_MS_MAX, this.#shortestMs * QUEUE_SHARE_MAX);
    const wanted = Math.round(this.#bytes * (isLong ? SHRINKAGE : GROWTH));
    this.#bytes = Math.min(WINDOWS.bulk.streamBytes, Math.max(LEAST_BYTES, wanted));
    return this.#bytes;
  }
}

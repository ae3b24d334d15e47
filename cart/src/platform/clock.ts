/**
 * The clocks of the cart, as a port that tests can turn by hand.
 *
 * What ends a right uses the monotonic clock; the UTC clock labels what is written down and judges what others
 * have dated.
 */
import { uptime } from 'node:os';
import type { Instant } from '@chaperone/domain/clock/instant.ts';

export interface Clock {
  /** Milliseconds of a clock that never goes back and counts sleep; anew at each start of the machine. */
  monotonicMs(): number;
  /** Milliseconds since 1970-01-01T00:00:00Z, whole; may jump. */
  utcMs(): number;
}

/** `uptime` is coarse (10 ms), so it corrects only what is plainly a sleep and not its own grain. */
const SLEEP_NOTICED_MS = 1000;

/**
 * Makes the clocks of this machine.
 *
 * Linux stops the process's own monotonic clock while the machine sleeps; a grant must not live longer because a cart
 * was asleep. The time since the machine started goes on, so it corrects the finer clock after a sleep.
 */
export function systemClock(): Clock {
  const fineStartMs = performance.now();
  const coarseStartMs = uptime() * 1000;
  let sleptMs = 0;
  return {
    monotonicMs: () => {
      const fineMs = performance.now() - fineStartMs + sleptMs;
      const missedMs = uptime() * 1000 - coarseStartMs - fineMs;
      if (missedMs < SLEEP_NOTICED_MS) return fineMs;
      sleptMs += missedMs;
      return fineMs + missedMs;
    },
    utcMs: () => Date.now(),
  };
}

/** Reads both clocks at once. */
export function instantOf(clock: Clock): Instant {
  return { monotonicMs: clock.monotonicMs(), utcMs: clock.utcMs() };
}

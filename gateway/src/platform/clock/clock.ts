/**
 * The clocks of the process, as a port that tests can turn by hand.
 *
 * What ends a right or a wait uses the monotonic clock; the UTC clock labels what is written down.
 */
import type { Instant } from '@chaperone/domain/clock/instant.ts';

export interface Clock {
  /** Milliseconds of a clock that never goes back; anew at each start of the process. */
  monotonicMs(): number;
  /** Milliseconds since 1970-01-01T00:00:00Z, whole; may jump. */
  utcMs(): number;
}

/** The clocks of this machine. */
export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  utcMs: () => Date.now(),
};

/** Reads both clocks at once. */
export function instantOf(clock: Clock): Instant {
  return { monotonicMs: clock.monotonicMs(), utcMs: clock.utcMs() };
}

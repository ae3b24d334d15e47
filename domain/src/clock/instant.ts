/**
 * A reading of both clocks. Rules that end a right use the monotonic one, which nobody can set; the UTC one
 * only labels what is written down.
 */
export interface Instant {
  /** Milliseconds of a clock that never goes back; it starts anew at each start of the machine. */
  readonly monotonicMs: number;
  /** Milliseconds since 1970-01-01T00:00:00Z. May jump. */
  readonly utcMs: number;
}

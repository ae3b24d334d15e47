/**
 * How fast a file moves, and how long the rest will take.
 *
 * A moving average over some seconds: steady enough to be read, quick enough to follow a line that becomes slow. Nothing is
 * said before there was time to measure.
 */

/** Milliseconds after which what was measured before counts a third. */
const MEMORY_MS = 5000;
/** Milliseconds between two measurements; bytes come in bursts. */
const STEP_MS = 250;
/** Measured before anything is said, milliseconds. */
const SETTLED_MS = 1500;

export class Rate {
  readonly #begunMs: number;
  #atMs: number;
  #bytes: number;
  #latest: number;
  #bytesPerMs: number | null = null;

  /** @param bytes where it begins @param nowMs monotonic */
  constructor(bytes: number, nowMs: number) {
    this.#begunMs = this.#atMs = nowMs;
    this.#bytes = this.#latest = bytes;
  }

  /** Notes how far it has come. */
  note(bytes: number, nowMs: number): void {
    this.#latest = bytes;
    const passedMs = nowMs - this.#atMs;
    if (passedMs < STEP_MS) return;
    const now = Math.max(0, bytes - this.#bytes) / passedMs;
    const weight = 1 - Math.exp(-passedMs / MEMORY_MS);
    const before = this.#bytesPerMs;
    this.#bytesPerMs = before === null ? now : before + (now - before) * weight;
    this.#atMs = nowMs;
    this.#bytes = bytes;
  }

  /** Seconds until all of it has moved; null when that cannot be said. */
  secondsLeft(bytesTotal: number): number | null {
    const isSettled = this.#atMs - this.#begunMs >= SETTLED_MS;
    if (!isSettled || this.#bytesPerMs === null || this.#bytesPerMs <= 0) return null;
    const left = (bytesTotal - this.#latest) / this.#bytesPerMs / 1000;
    // Longer than a day is no time that anybody waits for.
    return left > 86_400 ? null : Math.max(0, Math.ceil(left));
  }
}

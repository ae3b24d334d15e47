/**
 * How often programs for film may be started for one viewer: some at once, for regions move and levels change, and from then
 * on one every two seconds. Whoever asks for whole pictures without an end, or chooses other encodings all the time, can
 * not make the cart start a process each time; what moves goes without loss until there may be another.
 *
 * Pure: time comes in, monotonic and in milliseconds.
 */

/** Starts at once: a film that begins, wakes elsewhere, turns coloured and follows the road down two levels. */
export const RUNS_AT_ONCE = 6;
/** Time for which one more start is earned. */
export const RUN_EVERY_MS = 2_000;

export class RunAllowance {
  #left = RUNS_AT_ONCE;
  #earnedMs = 0;

  /** Whether a program may be started now. */
  isLeft(nowMs: number): boolean {
    this.#earn(nowMs);
    return this.#left > 0;
  }

  /** Takes a start. @returns false if there is none left */
  take(nowMs: number): boolean {
    if (!this.isLeft(nowMs)) return false;
    if (this.#left === RUNS_AT_ONCE) this.#earnedMs = nowMs;
    this.#left -= 1;
    return true;
  }

  #earn(nowMs: number): void {
    const earned = Math.floor((nowMs - this.#earnedMs) / RUN_EVERY_MS);
    if (earned <= 0) return;
    this.#left = Math.min(RUNS_AT_ONCE, this.#left + earned);
    this.#earnedMs += earned * RUN_EVERY_MS;
  }
}

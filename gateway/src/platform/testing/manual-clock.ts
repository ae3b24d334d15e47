/** Test support: a clock that only moves when it is told to. */
import assert from 'node:assert/strict';
import type { Clock } from '../clock/clock.ts';

export class ManualClock implements Clock {
  #monotonicMs = 0;
  #utcMs: number;

  /** @param utcMs what the UTC clock shows at first */
  constructor(utcMs = Date.UTC(2026, 0, 1)) {
    this.#utcMs = utcMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  utcMs(): number {
    return this.#utcMs;
  }

  /** Lets time pass on both clocks. */
  advance(byMs: number): void {
    assert(byMs >= 0, 'time does not run backwards');
    this.#monotonicMs += byMs;
    this.#utcMs += byMs;
  }

  /** Sets the UTC clock alone, as a person or NTP may. */
  setUtc(utcMs: number): void {
    this.#utcMs = utcMs;
  }
}

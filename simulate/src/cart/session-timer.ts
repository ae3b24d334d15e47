/** The timer of the cart's session: it rings at the next limit, or late. */
import type { World } from '../world/world.ts';

const LATE_MS_MAX = 4000;

export interface SessionTimerOptions {
  /** When a limit passes next, by the world's clock; null when none can. */
  readonly deadlineMs: () => number | null;
  readonly tick: () => void;
}

export class SessionTimer {
  readonly #world: World;
  readonly #options: SessionTimerOptions;
  #atMs = Infinity;
  lateUntilMs = 0;

  constructor(world: World, options: SessionTimerOptions) {
    this.#world = world;
    this.#options = options;
  }

  /** Rings at the next limit, unless it rings before that anyway. */
  schedule(): void {
    const world = this.#world;
    const deadlineMs = this.#options.deadlineMs();
    if (deadlineMs === null) return;
    const lateMs = world.nowMs < this.lateUntilMs ? world.dice.below(LATE_MS_MAX) : 0;
    const atMs = Math.max(world.nowMs + 1, deadlineMs + lateMs);
    if (atMs >= this.#atMs) return;
    this.#atMs = atMs;
    world.after(atMs - world.nowMs, 'cart', () => {
      if (this.#atMs === atMs) this.#atMs = Infinity;
      this.#options.tick();
    });
  }

  /** The process is gone, and with it what was to ring. */
  stop(): void {
    this.#atMs = Infinity;
  }
}

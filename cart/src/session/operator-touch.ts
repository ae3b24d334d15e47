/**
 * Whether the operator is at work on the cart with their own hands: then the technician's input waits.
 *
 * Told by what sees the cart's real devices (an indicator on an X display); a cart without one is told nothing. It takes
 * nothing from anybody but input, and gives it back by itself after a while without a touch. Decision 0051.
 */
export interface OperatorTouchOptions {
  /** How long input waits after the last touch; 0: it never does. */
  readonly pauseMs: number;
  readonly monotonicMs: () => number;
  /** Told in the same turn that they have begun, and some time after they have stopped. */
  readonly onChange: () => void;
}

export class OperatorTouch {
  readonly #options: OperatorTouchOptions;
  #untilMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: OperatorTouchOptions) {
    this.#options = options;
  }

  get isAtWork(): boolean {
    return this.#options.monotonicMs() < this.#untilMs;
  }

  /** A real device of the cart was used. */
  touched(): void {
    const { pauseMs, monotonicMs, onChange } = this.#options;
    if (pauseMs === 0) return;
    const wasAtWork = this.isAtWork;
    this.#untilMs = monotonicMs() + pauseMs;
    if (!wasAtWork) onChange();
    this.#timer ??= this.#wait(pauseMs);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #wait(ms: number): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timer = null;
      const leftMs = this.#untilMs - this.#options.monotonicMs();
      if (leftMs > 0) this.#timer = this.#wait(leftMs);
      else this.#options.onChange();
    }, Math.ceil(ms));
    timer.unref();
    return timer;
  }
}

/**
 * Lets one piece of work begin in each turn of the event loop, in the order of asking.
 *
 * A crowd that asks at the same instant would otherwise be served in one go, and whatever else the loop carries, such as a
 * session's screen, would wait for all of it. Between two turns everything that has come in meanwhile is taken.
 */
export class LoopTurns {
  readonly #waiting: (() => void)[] = [];

  /** Settles when it is this work's turn. */
  async take(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    if (this.#waiting.length === 1) setImmediate(() => this.#next());
    await promise;
  }

  #next(): void {
    const begin = this.#waiting.shift();
    // What an immediate schedules runs in the next turn, after input and output.
    if (this.#waiting.length > 0) setImmediate(() => this.#next());
    begin?.();
  }
}

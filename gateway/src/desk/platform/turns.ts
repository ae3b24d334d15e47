/** Takes turns by key: work on one case, cart or transfer at a time, in the order of asking. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Runs work when all earlier work of the same key has ended, however it ended. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const result = before.then(work);
    const settled = result.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(key, settled);
    try {
      return await result;
    } finally {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    }
  }
}

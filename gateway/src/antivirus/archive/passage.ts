/**
 * Hands pieces from one who writes to one who reads, one at a time: the writer waits until a piece was taken, so that memory
 * holds one. A reader who stops early lets the writer go on into nothing.
 */
export class Passage implements AsyncIterable<Uint8Array> {
  #piece: Uint8Array | null = null;
  #isEnded = false;
  #isLeft = false;
  #wakeReader: () => void = () => undefined;
  #wakeWriter: () => void = () => undefined;

  /** Whether nobody reads any more. */
  get isLeft(): boolean {
    return this.#isLeft;
  }

  /** Gives a copy of a piece; resolves when it was taken, so that the array may be used again. */
  async write(piece: Uint8Array): Promise<void> {
    if (this.#isLeft || piece.length === 0) return;
    this.#piece = Uint8Array.from(piece);
    this.#wakeReader();
    await new Promise<void>((resolve) => {
      this.#wakeWriter = resolve;
      if (this.#piece === null || this.#isLeft) resolve();
    });
  }

  /** Says that nothing follows. */
  end(): void {
    this.#isEnded = true;
    this.#wakeReader();
  }

  /** Says that nobody reads any more. */
  leave(): void {
    this.#isLeft = true;
    this.#piece = null;
    this.#wakeWriter();
    this.#wakeReader();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) {
        const piece = this.#piece;
        if (piece !== null) {
          this.#piece = null;
          yield piece;
          // Taken, and done with: only now comes the next.
          this.#wakeWriter();
        } else if (this.#isEnded || this.#isLeft) return;
        else
          await new Promise<void>((resolve) => {
            this.#wakeReader = resolve;
            if (this.#piece !== null || this.#isEnded || this.#isLeft) resolve();
          });
      }
    } finally {
      this.leave();
    }
  }
}

/**
 * One file that is being de-identified, or is ready: how far it is, who asked for it last, and its end.
 *
 * A large cine takes minutes. Nobody is kept waiting that long: who asks is told after a moment that it is under way, and asks
 * again (docs/protocol.md, "De-identification"; decision 0034). It knows neither files nor DICOM.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { TransferId } from '@chaperone/domain/id/id.ts';

/** Not a refusal: the result is being made, and asking again gives it. */
export class ContentPreparing extends DomainError {
  readonly code = 'CONTENT_PREPARING';
  /** How much of the file has been read, and its size. */
  readonly bytes: number;
  readonly bytesTotal: number;

  constructor(bytes: number, bytesTotal: number) {
    super('The file is being de-identified on the cart.');
    this.bytes = bytes;
    this.bytesTotal = bytesTotal;
  }
}

export class Preparation<T> {
  /** Transfers that asked for it and were not cancelled. */
  readonly wantedBy = new Set<TransferId>();
  readonly #bytesTotal: number;
  readonly #stop = new AbortController();
  readonly #made: Promise<T>;
  #bytes = 0;
  #askedMs = 0;
  #isMade = false;

  /** @param make is told how to say how far it is, and when to stop */
  constructor(
    bytesTotal: number,
    make: (signal: AbortSignal, read: (bytes: number) => void) => Promise<T>,
  ) {
    this.#bytesTotal = bytesTotal;
    this.#made = make(this.#stop.signal, (bytes) => {
      this.#bytes = Math.max(this.#bytes, bytes);
    });
    this.#made.then(
      () => (this.#isMade = true),
      // Whoever asks is told; where nobody asks any more, nobody is.
      () => undefined,
    );
  }

  get askedMs(): number {
    return this.#askedMs;
  }

  get isMade(): boolean {
    return this.#isMade;
  }

  /** Ends the work. Who waits for it is told to ask again. */
  stop(): void {
    this.#stop.abort(this.#preparing());
  }

  /**
   * Gives the result, if it is there in time.
   * @param nowMs of a clock that never goes back
   * @throws ContentPreparing, and what `make` throws
   */
  async within(ms: number, nowMs: number): Promise<T> {
    this.#askedMs = nowMs;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.#preparing()), ms);
    });
    try {
      return await Promise.race([this.#made, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #preparing(): ContentPreparing {
    return new ContentPreparing(this.#bytes, this.#bytesTotal);
  }
}

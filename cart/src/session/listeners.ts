/**
 * Who is told of the session's changes: of a new state in the same turn, of counts a little later.
 */
import type { SessionState } from '@chaperone/domain/session/state.ts';
import type { Log } from '../platform/log.ts';

/** Called in the same turn as the change; `previous` is the same state when only something beside it changed. */
export type SessionListener = (state: SessionState, previous: SessionState) => void;

/** How often counts (bytes, refused input) are told; each single one would be a flood. */
const COUNTS_TOLD_EVERY_MS = 500;

export class Listeners {
  readonly #listeners: SessionListener[] = [];
  readonly #log: Log;
  #timer: NodeJS.Timeout | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Adds a listener behind those that are there; the function that is returned takes it away. */
  add(listener: SessionListener): () => void {
    this.#listeners.push(listener);
    return () => {
      const index = this.#listeners.indexOf(listener);
      if (index >= 0) this.#listeners.splice(index, 1);
    };
  }

  tell(state: SessionState, previous: SessionState): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(state, previous);
      } catch (fault) {
        // One listener's fault must not keep the next one from cutting its streams.
        this.#log.error({ fault }, 'a listener of the session failed');
      }
    }
  }

  /** Tells in a while, once for all that happens until then. */
  tellSoon(state: () => SessionState): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.tell(state(), state());
    }, COUNTS_TOLD_EVERY_MS);
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

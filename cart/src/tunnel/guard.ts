/**
 * Keeps watch over the streams that live under a grant, and cuts those that it no longer covers.
 *
 * The session calls in the same turn in which its state changes: between End and the cut nothing else runs.
 */
import type { ActivityAsk } from '@chaperone/domain/session/admit.ts';
import { SessionPaused } from '@chaperone/domain/session/admit.ts';
import type { Session } from '../session/session.ts';

export interface GuardedStream {
  /** What it lives under: an activity of the session's grant, or something of its own that says whether it still may. */
  readonly ask: ActivityAsk | (() => boolean);
  /** A covered screen lives on while the operator pauses; nothing passes over it. Files are cut. */
  readonly livesThroughPause: boolean;
  /** Stops the stream before it returns. */
  cut(): void;
}

export class Guard {
  readonly #session: Session;
  readonly #streams = new Set<GuardedStream>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** Takes a stream into its watch; the function that is returned lets it go again. */
  watch(stream: GuardedStream): () => void {
    this.#streams.add(stream);
    return () => this.#streams.delete(stream);
  }

  /** Cuts every stream that would not be admitted now. @returns whether there was one */
  review(): boolean {
    let hasCut = false;
    for (const stream of [...this.#streams]) {
      if (this.#mayLive(stream)) continue;
      this.#streams.delete(stream);
      stream.cut();
      hasCut = true;
    }
    return hasCut;
  }

  /** Cuts all. */
  cutAll(): void {
    const streams = [...this.#streams];
    this.#streams.clear();
    for (const stream of streams) stream.cut();
  }

  #mayLive(stream: GuardedStream): boolean {
    if (typeof stream.ask === 'function') return stream.ask();
    try {
      this.#session.admit(stream.ask);
      return true;
    } catch (refusal) {
      return refusal instanceof SessionPaused && stream.livesThroughPause;
    }
  }
}

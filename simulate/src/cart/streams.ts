/**
 * The cart's open streams, under the production guard (`cart/src/tunnel/guard.ts`): it reviews them in the moment in
 * which the session changes.
 */
import type { Session } from '@chaperone/cart/session/session.ts';
import { Guard } from '@chaperone/cart/tunnel/guard.ts';
import type { Instant } from '@chaperone/domain/clock/instant.ts';
import type { SessionState } from '@chaperone/domain/session/state.ts';
import type { Ask } from '../world/messages.ts';
import type { World } from '../world/world.ts';

export interface Stream {
  readonly ask: Ask;
  isCut: boolean;
}

export interface StreamsOptions {
  readonly state: () => SessionState;
  readonly now: () => Instant;
  readonly stillActive: () => void;
}

/** Streams of one kind at once; more would only be more of the same. */
const OPEN_MAX = 6;

export class Streams {
  readonly #world: World;
  readonly #options: StreamsOptions;
  readonly #guard: Guard;
  #open: Stream[] = [];

  constructor(world: World, options: StreamsOptions) {
    this.#world = world;
    this.#options = options;
    // All that the guard asks of a session.
    const session: Pick<Session, 'admit'> = {
      admit: (ask) => world.rules.admit(options.state(), ask, options.now()),
    };
    this.#guard = new Guard(session as Session);
  }

  open(ask: Ask): Stream {
    const stream: Stream = { ask, isCut: false };
    this.#open.push(stream);
    if (this.#open.length > OPEN_MAX) (this.#open.shift() as Stream).isCut = true;
    const livesThroughPause = ask.activity === 'view';
    const cut = (): void => void (stream.isCut = true);
    this.#guard.watch({ ask, livesThroughPause, cut });
    return stream;
  }

  /** Tries to pass something over every stream. */
  use(): void {
    for (const stream of [...this.#open]) this.pass(stream);
  }

  /** Passes something over a stream if that is admitted now; tells whether it was. */
  pass(stream: Stream): boolean {
    if (stream.isCut || !this.#admits(stream)) return false;
    const { grantId, activity, by } = stream.ask;
    this.#world.observe({ is: 'admitted', grantId, activity, by });
    this.#options.stillActive();
    return true;
  }

  /** How many streams would pass something now. */
  flowing(): number {
    return this.#open.filter((stream) => !stream.isCut && this.#admits(stream)).length;
  }

  /** Cuts every stream that would not be admitted now; a covered screen lives through a pause. */
  review(): void {
    this.#guard.review();
    if (this.#open.some((stream) => stream.isCut)) {
      this.#open = this.#open.filter((stream) => !stream.isCut);
    }
  }

  cutAll(): void {
    this.#guard.cutAll();
    this.#open = [];
  }

  /** The process is gone. */
  forget(): void {
    this.cutAll();
  }

  #admits({ ask }: Stream): boolean {
    try {
      this.#world.rules.admit(this.#options.state(), ask, this.#options.now());
      return true;
    } catch {
      return false;
    }
  }
}

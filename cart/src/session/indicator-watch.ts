/**
 * Ends a session whose sign on the cart is gone: the panel, which says who is in and has Pause and End on it.
 *
 * A panel that can show anything reports its place every 2 s. It is watched from its first report since the notice on.
 * Looks are counted instead of time: an agent that was held up itself hears first what came meanwhile. It does not tell
 * whether anybody sees the panel, nor is it the panel's own warning that the agent is silent.
 */
import { isInSession } from '@chaperone/domain/session/state.ts';
import type { EndReason, SessionState } from '@chaperone/domain/session/state.ts';
import type { PanelPresence } from './presence.ts';

export interface WatchedSession {
  readonly state: SessionState;
  end(reason: EndReason): void;
}

const LOOK_EVERY_MS = 1000;
/** Looks without a report: a panel that is loaded anew, or a browser that is busy, needs some seconds. */
export const LOOKS_MAX = 15;
/** In a demo the panel may be a tab behind the console's, which browsers let run once a minute. */
export const LOOKS_IN_DEMO_MAX = 90;

export class IndicatorWatch {
  readonly #session: WatchedSession;
  readonly #presence: PanelPresence;
  readonly #looksMax: number;
  readonly #timer: NodeJS.Timeout;
  #reports = 0;
  /** Null until the panel has reported since the notice. */
  #looksWithout: number | null = null;

  constructor(session: WatchedSession, presence: PanelPresence, looksMax: number) {
    this.#session = session;
    this.#presence = presence;
    this.#looksMax = looksMax;
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** Looks once. The watch's own timer calls it; tests may too. */
  look(): void {
    const { reports } = this.#presence;
    const { state } = this.#session;
    if (state.phase === 'idle' || state.phase === 'ended') this.#looksWithout = null;
    else if (reports !== this.#reports) this.#looksWithout = 0;
    else if (this.#looksWithout !== null) this.#looksWithout += 1;
    this.#reports = reports;
    if (isInSession(state) && (this.#looksWithout ?? 0) >= this.#looksMax) {
      this.#session.end('indicator-lost');
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/**
 * The desk's view of the session: numbered, and made anew only when something in it has changed.
 *
 * A desk refuses a view with members that it does not know, and ends the connection. So it is told only what its version of the
 * protocol knows; one that does not know the interlock hears that the session is paused, which is what it can do about it.
 */
import { isInSession } from '@chaperone/domain/session/state.ts';
import type { SessionId } from '@chaperone/domain/id/id.ts';
import type { SessionView } from '@chaperone/protocol/cart-api/schema.ts';
import { HOLDS_SINCE_VERSION, UNSAID_VERSION } from '@chaperone/protocol/cart-api/version.ts';
import type { Session } from '../session/session.ts';
import type { Watching } from '../watching/watching.ts';

export class SessionViews {
  readonly #session: Session;
  readonly #sessionId: SessionId;
  /** In force with the desk. */
  version: number = UNSAID_VERSION;
  readonly #watching: Pick<Watching, 'view'>;
  #sequence = 0;
  #said = '';

  constructor(session: Session, sessionId: SessionId, watching: Pick<Watching, 'view'>) {
    this.#session = session;
    this.#sessionId = sessionId;
    this.#watching = watching;
  }

  /** Gives the view as it stands now; its number grows only when it says something new. */
  current(): SessionView {
    return this.#numbered(this.#view());
  }

  /** Takes the view of the end as it stands now, to be completed with the receipt when that is signed. */
  last(): (receipt: string | null) => SessionView {
    const view = this.#view();
    return (receipt) =>
      this.#numbered({ ...view, ended: view.ended && { ...view.ended, receipt } });
  }

  get #knowsHolds(): boolean {
    return this.version >= HOLDS_SINCE_VERSION;
  }

  /** What holds everybody, or input, off. */
  #holds(): Pick<SessionView, 'interlock' | 'operatorActive'> {
    if (!this.#knowsHolds) return {};
    const { state, isOperatorAtWork } = this.#session;
    return {
      ...(state.interlock !== undefined && { interlock: state.interlock.source }),
      ...(isOperatorAtWork && { operatorActive: true as const }),
    };
  }

  #numbered(view: Omit<SessionView, 'sequence'>): SessionView {
    // Time passes in every view; that alone is nothing new.
    const says = JSON.stringify({ ...view, grantEndsInMs: null });
    if (says !== this.#said && this.#said !== '') this.#sequence += 1;
    this.#said = says;
    return { sequence: this.#sequence, ...view };
  }

  #view(): Omit<SessionView, 'sequence'> {
    const { state, tally, grantJWS } = this.#session;
    const base = {
      ...{ session: this.#sessionId, grant: grantJWS, inputRefused: tally.inputRefused },
      ...this.#holds(),
    };
    if (isInSession(state)) {
      const watch = this.#watching.view;
      return {
        ...base,
        ...(watch !== null && { watch }),
        phase: state.phase,
        paused: state.paused || (state.interlock !== undefined && !this.#knowsHolds),
        activities: [...state.grant.activities],
        grantEndsInMs: Math.max(
          0,
          Math.round(state.grant.endsMonotonicMs - this.#session.now().monotonicMs),
        ),
        ended: null,
      };
    }
    const quiet = { ...base, paused: false, activities: [], grantEndsInMs: null };
    if (state.phase === 'ended') {
      return { ...quiet, phase: 'ended', ended: { reason: state.reason, receipt: null } };
    }
    return { ...quiet, phase: 'waiting', ended: null };
  }
}

/**
 * What the cart's display itself says of a session: that somebody is in, who, and how to end it.
 *
 *   hidden → rising → shown ⇄ covered        rising, shown, covered → lost
 *
 * Pure, like the session's own machine, and the weaker of the two: it never gives anybody anything. It only demands that
 * a session pauses (covered too long) or ends (lost), and says whether one may begin or go on. What is on the display
 * really is told by whoever looks at it; what cannot be seen to be there counts as covered. Decision 0046.
 */
import type { Instant } from '../clock/instant.ts';
import type { SessionEvent } from '../session/session.ts';
import { isInSession } from '../session/state.ts';
import type { SessionState } from '../session/state.ts';
import type { IndicatorLoss } from './indicator-loss.ts';

/** How long it may be hidden from the operator before the session pauses. */
export const INDICATOR_COVERED_MAX_MS = 1000;
/** How long a display may take to show it. Nobody is in yet, and the operator looks on. */
export const INDICATOR_RAISE_MAX_MS = 5000;

export type IndicatorState =
  | { readonly is: 'hidden' }
  | { readonly is: 'rising'; readonly sinceMonotonicMs: number }
  | { readonly is: 'shown' }
  | { readonly is: 'covered'; readonly sinceMonotonicMs: number }
  | { readonly is: 'lost'; readonly loss: IndicatorLoss };

export type IndicatorEvent =
  /** It is being put on the display. */
  | { readonly type: 'raise' }
  /** It has been seen on the display, whole. */
  | { readonly type: 'seen' }
  /** It has not: something is over it, or nobody can tell. */
  | { readonly type: 'covered' }
  | { readonly type: 'lost'; readonly loss: IndicatorLoss }
  /** It is taken from the display: nobody is in. */
  | { readonly type: 'lower' }
  | { readonly type: 'tick' };

/** What the session must do now. */
export type IndicatorDemand = 'nothing' | 'pause' | 'end';

export interface IndicatorStep {
  readonly state: IndicatorState;
  readonly demand: IndicatorDemand;
}

export const INDICATOR_HIDDEN: IndicatorState = { is: 'hidden' };

/** Takes one step. Equal arguments give equal results; what comes with a limit or after it is late. */
export function indicate(
  state: IndicatorState,
  event: IndicatorEvent,
  now: Instant,
): IndicatorStep {
  switch (event.type) {
    case 'lower':
      return nothing(INDICATOR_HIDDEN);
    case 'raise':
      return raise(state, now);
    case 'lost':
      return state.is === 'hidden' ? nothing(state) : lost(event.loss, state);
    case 'seen':
    case 'covered':
    case 'tick':
      return look(state, event.type, now);
  }
}

/** Tells whether somebody may be let in, or go on after a pause. */
export function mayBegin(state: IndicatorState): boolean {
  return state.is === 'shown';
}

/** Gives what the session's machine has to be told of a demand; null when there is nobody in. */
export function sessionEventOf(
  demand: IndicatorDemand,
  session: SessionState,
): SessionEvent | null {
  if (demand === 'nothing' || !isInSession(session)) return null;
  if (demand === 'end') return { type: 'end', reason: 'indicator-lost' };
  return session.paused ? null : { type: 'pause' };
}

/** A second raise gives no more time, and one that is shown stays shown. */
function raise(state: IndicatorState, now: Instant): IndicatorStep {
  if (state.is !== 'hidden' && state.is !== 'lost') return look(state, 'tick', now);
  return nothing({ is: 'rising', sinceMonotonicMs: now.monotonicMs });
}

function look(
  state: IndicatorState,
  found: 'seen' | 'covered' | 'tick',
  now: Instant,
): IndicatorStep {
  switch (state.is) {
    case 'hidden':
      return nothing(state);
    case 'lost':
      // Whoever looks away once must not miss it: only lowering it makes an end of that.
      return { state, demand: 'end' };
    case 'rising':
      if (now.monotonicMs - state.sinceMonotonicMs >= INDICATOR_RAISE_MAX_MS) {
        return lost('not-raised', state);
      }
      return nothing(found === 'seen' ? { is: 'shown' } : state);
    case 'shown':
      return nothing(
        found === 'covered' ? { is: 'covered', sinceMonotonicMs: now.monotonicMs } : state,
      );
    case 'covered': {
      const isLong = now.monotonicMs - state.sinceMonotonicMs >= INDICATOR_COVERED_MAX_MS;
      return {
        state: found === 'seen' ? { is: 'shown' } : state,
        demand: isLong ? 'pause' : 'nothing',
      };
    }
  }
}

function lost(loss: IndicatorLoss, state: IndicatorState): IndicatorStep {
  return { state: state.is === 'lost' ? state : { is: 'lost', loss }, demand: 'end' };
}

function nothing(state: IndicatorState): IndicatorStep {
  return { state, demand: 'nothing' };
}

/**
 * The clinical interlock of a session: raised by a signal at the cart, it drops everybody to nothing; only the operator lifts it.
 *
 * It stands beside the phase, not in it: a session may end, be interrupted and be resumed under it, and a cart on which none
 * runs may have it raised, too. What gives somebody something is held back until it is lifted; what takes something away, and
 * what the network and the clock do, goes on. No limit lifts it, and no step but `lift-interlock` takes it out of the state.
 * Decision 0051.
 */
import type { Instant } from '../clock/instant.ts';
import { SessionInterlocked } from '../interlock/interlock.ts';
import type { InterlockSource } from '../interlock/interlock.ts';
import type { SessionEvent } from './session-event.ts';
import { narrow, outOfTurn, unchanged, widen } from './session-step.ts';
import type { SessionStep } from './session-step.ts';
import { isBound } from './state.ts';
import type { SessionState } from './state.ts';

/** What lets somebody in or go on, and the questions that lead there. That a connection is claimed again admits nothing. */
const HELD_BACK: ReadonlySet<SessionEvent['type']> = new Set([
  'press',
  'accept-notice',
  'give-consent',
  'ask-approval',
  'answer-approval',
  'begin-activity',
  'lift-pause',
]);

/** Holds everybody off, whatever goes on. Raised twice it is the same. */
export function raiseInterlock(
  state: SessionState,
  source: InterlockSource,
  now: Instant,
): SessionStep {
  if (state.interlock !== undefined) return unchanged(state);
  return narrow(
    { ...state, interlock: { source, sinceUtcMs: now.utcMs } },
    { kind: 'interlock-raised', sessionId: sessionOf(state), source },
  );
}

/** Lets things go on as they stand without it: a pause stays a pause. @throws OutOfTurn when it is not raised */
export function liftInterlock(state: SessionState): SessionStep {
  if (state.interlock === undefined) outOfTurn(state);
  const { interlock: _, ...without } = state;
  return widen(without as SessionState, {
    kind: 'interlock-lifted',
    sessionId: sessionOf(state),
  });
}

/** Sees to it that a step of anything else leaves it as it was. */
export function keepInterlock(before: SessionState, step: SessionStep): SessionStep {
  const { interlock } = before;
  if (interlock === undefined || step.state.interlock === interlock) return step;
  return { ...step, state: { ...step.state, interlock } };
}

/** @throws SessionInterlocked */
export function requireNotHeldBack(state: SessionState, type: SessionEvent['type']): void {
  if (state.interlock === undefined || !HELD_BACK.has(type)) return;
  throw new SessionInterlocked(
    'The clinic needs the cart. Touch "Continue service" when remote service may go on.',
  );
}

/** The session that it is about; null when none has begun, or it is over. */
function sessionOf(state: SessionState) {
  return isBound(state) && 'sessionId' in state ? state.sessionId : null;
}

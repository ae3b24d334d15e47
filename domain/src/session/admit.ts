/**
 * The one question that every request from the gateway must pass: may this be done now, under this grant?
 *
 * It is asked again for each request and each stream, and by the relay while a stream lives.
 */
import type { Activity } from '../activity/activity.ts';
import type { Instant } from '../clock/instant.ts';
import { DomainError } from '../error/domain-error.ts';
import { SessionInterlocked } from '../interlock/interlock.ts';
import { isInSession } from './state.ts';
import type { SessionState } from './state.ts';

export interface ActivityAsk {
  /** As it came over the wire: not trusted, only compared. */
  readonly grantId: string;
  readonly activity: Activity;
}

export class GrantNotInForce extends DomainError {
  readonly code = 'GRANT_NOT_IN_FORCE';
}
export class ActivityNotGranted extends DomainError {
  readonly code = 'ACTIVITY_NOT_GRANTED';
}
export class SessionPaused extends DomainError {
  readonly code = 'SESSION_PAUSED';
}

/**
 * Admits one activity, or refuses it.
 *
 * @returns the state, known to be in session
 * @throws GrantNotInForce when no grant, another grant, an ended grant, or a connection not yet resumed
 * @throws ActivityNotGranted when the operator did not switch this activity on
 * @throws SessionInterlocked while the clinic needs the cart
 * @throws SessionPaused while the operator has paused the session
 */
export function admit(
  state: SessionState,
  ask: ActivityAsk,
  now: Instant,
): Extract<SessionState, { readonly phase: 'granted' | 'open' }> {
  if (
    !isInSession(state) ||
    state.grant.id !== ask.grantId ||
    now.monotonicMs >= state.grant.endsMonotonicMs ||
    state.link.is !== 'up'
  ) {
    throw new GrantNotInForce('No grant of the operator is in force for this.');
  }
  if (!state.grant.activities.includes(ask.activity)) {
    throw new ActivityNotGranted(`The operator did not grant "${ask.activity}".`);
  }
  if (state.interlock !== undefined)
    throw new SessionInterlocked('The clinic needs the cart: nothing passes.');
  if (state.paused) throw new SessionPaused('The operator has paused the session.');
  return state;
}

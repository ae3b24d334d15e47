/** What the cart tells the desk of its session. */
import { isInSession } from '@chaperone/domain/session/state.ts';
import type { SessionState } from '@chaperone/domain/session/state.ts';
import type { View } from '../world/messages.ts';

export function viewOf(state: SessionState, sequence: number): View {
  return {
    sequence,
    phase: state.phase,
    // A desk that does not know the interlock hears a pause.
    paused: isInSession(state) && (state.paused || state.interlock !== undefined),
    grant: 'grant' in state ? state.grant : null,
    ended: state.phase === 'ended' ? state.reason : null,
  };
}

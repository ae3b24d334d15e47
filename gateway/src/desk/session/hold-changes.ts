/** What a cart's new view says of the two ways in which everything is held off: the operator's pause and the clinic's interlock. */
import type { SessionView } from '@chaperone/protocol/cart-api/schema.ts';

type Holds = Pick<SessionView, 'paused' | 'interlock'>;

/** As the ledger names them. */
export type HoldChange =
  | 'session-paused'
  | 'session-resumed'
  | 'session-interlocked'
  | 'session-interlock-lifted';

/** Names what has changed. @param before null after a connection that was lost: what is held then is told again */
export function holdChanges(before: Holds | null, view: Holds): readonly HoldChange[] {
  const changes: HoldChange[] = [];
  const wasPaused = before?.paused === true;
  const wasInterlocked = before?.interlock !== undefined;
  const isInterlocked = view.interlock !== undefined;
  if (view.paused !== wasPaused) changes.push(view.paused ? 'session-paused' : 'session-resumed');
  if (isInterlocked !== wasInterlocked)
    changes.push(isInterlocked ? 'session-interlocked' : 'session-interlock-lifted');
  return changes;
}

/** Tells whether something that was held off may go on by a view. */
export function isFreed(changes: readonly HoldChange[], view: Holds): boolean {
  const isLifted = changes.some(
    (each) => each === 'session-resumed' || each === 'session-interlock-lifted',
  );
  return isLifted && !view.paused && view.interlock === undefined;
}

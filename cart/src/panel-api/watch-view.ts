/** What the operator's panel says of a second technician who watches, or asks to. */
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import type { Watching } from '../watching/watching.ts';

export const NOBODY_WATCHING: PanelView['watching'] = { asked: null, watcher: null };

/** @param nowMs of the monotonic clock */
export function shownWatching(
  { state: { asked, watcher } }: Pick<Watching, 'state'>,
  nowMs: number,
): PanelView['watching'] {
  return {
    asked: asked && {
      number: asked.number,
      technicianName: asked.request.technician.name,
      comparisonCode: asked.request.comparisonCode,
      secondsLeft: Math.max(0, Math.ceil((asked.deadlineMonotonicMs - nowMs) / 1000)),
    },
    watcher: watcher && {
      technicianName: watcher.technician.name,
      sinceUtcMs: watcher.issuedUtcMs,
    },
  };
}

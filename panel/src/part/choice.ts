/**
 * Which activities are switched on when the operator is asked, and how the switches depend on each other.
 *
 * Seeing the screen is what every technician needs first and what the notice has just explained, so it is on: one
 * touch on the technician's button is enough. Using the controls and moving files can do more harm and stay off
 * until the operator's own touch says so; a technician who asks for everything gets nothing more by asking.
 */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { ACTIVITIES, isGrantable } from '@chaperone/domain/activity/activity.ts';

/** Chooses for the operator what is on at first. What is asked for alone is the whole question, so it is on. */
export function firstChoice(asked: readonly Activity[]): readonly Activity[] {
  if (asked.includes('view')) return ['view'];
  return asked.length === 1 && isGrantable(asked) ? asked : [];
}

/** Turns one switch. Using the controls needs seeing the screen, so the two follow each other. */
export function turnSwitch(
  chosen: readonly Activity[],
  turned: Activity,
  asked: readonly Activity[],
): readonly Activity[] {
  const next = new Set(chosen);
  if (next.has(turned)) {
    next.delete(turned);
    if (turned === 'view') next.delete('control');
  } else if (asked.includes(turned) && (turned !== 'control' || asked.includes('view'))) {
    next.add(turned);
    if (turned === 'control') next.add('view');
  }
  return ACTIVITIES.filter((activity) => next.has(activity));
}

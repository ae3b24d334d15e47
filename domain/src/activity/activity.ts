/** What a grant can allow. Each is consented to by name; none implies another, except that control needs view. */
export const ACTIVITIES = ['view', 'control', 'fetch-files', 'send-files'] as const;
export type Activity = (typeof ACTIVITIES)[number];

/** Tells whether a set of activities can be granted: at least one, none twice, and control only with view. */
export function isGrantable(activities: readonly Activity[]): boolean {
  if (activities.length === 0) return false;
  if (new Set(activities).size !== activities.length) return false;
  return !activities.includes('control') || activities.includes('view');
}

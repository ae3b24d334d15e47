/** What `status` says of the facility's policy. */
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';

const TROUBLES = {
  missing: 'it is not there',
  damaged: 'it cannot be read',
  'other-cart': 'it is for other carts',
  'not-yet': 'it begins later',
  expired: 'it has ended',
} as const satisfies Record<NonNullable<NonNullable<PanelView['facility']>['trouble']>, string>;

/** Says which policy is in force, and what it means now. */
export function facilityPolicyWords(facility: PanelView['facility']): readonly string[] {
  if (facility === null) return ['Facility policy: none (no key of a facility is set).'];
  const { name, version, waitingVersion, trouble, isOpen, opensUtcMs, validUntilUtcMs } = facility;
  const which =
    name === null ? 'Facility policy' : `Facility policy of ${name}, version ${version}`;
  if (trouble !== null)
    return [`${which}: NOT IN FORCE, ${TROUBLES[trouble]}. No session can begin.`];
  const until = validUntilUtcMs === null ? '' : `, until ${day(validUntilUtcMs)}`;
  return [
    `${which}: in force${until}.`,
    ...(waitingVersion === null ? [] : [`Version ${waitingVersion} waits for its day.`]),
    ...(isOpen
      ? []
      : [
          `Closed by its hours${opensUtcMs === null ? '' : `; opens ${new Date(opensUtcMs).toISOString()}`}.`,
        ]),
  ];
}

function day(utcMs: number): string {
  return new Date(utcMs).toISOString().slice(0, 10);
}

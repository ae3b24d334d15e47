/** How old something is, against a limit, in words of the limit's own unit. */

/** How far a fact may seem to lie ahead: daemons write local time, and the clock is changed twice a year. Milliseconds. */
export const AHEAD_TOLERATED_MS = 24 * 3_600_000;
/** The same of a report: what a clock that is kept by NTP never reaches. Milliseconds. */
export const REPORT_AHEAD_TOLERATED_MS = 60_000;

export interface Age {
  readonly isTooOld: boolean;
  /** Such as `9 days`, or `more than 3 days`. */
  readonly words: string;
  /** The limit in the same unit. */
  readonly maxCount: number;
}

interface Unit {
  readonly name: string;
  readonly ms: number;
}

const MINUTE: Unit = { name: 'minute', ms: 60_000 };
/** The largest first. */
const UNITS: readonly Unit[] = [
  { name: 'day', ms: 86_400_000 },
  { name: 'hour', ms: 3_600_000 },
  MINUTE,
];

/**
 * Tells the age of what happened at an instant; what lies ahead is of no age.
 * @param atMs UTC @param nowMs UTC @param maxMs the greatest age that is not too old
 */
export function ageOf(atMs: number, nowMs: number, maxMs: number): Age {
  const ageMs = Math.max(0, nowMs - atMs);
  const unit = UNITS.find(({ ms }) => maxMs >= ms && maxMs % ms === 0) ?? MINUTE;
  const maxCount = Math.floor(maxMs / unit.ms);
  const count = Math.floor(ageMs / unit.ms);
  const isTooOld = ageMs > maxMs;
  const words = counted(count, unit);
  return {
    isTooOld,
    maxCount,
    words: isTooOld && count <= maxCount ? `more than ${words}` : words,
  };
}

/** Tells whether an instant lies further ahead than is tolerated. */
export function isAhead(atMs: number, nowMs: number, toleratedMs: number): boolean {
  return atMs - nowMs > toleratedMs;
}

/** Says how far an instant lies ahead, in the largest unit that fits. */
export function aheadOf(atMs: number, nowMs: number): string {
  const aheadMs = atMs - nowMs;
  const unit = UNITS.find(({ ms }) => aheadMs >= ms) ?? MINUTE;
  return counted(Math.floor(aheadMs / unit.ms), unit);
}

function counted(count: number, { name }: Unit): string {
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

/**
 * When a facility lets itself be served: windows of its local week, and days that are otherwise.
 *
 * An instant is open when the clock on the facility's wall shows a time inside a window of the wall's date. So a window keeps its
 * times over a change to or from summer time: an hour that the wall shows twice is open both times, one that it leaves out is
 * not there. No window reaches over midnight; two that meet there are one. What a wrong clock means: docs/threat-model.md.
 */
import { DomainError } from '../error/domain-error.ts';

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** From the first minute up to and not including the last; minutes since midnight, 0 to 1440. */
export interface DayWindow {
  readonly fromMinute: number;
  readonly untilMinute: number;
}

export interface FacilityHours {
  /** A name of the IANA time zone database, such as `Europe/Berlin`. */
  readonly timeZone: string;
  /** A day that is not there is closed. */
  readonly week: Readonly<Partial<Record<Weekday, readonly DayWindow[]>>>;
  /** What counts in place of the week on one date (`2026-12-25`): no window is a holiday. */
  readonly exceptions: readonly { readonly date: string; readonly windows: readonly DayWindow[] }[];
  /** Whether a session may go on when a window closes. Nothing new begins then in either case. */
  readonly mayFinish: boolean;
}

export const DAY_MINUTES = 24 * 60;
export const DAY_WINDOWS_MAX = 8;
/** Two years of holidays, and room for the days between. */
export const EXCEPTIONS_MAX = 200;
/** How far ahead an opening is looked for; longer closed is closed until further notice. */
const HORIZON_MS = 92 * 24 * 60 * 60_000;
const MINUTE_MS = 60_000;

export class HoursMalformed extends DomainError {
  readonly code = 'FACILITY_HOURS_MALFORMED';
}

/** Checks what a type cannot say. @throws HoursMalformed naming what is wrong */
export function checkHours(hours: FacilityHours): void {
  if (!isTimeZone(hours.timeZone))
    throw new HoursMalformed('The time zone is not one of the IANA time zone database.');
  const dates = hours.exceptions.map(({ date }) => date);
  if (dates.length > EXCEPTIONS_MAX) throw new HoursMalformed('There are too many exceptions.');
  if (new Set(dates).size !== dates.length) throw new HoursMalformed('A date is excepted twice.');
  if (!dates.every(isDate))
    throw new HoursMalformed('An exception is not for a day such as 2026-12-25.');
  for (const windows of [
    ...Object.values(hours.week),
    ...hours.exceptions.map((exception) => exception.windows),
  ]) {
    if (windows.length > DAY_WINDOWS_MAX) throw new HoursMalformed('A day has too many windows.');
    if (!windows.every(isWindow))
      throw new HoursMalformed('A window ends after it begins, within one day.');
  }
}

/** Tells whether the facility is open. @param utcMs by the cart's clock */
export function isOpenAt(hours: FacilityHours, utcMs: number): boolean {
  return isOpen(hours, wallOf(hours.timeZone, utcMs));
}

/**
 * Gives the first instant after `utcMs` at which it closes (while it is open) or opens (while it is closed).
 * @returns milliseconds UTC; null when nothing changes within three months
 */
export function nextChangeUtcMs(hours: FacilityHours, utcMs: number): number | null {
  const wasOpen = isOpenAt(hours, utcMs);
  let atMs = utcMs;
  while (atMs - utcMs <= HORIZON_MS) {
    atMs = nextEdgeMs(hours, atMs);
    if (isOpenAt(hours, atMs) !== wasOpen) return atMs;
  }
  return null;
}

/** What the clock on the wall shows. */
interface Wall {
  readonly date: string;
  readonly weekday: Weekday;
  /** Whole minutes since midnight. */
  readonly minute: number;
  /** How far the wall is ahead of UTC, in milliseconds. */
  readonly offsetMs: number;
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();
/** Zones that are remembered; a cart has one. */
const FORMATS_MAX = 64;

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  if (FORMATS.size >= FORMATS_MAX) FORMATS.clear();
  FORMATS.set(timeZone, made);
  return made;
}

function wallOf(timeZone: string, utcMs: number): Wall {
  const part: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(utcMs)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  const midnightMs = Date.UTC(year, month - 1, day);
  const wallMs = midnightMs + (hour * 60 + minute) * MINUTE_MS + second * 1000;
  const midnight = new Date(midnightMs);
  return {
    date: midnight.toISOString().slice(0, 10),
    weekday: WEEKDAYS[(midnight.getUTCDay() + 6) % 7] as Weekday,
    minute: hour * 60 + minute,
    offsetMs: wallMs - Math.floor(utcMs / 1000) * 1000,
  };
}

function windowsOf(hours: FacilityHours, wall: Wall): readonly DayWindow[] {
  const exception = hours.exceptions.find(({ date }) => date === wall.date);
  return exception === undefined ? (hours.week[wall.weekday] ?? []) : exception.windows;
}

function isOpen(hours: FacilityHours, wall: Wall): boolean {
  return windowsOf(hours, wall).some(
    ({ fromMinute, untilMinute }) => fromMinute <= wall.minute && wall.minute < untilMinute,
  );
}

/** The next instant at which openness may change: an edge of a window, midnight, or a change of the wall's clock. */
function nextEdgeMs(hours: FacilityHours, utcMs: number): number {
  const wall = wallOf(hours.timeZone, utcMs);
  const edges = windowsOf(hours, wall)
    .flatMap(({ fromMinute, untilMinute }) => [fromMinute, untilMinute])
    .filter((minute) => minute > wall.minute);
  const wallMs = utcMs + wall.offsetMs;
  const wallMidnightMs = Math.floor(wallMs / (DAY_MINUTES * MINUTE_MS)) * DAY_MINUTES * MINUTE_MS;
  const edgeMs = wallMidnightMs + Math.min(DAY_MINUTES, ...edges) * MINUTE_MS - wall.offsetMs;
  if (offsetAt(hours, edgeMs) === wall.offsetMs) return edgeMs;
  return clockChangeMs(hours, utcMs, edgeMs);
}

/** Finds the first instant after `fromMs` at which the wall's clock is set, to the millisecond. */
function clockChangeMs(hours: FacilityHours, fromMs: number, untilMs: number): number {
  const before = offsetAt(hours, fromMs);
  let [low, high] = [fromMs, untilMs];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(hours, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

function offsetAt(hours: FacilityHours, utcMs: number): number {
  return wallOf(hours.timeZone, utcMs).offsetMs;
}

function isWindow({ fromMinute, untilMinute }: DayWindow): boolean {
  return (
    Number.isInteger(fromMinute) &&
    Number.isInteger(untilMinute) &&
    fromMinute >= 0 &&
    fromMinute < untilMinute &&
    untilMinute <= DAY_MINUTES
  );
}

function isDate(text: string): boolean {
  const parsed = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  return (
    parsed !== null && !Number.isNaN(parsed.getTime()) && parsed.toISOString().slice(0, 10) === text
  );
}

function isTimeZone(name: string): boolean {
  // A bare offset has no summer time: what is meant is nearly always a place.
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

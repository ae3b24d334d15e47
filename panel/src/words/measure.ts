/** Times and sizes as people read them. */
import type { Language } from '@chaperone/domain/notice/notice.ts';
import type { Words } from './words.ts';

/** Above this many seconds a time left is shown in minutes: nobody counts seconds of an hour. */
const COUNT_SECONDS_BELOW = 600;

/** Writes a time left: `47 min`, later `9:05`. Starts counting down where it matters. */
export function timeLeftText(words: Words, seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole >= COUNT_SECONDS_BELOW) return words.minutes(Math.ceil(whole / 60));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** Writes the time of day, of this system's own clock and zone. */
export function timeOfDayText(language: Language, utcMs: number): string {
  return new Intl.DateTimeFormat(language, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(utcMs);
}

/** Writes a day of the calendar in UTC, in which licences are dated. */
export function dayText(language: Language, utcMs: number): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(utcMs);
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** Writes a size with two or three figures and the unit's symbol. */
export function bytesText(language: Language, bytes: number): string {
  let unit = 0;
  let amount = bytes;
  while (amount >= 1000 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: UNITS[unit] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: amount < 10 && unit > 0 ? 1 : 0,
  }).format(amount);
}

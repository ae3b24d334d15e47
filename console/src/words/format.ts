/** Numbers and times as people read them. */
const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'] as const;

/** @param bytes a count; 1 KB is 1,000 bytes */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toFixed(unit === 0 || value >= 100 ? 0 : 1)} ${UNITS[unit]}`;
}

const count = new Intl.NumberFormat('en-GB');

/** Such as "1,234,567". */
export function formatCount(value: number): string {
  return count.format(value);
}

const dateTime = new Intl.DateTimeFormat('en-GB', {
  day: '2-digit',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});
const date = new Intl.DateTimeFormat('en-GB', {
  day: '2-digit',
  month: 'short',
  year: 'numeric',
});
const utcDate = new Intl.DateTimeFormat('en-GB', {
  day: '2-digit',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});
const minute = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const day = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});

/** Such as "24 Nov 2026, 15:04", in this computer's time. */
export function formatDateTime(utcMs: number): string {
  return dateTime.format(utcMs);
}
/** Such as "24 Nov 2026, 15:04:33". */
export function formatDateTimeSeconds(utcMs: number): string {
  return `${date.format(utcMs)}, ${clock.format(utcMs)}`;
}
/** Such as "24 Nov 2026". */
export function formatDate(utcMs: number): string {
  return date.format(utcMs);
}
/** Such as "24 Nov 2026", in UTC: a licence begins and ends with a day there. */
export function formatUTCDay(utcMs: number): string {
  return utcDate.format(utcMs);
}
/** The last day on which a licence counts, in UTC. @param validUntilUtcMs from then on it is over: of the next day */
export function formatLastDay(validUntilUtcMs: number): string {
  return utcDate.format(validUntilUtcMs - 1);
}
/** Such as "15:04"; of another day with its date. @param nowUtcMs what "today" is */
export function formatSince(utcMs: number, nowUtcMs: number): string {
  const isToday = date.format(utcMs) === date.format(nowUtcMs);
  return isToday ? minute.format(utcMs) : dateTime.format(utcMs);
}
/** Such as "15:04:33". */
export function formatClock(utcMs: number): string {
  return clock.format(utcMs);
}
export function formatDay(utcMs: number): string {
  return day.format(utcMs);
}

/** Such as "24 Nov 2026, 15:04:33 UTC", for documents. */
export function formatUTC(utcMs: number): string {
  return `${new Date(utcMs).toISOString().replace('T', ' ').slice(0, 19)} UTC`;
}

/** Such as "1:02:09" or "4:07". */
export function formatDuration(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = String(Math.floor(seconds % 60)).padStart(2, '0');
  if (hours === 0) return `${minutes}:${rest}`;
  return `${hours}:${String(minutes).padStart(2, '0')}:${rest}`;
}

/** A digest as `sha256sum` prints it. @param base64url 32 bytes without padding */
export function formatDigest(base64url: string): string {
  const bytes = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return [...bytes].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}

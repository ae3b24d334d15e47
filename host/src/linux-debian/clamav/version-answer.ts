/**
 * Reads clamd's answer to `VERSION`: `ClamAV 1.4.3/27010/Thu Nov 26 09:00:00 2026`.
 *
 * The number and date are those of the container named `daily`, the date in the machine's own time without saying which;
 * without such a container the answer ends behind ClamAV's version.
 */
const ANSWER =
  /^ClamAV [0-9A-Za-z.+~_-]{1,40}\/(\d{1,10})\/[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{2}):(\d{2}):(\d{2}) (\d{4})\n?$/;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** What clamd has loaded. */
export interface LoadedDefinitions {
  readonly version: number;
  readonly builtUtcMs: number;
}

/** Gives which definitions are loaded; null when the answer does not say. */
export function readDefinitionsAnswer(answer: string): LoadedDefinitions | null {
  const [, version, monthName = '', ...digits] = ANSWER.exec(answer) ?? [];
  const month = MONTHS.indexOf(monthName);
  const [day = 0, hour = 0, minute = 0, second = 0, year = 0] = digits.map(Number);
  if (month < 0) return null;
  const at = new Date(year, month, day, hour, minute, second);
  // A date that does not exist would have become another one.
  const isDate = at.getMonth() === month && at.getDate() === day && at.getTime() >= 0;
  return isDate ? { version: Number(version), builtUtcMs: at.getTime() } : null;
}

/** Gives when the definitions were built, milliseconds UTC; null when the answer does not say. */
export function readVersionAnswer(answer: string): number | null {
  return readDefinitionsAnswer(answer)?.builtUtcMs ?? null;
}

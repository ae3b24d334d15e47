/** The head of an apt `Release` or `InRelease` file (Debian's repository format): fields, one a line. */

const DATE =
  /^[A-Z][a-z]{2}, {1,2}(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) {1,2}(\d{1,2}):(\d{2}):(\d{2}) (?:UTC|GMT|\+0000)$/;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** Gives the date of a release file of a security suite, milliseconds UTC; null of anything else. */
export function readSecurityRelease(text: string): number | null {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name, value] = /^([A-Za-z0-9-]{1,40}): ?(.{0,200})$/.exec(line.trimEnd()) ?? [];
    if (name === undefined || value === undefined) continue;
    // From here on there are digests only.
    if (/^(?:MD5Sum|SHA\d+)$/.test(name)) break;
    if (!fields.has(name)) fields.set(name, value);
  }
  const isSecurity =
    fields.get('Label') === 'Debian-Security' ||
    [fields.get('Suite'), fields.get('Codename')].some((name) => name?.endsWith('-security'));
  return isSecurity ? readDate(fields.get('Date') ?? '') : null;
}

function readDate(text: string): number | null {
  const [, day = '', monthName = '', ...rest] = DATE.exec(text) ?? [];
  const month = MONTHS.indexOf(monthName);
  const [year = 0, hour = 0, minute = 0, second = 0] = rest.map(Number);
  if (month < 0) return null;
  const at = new Date(Date.UTC(year, month, Number(day), hour, minute, second));
  return at.getUTCDate() === Number(day) && at.getTime() >= 0 ? at.getTime() : null;
}

/**
 * apt's history.log: one paragraph for each run, in the machine's own time.
 *
 *   Start-Date: 2026-11-26  06:12:01
 *   Commandline: /usr/bin/unattended-upgrade
 *   Upgrade: openssl:amd64 (3.0.14-1, 3.0.15-1)
 *   End-Date: 2026-11-26  06:12:09
 *
 * A run that failed has an `Error` field. One that installs or upgrades what somebody named is not an upgrade of the system.
 */
const WHOLE_SYSTEM =
  /^(?:\S*\/)?(?:(?:apt|apt-get|aptitude)(?: -.*)? (?:upgrade|full-upgrade|dist-upgrade|safe-upgrade)(?: -.*)?|unattended-upgrades?(?: .*)?|packagekit role='update-packages'|aptdaemon role='role-(?:upgrade-system|commit-packages)'.*)$/;
const END = /^(\d{4})-(\d{2})-(\d{2}) {1,2}(\d{2}):(\d{2}):(\d{2})$/;

/** Gives when the last upgrade of the whole system ended, milliseconds UTC; null when there is none in this piece. */
export function readLastUpgrade(text: string): number | null {
  let last: number | null = null;
  for (const paragraph of text.split(/\n{2,}/)) {
    const fields = new Map<string, string>();
    for (const line of paragraph.split('\n')) {
      const at = line.indexOf(': ');
      if (at > 0) fields.set(line.slice(0, at), line.slice(at + 2));
    }
    if (!WHOLE_SYSTEM.test(fields.get('Commandline') ?? '') || fields.has('Error')) continue;
    const endedUtcMs = fields.has('Upgrade') ? readLocal(fields.get('End-Date') ?? '') : null;
    if (endedUtcMs !== null && (last === null || endedUtcMs > last)) last = endedUtcMs;
  }
  return last;
}

function readLocal(text: string): number | null {
  const [, ...digits] = END.exec(text) ?? [];
  const [year, month, day, hour, minute, second] = digits.map(Number);
  if (year === undefined || month === undefined || day === undefined) return null;
  const at = new Date(year, month - 1, day, hour, minute, second);
  return at.getMonth() === month - 1 && at.getDate() === day && at.getTime() >= 0
    ? at.getTime()
    : null;
}

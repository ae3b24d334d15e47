/**
 * What `apt-get --simulate dist-upgrade` prints (in the C locale):
 *
 *   Inst openssl [3.0.14-1] (3.0.15-1 Debian-Security:12/stable-security [amd64])
 *   1 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.
 *
 * In brackets stands what is installed, in parentheses the new version and, for each archive that has it, its label and
 * suite.
 */
const INSTALLED = /^Inst \S+ (?:\[[^\]]*\] )?\(\S+ (.*)\)/;
const SECURITY = /(?:^|[ ,])(?:Debian-Security:\S*|[^\s,]*\/[^\s,]*-security)(?=[ ,]|$)/;
const SUMMARY = /^\d+ upgraded, \d+ newly installed, \d+ to remove and \d+ not upgraded\.$/;

/** Counts the updates that come from a security suite; null when apt did not come to its end. */
export function readSimulation(output: string): number | null {
  let pending = 0;
  let isWhole = false;
  for (const line of output.split('\n')) {
    const [, sources] = INSTALLED.exec(line) ?? [];
    if (sources !== undefined && SECURITY.test(sources)) pending += 1;
    if (SUMMARY.test(line)) isWhole = true;
  }
  return isWhole ? pending : null;
}

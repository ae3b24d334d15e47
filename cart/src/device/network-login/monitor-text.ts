/**
 * Reads what `dbus-monitor` prints of wpa_supplicant's signal `EAP`: a line that begins with `signal`, then its two strings, one a
 * line. A string of a peer's may hold anything but NUL; what is not of this form is left out.
 */
import type { LoginEvent } from '@chaperone/domain/network/login-failure.ts';

/** A sign-in says ten; tries go on for minutes. */
const EVENTS_MAX = 1000;

/** Lists the events in a whole text, the last ones when there are too many. */
export function readMonitor(text: string): readonly LoginEvent[] {
  const events: LoginEvent[] = [];
  let strings: string[] | null = null;
  for (const line of text.split('\n')) {
    if (/^\S/.test(line)) {
      strings = /^signal .*; interface=fi\.w1\.wpa_supplicant1\.Interface; member=EAP$/.test(line)
        ? []
        : null;
      continue;
    }
    const said = /^ {3}string "(.*)"$/.exec(line)?.[1];
    if (strings === null || said === undefined) continue;
    strings.push(said);
    const [status, parameter, ...more] = strings;
    if (status === undefined || parameter === undefined || more.length > 0) continue;
    events.push({ status, parameter });
  }
  return events.slice(-EVENTS_MAX);
}

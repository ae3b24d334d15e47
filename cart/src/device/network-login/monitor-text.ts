/**
 * Reads what `dbus-monitor` prints of two signals of wpa_supplicant: `EAP`, a line that begins with `signal` and then its two
 * strings, one a line; and `InterfaceAdded`, whose properties tell which interface of the kernel an object path stands for. A string
 * of a peer's may hold anything but NUL; what is not of this form is left out.
 */
import type { LoginEvent } from '@chaperone/domain/network/login-failure.ts';

/** A sign-in says ten; tries go on for minutes. */
const EVENTS_MAX = 1000;

export interface HeardEvent extends LoginEvent {
  /** The object that stands for the interface at the supplicant. */
  readonly path: string;
}

export interface Heard {
  /** The last ones when there are too many. */
  readonly events: readonly HeardEvent[];
  /** Names of interfaces of the kernel by the paths of those that were added. */
  readonly added: ReadonlyMap<string, string>;
}

/** Reads a whole text. */
export function readMonitor(text: string): Heard {
  const events: HeardEvent[] = [];
  const added = new Map<string, string>();
  let eap: { readonly path: string; readonly strings: string[] } | null = null;
  let adding: { path: string | null; isNameNext: boolean } | null = null;
  for (const line of text.split('\n')) {
    if (/^\S/.test(line)) {
      const path = EAP.exec(line)?.[1];
      eap = path === undefined ? null : { path, strings: [] };
      adding = ADDED.test(line) ? { path: null, isNameNext: false } : null;
    } else if (eap !== null) {
      const said = /^ {3}string "(.*)"$/.exec(line)?.[1];
      if (said === undefined) continue;
      eap.strings.push(said);
      const [status, parameter, ...more] = eap.strings;
      if (status === undefined || parameter === undefined || more.length > 0) continue;
      events.push({ path: eap.path, status, parameter });
    } else if (adding !== null) {
      adding.path ??= /^ {3}object path "(.*)"$/.exec(line)?.[1] ?? null;
      const value = /^\s+(?:variant\s+)?string "(.*)"$/.exec(line)?.[1];
      if (value === undefined) continue;
      if (adding.isNameNext && adding.path !== null) added.set(adding.path, value);
      adding.isNameNext = value === 'Ifname' && !adding.isNameNext;
    }
  }
  return { events: events.slice(-EVENTS_MAX), added };
}

const EAP = /^signal .* path=(\/[\w/]*); interface=fi\.w1\.wpa_supplicant1\.Interface; member=EAP$/;
const ADDED = /^signal .*; interface=fi\.w1\.wpa_supplicant1; member=InterfaceAdded$/;

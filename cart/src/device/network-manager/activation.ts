/**
 * Why `nmcli connection up` failed, out of what it printed in the C locale: it has an exit code for all of it, and no other way
 * of saying more (version 1.42; `nmc_device_reason_to_string` and `active_connection_state_reason` in its sources).
 */
import type { ActivationFinding } from './network-manager-error.ts';
import type { NmcliFailure } from './nmcli.ts';

/** In this order: the first that is found counts. */
const COMPLAINTS: readonly (readonly [RegExp, ActivationFinding])[] = [
  [/no carrier|carrier\/link changed/i, 'LINK_DOWN'],
  [/supplicant took too long|authentication timed? ?out/i, 'LOGIN_NO_ANSWER'],
  [/802\.1X|supplicant|secrets were required|no secrets|login/i, 'NETWORK_LOGIN_REFUSED'],
  [/Wi-Fi network could not be found|SSID/i, 'WIFI_NOT_ASSOCIATED'],
  [/IP address.*(?:duplicate|in use)/i, 'ADDRESS_IN_USE'],
  [/IP configuration|DHCP/i, 'NO_ADDRESS'],
];

/** NMDeviceState of NetworkManager's D-Bus API, where something can be waited for. */
const WAITING: readonly (readonly [state: number, finding: ActivationFinding])[] = [
  [50, 'LOGIN_NO_ANSWER'],
  [60, 'LOGIN_NO_ANSWER'],
  [70, 'NO_ADDRESS'],
];

/** nmcli(1): "Timeout expired". */
export const EXIT_TIMED_OUT = 3;

/** Says why a profile did not come up. */
export function findingOf({ complaint }: NmcliFailure): ActivationFinding {
  return COMPLAINTS.find(([pattern]) => pattern.test(complaint))?.[1] ?? 'NOT_ACTIVATED';
}

/** Says what a profile that had no more time was waiting for. @param state as `GENERAL.STATE` prints it: `70 (…)` */
export function waitedFor(state: string): ActivationFinding {
  const number = Number.parseInt(state, 10);
  return WAITING.find(([each]) => each === number)?.[1] ?? 'NOT_ACTIVATED';
}

/**
 * What an access point announces of its security, and whether a cart can use it.
 *
 * Whatever is announced is a claim of whoever holds the radio: it decides what is shown as usable, never whether a server is
 * believed.
 */
import type { WiFiSecurityRefusal } from './wifi-rule.ts';

/** Cipher suites and key managements of one information element (WPA or RSN). */
export interface AnnouncedSuites {
  readonly pairwise: ReadonlySet<Cipher>;
  readonly group: ReadonlySet<Cipher>;
  readonly keys: ReadonlySet<KeyManagement>;
}
export type Cipher = 'wep' | 'tkip' | 'ccmp' | 'other';
/** `psk` and `802.1x` are WPA2's; `sae` and `suite-b` are WPA3's; `owe` encrypts and believes anybody. */
export type KeyManagement = 'psk' | '802.1x' | 'sae' | 'owe' | 'suite-b' | 'other';

export interface AdvertisedSecurity {
  /** The privacy bit of the beacon: something encrypts. */
  readonly isPrivate: boolean;
  /** Null: there is no such element. */
  readonly wpa: AnnouncedSuites | null;
  readonly rsn: AnnouncedSuites | null;
}

export const SECURITY_KINDS = [
  'open',
  'wep',
  'wpa',
  'wpa2-personal',
  'wpa2-enterprise',
  'other',
] as const;

export interface JudgedSecurity {
  readonly security: (typeof SECURITY_KINDS)[number];
  /** Null: it can be used. */
  readonly refused: WiFiSecurityRefusal | null;
}

/** Says what an announced security is called, and why it is refused if it is. */
export function judgeAdvertised({ isPrivate, wpa, rsn }: AdvertisedSecurity): JudgedSecurity {
  if (rsn === null && wpa === null) {
    return isPrivate
      ? { security: 'wep', refused: 'WIFI_WEP' }
      : { security: 'open', refused: 'WIFI_OPEN' };
  }
  if (rsn === null) return { security: 'wpa', refused: 'WIFI_WPA_ONE' };
  const kind = kindOf(rsn.keys);
  if (kind === null) {
    const { keys } = rsn;
    const isWPA3 = keys.has('sae') || keys.has('suite-b');
    if (isWPA3) return { security: 'other', refused: 'WIFI_WPA3_ONLY' };
    return { security: 'other', refused: keys.has('owe') ? 'WIFI_OPEN' : 'WIFI_SECURITY_UNKNOWN' };
  }
  return { security: kind, refused: cipherRefusal(rsn) };
}

/** Both is rare; the stricter is named, and whoever types a profile may still take the other. */
function kindOf(keys: ReadonlySet<KeyManagement>): 'wpa2-enterprise' | 'wpa2-personal' | null {
  if (keys.has('802.1x')) return 'wpa2-enterprise';
  return keys.has('psk') ? 'wpa2-personal' : null;
}

/** The group's cipher counts, too: with TKIP there, all that is sent to all is under TKIP. */
function cipherRefusal({ pairwise, group }: AnnouncedSuites): WiFiSecurityRefusal | null {
  if (group.has('wep')) return 'WIFI_WEP';
  if (group.has('tkip')) return 'WIFI_TKIP';
  if (pairwise.has('ccmp')) return group.has('ccmp') ? null : 'WIFI_SECURITY_UNKNOWN';
  if (pairwise.has('tkip')) return 'WIFI_TKIP';
  return pairwise.has('wep') ? 'WIFI_WEP' : 'WIFI_SECURITY_UNKNOWN';
}

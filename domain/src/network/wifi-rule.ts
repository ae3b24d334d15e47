/**
 * Whether a Wi-Fi network may be used: WPA2 with AES (CCMP) only, as the white paper bounds it (decision 0019).
 *
 * The rule reads more than a `WiFiProfile` can say, since profiles are also brought as files and networks are found by a scan:
 * what they ask for is refused with its own reason and never made into something else.
 */
import { enterpriseRefusals } from './enterprise-rule.ts';
import type { ClaimedEnterprise } from './enterprise-rule.ts';
import type { RefusedSetting } from './refused-setting.ts';

/** The security of a network as somebody brought it. */
export interface ClaimedSecurity extends ClaimedEnterprise {
  readonly kind: string;
  /** What encrypts, `ccmp` or `aes`, `tkip`, `wep`; left out: AES. */
  readonly ciphers?: readonly string[] | undefined;
  readonly passphrase?: string | null | undefined;
}

/** A Wi-Fi profile as somebody brought it; every `WiFiProfile` is one. */
export interface ClaimedWiFi {
  readonly ssid: string;
  readonly security: ClaimedSecurity;
}

/** Why a network cannot be used, whoever asks: codes of a scan's lines, too. */
export const WIFI_SECURITY_REFUSALS = {
  WIFI_OPEN:
    'This network has no password: anybody nearby reads and changes what passes. Ask the hospital’s IT for a WPA2 network with AES.',
  WIFI_WEP:
    'WEP was broken in 2001 and is not used. Ask the hospital’s IT for a WPA2 network with AES.',
  WIFI_WPA_ONE:
    'The first WPA is not used; WPA2 with AES is. Ask the hospital’s IT to switch the network to WPA2 with AES.',
  WIFI_TKIP:
    'TKIP is not used, alone or beside AES. Ask the hospital’s IT to set the network to WPA2 with AES (CCMP) only.',
  WIFI_WPA3_ONLY:
    'This network takes WPA3 only, which this cart does not. Ask the hospital’s IT to allow WPA2 with AES beside it.',
  WIFI_SECURITY_UNKNOWN:
    'The security of this network is none that this cart knows. Ask the hospital’s IT for WPA2-Personal or WPA2-Enterprise with AES.',
} as const;
export type WiFiSecurityRefusal = keyof typeof WIFI_SECURITY_REFUSALS;

const MESSAGES = {
  WIFI_SSID_MISSING: 'The name of the Wi-Fi network is missing. Pick one, or type it.',
  WIFI_SSID_LONG: 'The name of a Wi-Fi network has at most 32 bytes. Type it as it is announced.',
  WIFI_SSID_INVISIBLE:
    'There are characters in this name that cannot be seen. It may imitate another network: ask the hospital’s IT.',
  WIFI_PASSPHRASE_MISSING: 'The passphrase of the network is missing. Type it.',
  WIFI_PASSPHRASE_SHORT:
    'A WPA2 passphrase has at least 8 characters. Ask the hospital’s IT for the right one.',
  WIFI_PASSPHRASE_LONG:
    'A WPA2 passphrase has at most 63 characters, or it is a key of 64 hexadecimal digits. Type it again.',
  WIFI_PASSPHRASE_CHARACTER:
    'A WPA2 passphrase has letters without accents, digits, spaces and signs only. Type it again.',
} as const;

/** IEEE 802.11-2020, 9.4.2.2. */
export const SSID_BYTES_MAX = 32;

/** Lists what keeps a Wi-Fi profile from being used; empty when nothing does. */
export function wifiRefusals({ ssid, security }: ClaimedWiFi): readonly RefusedSetting[] {
  const refusals: RefusedSetting[] = [];
  const name = ssidRefusal(ssid);
  if (name !== null) refusals.push({ field: 'ssid', code: name, message: MESSAGES[name] });
  const kind = securityRefusal(security);
  if (kind !== null) {
    const message = WIFI_SECURITY_REFUSALS[kind];
    return [...refusals, { field: 'security.kind', code: kind, message }];
  }
  if (security.kind.toLowerCase() === 'wpa2-enterprise') {
    return [...refusals, ...enterpriseRefusals(security, 'security')];
  }
  const passphrase = passphraseRefusal(security.passphrase ?? '');
  if (passphrase === null) return refusals;
  const message = MESSAGES[passphrase];
  return [...refusals, { field: 'security.passphrase', code: passphrase, message }];
}

/** Gives why a name is no network's; null when it can be. */
export function ssidRefusal(ssid: string): keyof typeof MESSAGES | null {
  if (ssid === '') return 'WIFI_SSID_MISSING';
  // Control and format characters: a right-to-left override makes one name look like another.
  if (!ssid.isWellFormed() || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(ssid))
    return 'WIFI_SSID_INVISIBLE';
  return new TextEncoder().encode(ssid).length > SSID_BYTES_MAX ? 'WIFI_SSID_LONG' : null;
}

function securityRefusal({ kind, ciphers }: ClaimedSecurity): WiFiSecurityRefusal | null {
  const refused = KINDS.get(kind.toLowerCase());
  if (refused === undefined) return 'WIFI_SECURITY_UNKNOWN';
  if (refused !== null) return refused;
  const named = (ciphers ?? ['ccmp']).map((cipher) => cipher.toLowerCase());
  if (named.includes('tkip')) return 'WIFI_TKIP';
  if (named.some((cipher) => cipher.startsWith('wep'))) return 'WIFI_WEP';
  const isAES = named.length > 0 && named.every((cipher) => cipher === 'ccmp' || cipher === 'aes');
  return isAES ? null : 'WIFI_SECURITY_UNKNOWN';
}

/** What a kind is refused for; null: it is not. A kind that is not here is unknown. */
const KINDS: ReadonlyMap<string, WiFiSecurityRefusal | null> = new Map([
  ['wpa2-personal', null],
  ['wpa2-enterprise', null],
  ['open', 'WIFI_OPEN'],
  ['none', 'WIFI_OPEN'],
  ['owe', 'WIFI_OPEN'],
  ['wep', 'WIFI_WEP'],
  ['wpa', 'WIFI_WPA_ONE'],
  ['wpa-personal', 'WIFI_WPA_ONE'],
  ['wpa-enterprise', 'WIFI_WPA_ONE'],
  ['wpa3-personal', 'WIFI_WPA3_ONLY'],
  ['wpa3-enterprise', 'WIFI_WPA3_ONLY'],
]);

/** IEEE 802.11-2020, J.4.1: 8 to 63 characters from 32 to 126, or the key itself. */
function passphraseRefusal(passphrase: string): keyof typeof MESSAGES | null {
  if (passphrase === '') return 'WIFI_PASSPHRASE_MISSING';
  if (!/^[\x20-\x7E]*$/.test(passphrase)) return 'WIFI_PASSPHRASE_CHARACTER';
  if (passphrase.length < 8) return 'WIFI_PASSPHRASE_SHORT';
  if (/^[0-9A-Fa-f]{64}$/.test(passphrase)) return null;
  return passphrase.length > 63 ? 'WIFI_PASSPHRASE_LONG' : null;
}

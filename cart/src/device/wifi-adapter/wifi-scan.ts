/**
 * Reads what `nmcli device wifi list` printed: which networks are in the air, by names that anybody there may have chosen.
 *
 * Names come as hexadecimal digits, since the text column loses bytes and lets a name look like another. Access points of one
 * name, band and security are one line, with the strongest of them. At 6 GHz the cart does nothing, so that nothing is listed.
 */
import { judgeAdvertised } from '@chaperone/domain/network/advertised-security.ts';
import type {
  AnnouncedSuites,
  Cipher,
  JudgedSecurity,
  KeyManagement,
} from '@chaperone/domain/network/advertised-security.ts';
import { ssidRefusal } from '@chaperone/domain/network/wifi-rule.ts';

/** Columns in the order in which they are read; none of them holds a colon. */
export const SCAN_FIELDS = 'SSID-HEX,MODE,FREQ,SIGNAL,SECURITY,WPA-FLAGS,RSN-FLAGS';
/** Columns for the strength of the network that an interface is in. */
export const JOINED_FIELDS = 'ACTIVE,SIGNAL';
/** More than anybody scrolls through; the strongest stay. */
export const SCAN_NETWORKS_MAX = 200;

export interface WiFiNetwork {
  /** As announced; characters that cannot be seen are replaced, and such a network is refused. */
  readonly ssid: string;
  /** 0 to 100. */
  readonly signalPercent: number;
  readonly band: '2.4 GHz' | '5 GHz';
  readonly channel: number;
  readonly security: JudgedSecurity['security'];
  /** Null: it can be used; otherwise why not, as a code of `domain/src/network`. */
  readonly refused: string | null;
}

/** Lists the networks of a scan, the strongest first; lines that are none are left out. */
export function readScan(text: string): readonly WiFiNetwork[] {
  const strongest = new Map<string, WiFiNetwork>();
  for (const line of text.split('\n')) {
    const found = readLine(line);
    if (found === null) continue;
    const { key, network } = found;
    const held = strongest.get(key);
    if (held === undefined || network.signalPercent > held.signalPercent)
      strongest.set(key, network);
  }
  return [...strongest.values()]
    .toSorted((one, other) => other.signalPercent - one.signalPercent)
    .slice(0, SCAN_NETWORKS_MAX);
}

/** Says how strong the access point is that an interface is in, 0 to 100; null when it is in none, or nobody says. */
export function readJoined(text: string): number | null {
  const signals = [...text.matchAll(/^yes:(\d{1,3})$/gm)].map(([, signal]) => Number(signal));
  const [signal, ...others] = signals;
  return signal === undefined || others.length > 0 || signal > 100 ? null : signal;
}

/** Null: no access point that a cart could be shown. */
function readLine(line: string): { readonly key: string; readonly network: WiFiNetwork } | null {
  const columns = line.split(':');
  const [hex = '', mode, frequency = '', signal = '', security = '', wpa = '', rsn = ''] = columns;
  // A hidden network has no name: whoever needs it types it.
  if (columns.length !== 7 || mode !== 'Infra' || !/^(?:[0-9A-F]{2}){1,32}$/.test(hex)) return null;
  const place = placeOf(Number(/^(\d{4}) MHz$/.exec(frequency)?.[1]));
  if (place === null || !/^\d{1,3}$/.test(signal) || Number(signal) > 100) return null;
  const judged = judgeAdvertised({
    isPrivate: security !== '',
    wpa: readSuites(wpa),
    rsn: readSuites(rsn),
  });
  const name = nameOf(Buffer.from(hex, 'hex'));
  const refused = name.refused ?? judged.refused;
  const network = {
    ssid: name.text,
    signalPercent: Number(signal),
    ...place,
    security: judged.security,
    refused,
  };
  return { key: [hex, place.band, judged.security, refused].join(' '), network };
}

/** IEEE 802.11-2020, Annex E: channels are 5 MHz apart, but for the 14th. */
function placeOf(frequency: number): Pick<WiFiNetwork, 'band' | 'channel'> | null {
  if (frequency === 2484) return { band: '2.4 GHz', channel: 14 };
  if (frequency >= 2412 && frequency <= 2472 && (frequency - 2407) % 5 === 0)
    return { band: '2.4 GHz', channel: (frequency - 2407) / 5 };
  if (frequency >= 5160 && frequency <= 5900 && frequency % 5 === 0)
    return { band: '5 GHz', channel: (frequency - 5000) / 5 };
  return null;
}

/** A name that is not UTF-8 cannot be typed, and one that hides characters may imitate another. */
function nameOf(bytes: Buffer): { readonly text: string; readonly refused: string | null } {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const isText = Buffer.from(text, 'utf8').equals(bytes);
  const refused = isText ? ssidRefusal(text) : 'WIFI_SSID_INVISIBLE';
  return { text: text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{FFFD}'), refused };
}

/** Words of `nm_access_point_get_wpa_flags` as nmcli 1.42 writes them; null: there is no such element. */
function readSuites(text: string): AnnouncedSuites | null {
  const words = text.split(' ').filter((word) => word !== '');
  if (words.length === 0 || words.includes('(none)')) return null;
  const ciphers = (prefix: string): ReadonlySet<Cipher> =>
    new Set(
      words
        .filter((word) => word.startsWith(prefix))
        .map((word) => CIPHERS.get(word.slice(prefix.length)) ?? 'other'),
    );
  const keys = words.filter((word) => !/^(?:pair|group)_/.test(word));
  return {
    pairwise: ciphers('pair_'),
    group: ciphers('group_'),
    keys: new Set(keys.map((word) => KEYS.get(word) ?? 'other')),
  };
}

const CIPHERS: ReadonlyMap<string, Cipher> = new Map([
  ['wpe40', 'wep'],
  ['wep40', 'wep'],
  ['wep104', 'wep'],
  ['wpe104', 'wep'],
  ['tkip', 'tkip'],
  ['ccmp', 'ccmp'],
]);
const KEYS: ReadonlyMap<string, KeyManagement> = new Map([
  ['psk', 'psk'],
  ['802.1X', '802.1x'],
  ['sae', 'sae'],
  ['owe', 'owe'],
  ['owe_transition_mode', 'owe'],
  ['wpa-eap-suite-b-192', 'suite-b'],
]);

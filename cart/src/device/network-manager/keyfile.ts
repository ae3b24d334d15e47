/**
 * A network profile as NetworkManager's keyfile (nm-settings-keyfile(5)), written and read back.
 *
 * This file says which interface, which addresses and which change; how the cart signs in stands in `keyfile-wireless.ts`, and
 * how text is escaped in `keyfile-section.ts`. Nothing of a profile can begin a line of its own.
 */
import { hasSignIn } from '@chaperone/domain/network/network-profile.ts';
import type {
  EnterpriseSettings,
  IPv4Settings,
  NetworkProfile,
} from '@chaperone/domain/network/network-profile.ts';
import { keyfileList, keyfileOf, keyfileText } from './keyfile-section.ts';
import type { KeyfileSection } from './keyfile-section.ts';
import { enterpriseSection, wifiSections } from './keyfile-wireless.ts';

export interface Keyfile {
  readonly interfaceName: string;
  readonly uuid: string;
  /** Which change wrote it: how a restart knows what was kept. */
  readonly changeId: string;
  /** Whether NetworkManager brings it up by itself, also at the start of the machine. */
  readonly isAutomatic: boolean;
  readonly profile: NetworkProfile;
}

/** Before every profile of somebody else: an automatic one that a Debian installer left has 0 or less. */
const PRIORITY = 50;
/** Milliseconds in which the address is looked for on the network before it is taken (RFC 5227). */
const ADDRESS_CHECK_MS = 1000;
const HEADER = '# Written by Chaperone, and replaced whole when the network is set up anew.\n\n';
const CHANGE_KEY = 'chaperone.change';

/**
 * The name under which NetworkManager shows a profile of the cart. One that is being tried says so, and for which change: its
 * name tells whether NetworkManager has read the file that was written last.
 * @param changeId null for the good one
 */
export function profileId(interfaceName: string, changeId: string | null): string {
  return `chaperone-${interfaceName}${changeId === null ? '' : ` trying ${changeId}`}`;
}

/** Writes a keyfile. The text holds the secrets of the profile. */
export function writeKeyfile(keyfile: Keyfile): string {
  const { interfaceName, uuid, changeId, isAutomatic, profile } = keyfile;
  const connection: KeyfileSection = {
    name: 'connection',
    values: {
      id: keyfileText(profileId(interfaceName, isAutomatic ? null : changeId)),
      uuid,
      type: profile.kind === 'wired' ? 'ethernet' : 'wifi',
      'interface-name': interfaceName,
      autoconnect: String(isAutomatic),
      'autoconnect-priority': String(PRIORITY),
      // 0: again and again, so that a cart comes back when the hospital's network does.
      'autoconnect-retries': '0',
      // NetworkManager gives a sign-in up after three times 25 s, for good: a cart that starts together with the hospital's RADIUS
      // server, after a power cut, would stay away until somebody comes. A profile that was good goes on.
      ...(isAutomatic && hasSignIn(profile) ? { 'auth-retries': '0' } : {}),
    },
  };
  const sections = [
    connection,
    ...accessSections(profile),
    ipv4Section(profile.ipv4),
    { name: 'ipv6', values: { method: 'disabled' } },
    { name: 'user', values: { [CHANGE_KEY]: keyfileText(changeId) } },
  ];
  return `${HEADER}${keyfileOf(sections)}`;
}

function accessSections(profile: NetworkProfile): readonly KeyfileSection[] {
  if (profile.kind === 'wifi') return wifiSections(profile);
  return profile.enterprise === null ? [] : [enterpriseSection(profile.enterprise)];
}

function ipv4Section(settings: IPv4Settings): KeyfileSection {
  const { nameServers } = settings;
  const dns = nameServers.length === 0 ? {} : { dns: keyfileList(...nameServers) };
  // Without an address there is no network: the profile has failed then, and does not count as up.
  const always = { 'may-fail': 'false', ...dns };
  if (settings.method === 'dhcp') {
    const instead = nameServers.length === 0 ? {} : { 'ignore-auto-dns': 'true' };
    return { name: 'ipv4', values: { method: 'auto', ...always, ...instead } };
  }
  const router = settings.router === null ? '' : `,${settings.router}`;
  const address1 = `${settings.address}/${settings.prefixLength}${router}`;
  const values = { method: 'manual', address1, 'dad-timeout': String(ADDRESS_CHECK_MS), ...always };
  return { name: 'ipv4', values };
}

export interface ReadKeyfile {
  readonly changeId: string | null;
  /** Its secrets left out: they are empty. Null when the file says what the cart never writes. */
  readonly profile: NetworkProfile | null;
}

/** Reads a keyfile that the cart wrote, also when NetworkManager or a person has written it anew meanwhile. */
export function readKeyfile(text: string): ReadKeyfile {
  const groups = parseGroups(text);
  const at = (group: string, key: string): string | null => groups.get(group)?.get(key) ?? null;
  return { changeId: at('user', CHANGE_KEY), profile: readProfile(at) };
}

type At = (group: string, key: string) => string | null;

function readProfile(at: At): NetworkProfile | null {
  const ipv4 = readIPv4(at);
  const login = readLogin(at);
  const type = at('connection', 'type');
  if (ipv4 === null) return null;
  if (type === 'ethernet') return { kind: 'wired', ipv4, enterprise: login };
  const ssid = readBytes(at('wifi', 'ssid') ?? '');
  const keys = at('wifi-security', 'key-mgmt');
  if (type !== 'wifi' || ssid === null) return null;
  const bands = { bg: '2.4 GHz', a: '5 GHz' } as const;
  const band = at('wifi', 'band');
  const wifi = {
    kind: 'wifi',
    ssid,
    isHidden: at('wifi', 'hidden') === 'true',
    band: band === 'bg' || band === 'a' ? bands[band] : 'any',
    ipv4,
  } as const;
  if (keys === 'wpa-psk') return { ...wifi, security: { kind: 'wpa2-personal', passphrase: '' } };
  if (keys !== 'wpa-eap' || login === null) return null;
  return { ...wifi, security: { kind: 'wpa2-enterprise', ...login } };
}

function readLogin(at: At): EnterpriseSettings | null {
  const identity = at('802-1x', 'identity');
  const serverName = at('802-1x', 'domain-suffix-match');
  if (identity === null || serverName === null) return null;
  return {
    eap: 'peap-mschapv2',
    identity,
    anonymousIdentity: at('802-1x', 'anonymous-identity'),
    password: '',
    caCertificates: readCertificates(at('802-1x', 'ca-cert') ?? ''),
    serverName,
  };
}

/** As NetworkManager writes it anew it is a file of its own: then nothing is shown. */
function readCertificates(value: string): string {
  const encoded = /^data:;base64,([A-Za-z0-9+/=]*)$/.exec(value)?.[1] ?? '';
  return Buffer.from(encoded, 'base64').toString('utf8');
}

function readIPv4(at: At): IPv4Settings | null {
  const nameServers = (at('ipv4', 'dns') ?? '').split(';').filter((each) => each !== '');
  const method = at('ipv4', 'method');
  if (method === 'auto') return { method: 'dhcp', nameServers };
  const address = at('ipv4', 'address1') ?? '';
  const [, quad, length, router = null] = /^([\d.]+)\/(\d+)(?:,([\d.]+))?$/.exec(address) ?? [];
  if (method !== 'manual' || quad === undefined) return null;
  const own = at('ipv4', 'gateway');
  return {
    method: 'static',
    address: quad,
    prefixLength: Number(length),
    router: router ?? own,
    nameServers,
  };
}

/** Reads `67;97;` as text; a name that NetworkManager wrote anew is text already. */
function readBytes(value: string): string | null {
  if (!/^(?:\d{1,3};)+$/.test(value)) return value === '' ? null : value;
  const bytes = Uint8Array.from(value.split(';').slice(0, -1), Number);
  return new TextDecoder().decode(bytes);
}

function parseGroups(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const groups = new Map<string, Map<string, string>>();
  let group = new Map<string, string>();
  for (const line of text.split('\n')) {
    const name = /^\[([^\]]+)\]\s*$/.exec(line)?.[1];
    if (name !== undefined) {
      group = groups.get(name) ?? new Map<string, string>();
      groups.set(name, group);
    }
    const [, key, value] = /^([A-Za-z0-9.-]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) group.set(key, unescapeValue(value));
  }
  return groups;
}

const ESCAPES: Readonly<Record<string, string>> = { s: ' ', n: '\n', r: '\r', t: '\t' };

function unescapeValue(value: string): string {
  return value.replaceAll(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter);
}

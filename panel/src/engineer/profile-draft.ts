/** What is typed of a network profile, as text, and the profile that it makes. Whether it can be used is judged by the agent. */
import type {
  EnterpriseSettings,
  IPv4Settings,
  NetworkProfile,
  WiFiBand,
} from '@chaperone/domain/network/network-profile.ts';

export interface IPv4Draft {
  readonly method: 'dhcp' | 'static';
  readonly address: string;
  /** A number of bits, or a mask such as 255.255.255.0. */
  readonly prefix: string;
  readonly router: string;
  readonly nameServers: readonly [string, string];
}

export interface EnterpriseDraft {
  readonly identity: string;
  readonly anonymousIdentity: string;
  readonly password: string;
  readonly caCertificates: string;
  readonly serverName: string;
}

export interface WiredDraft {
  readonly ipv4: IPv4Draft;
  readonly hasLogin: boolean;
  readonly enterprise: EnterpriseDraft;
}

export interface WiFiDraft {
  readonly ssid: string;
  readonly isHidden: boolean;
  readonly band: WiFiBand;
  readonly security: 'wpa2-personal' | 'wpa2-enterprise';
  readonly passphrase: string;
  readonly enterprise: EnterpriseDraft;
  readonly ipv4: IPv4Draft;
}

const IPV4: IPv4Draft = {
  method: 'dhcp',
  address: '',
  prefix: '24',
  router: '',
  nameServers: ['', ''],
};
const ENTERPRISE: EnterpriseDraft = {
  identity: '',
  anonymousIdentity: '',
  password: '',
  caCertificates: '',
  serverName: '',
};
export const NEW_WIRED: WiredDraft = { ipv4: IPV4, hasLogin: false, enterprise: ENTERPRISE };
export const NEW_WIFI: WiFiDraft = {
  ssid: '',
  isHidden: false,
  band: 'any',
  security: 'wpa2-personal',
  passphrase: '',
  enterprise: ENTERPRISE,
  ipv4: IPV4,
};

export function wiredProfile(draft: WiredDraft): NetworkProfile {
  const enterprise = draft.hasLogin ? enterpriseOf(draft.enterprise) : null;
  return { kind: 'wired', ipv4: ipv4Of(draft.ipv4), enterprise };
}

export function wifiProfile(draft: WiFiDraft): NetworkProfile {
  const { ssid, isHidden, band, passphrase } = draft;
  return {
    kind: 'wifi',
    ...{ ssid, isHidden, band },
    security:
      draft.security === 'wpa2-personal'
        ? { kind: draft.security, passphrase }
        : { kind: draft.security, ...enterpriseOf(draft.enterprise) },
    ipv4: ipv4Of(draft.ipv4),
  };
}

function ipv4Of(draft: IPv4Draft): IPv4Settings {
  const nameServers = draft.nameServers.map((each) => each.trim()).filter((each) => each !== '');
  if (draft.method === 'dhcp') return { method: 'dhcp', nameServers };
  const router = draft.router.trim();
  return {
    method: 'static',
    address: draft.address.trim(),
    prefixLength: prefixLengthOf(draft.prefix),
    router: router === '' ? null : router,
    nameServers,
  };
}

/** Reads `24`, `/24` or `255.255.255.0`; what is none of them becomes 0, which is refused beside its field. */
export function prefixLengthOf(text: string): number {
  const typed = text.trim().replace(/^\//, '');
  if (/^\d{1,2}$/.test(typed)) return Number(typed);
  const quads = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(typed)?.slice(1).map(Number);
  if (quads === undefined || quads.some((quad) => quad > 255)) return 0;
  const bits = quads.map((quad) => quad.toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(bits) ? bits.indexOf('0') % 33 : 0;
}

function enterpriseOf(draft: EnterpriseDraft): EnterpriseSettings {
  const { identity, password, caCertificates } = draft;
  const anonymous = draft.anonymousIdentity.trim();
  return {
    eap: 'peap-mschapv2',
    identity: identity.trim(),
    anonymousIdentity: anonymous === '' ? null : anonymous,
    ...{ password, caCertificates },
    serverName: draft.serverName.trim(),
  };
}

/**
 * How one network interface of a cart is to be set up: what a field engineer types, and what the last good profile was.
 *
 * A profile is data; whether it may be used at all is `network-rule.ts`, and how it is tried with a way back is
 * `network-change.ts`. The white paper (Network Connectivity) names the bounds: IPv4 by DHCP or fixed; WPA2-Personal and
 * WPA2-Enterprise with AES and PEAP/MSCHAPv2 only; 802.1X over wire has the settings of WPA2-Enterprise.
 */

export const INTERFACE_KINDS = ['wired', 'wifi'] as const;
export type InterfaceKind = (typeof INTERFACE_KINDS)[number];

export interface DHCPv4 {
  readonly method: 'dhcp';
  /** Fixed name servers in place of those that DHCP gives; empty: those of DHCP. */
  readonly nameServers: readonly string[];
}

export interface StaticIPv4 {
  readonly method: 'static';
  /** Dotted quad. */
  readonly address: string;
  /** 1 to 30. */
  readonly prefixLength: number;
  /** Dotted quad inside the subnet; null: nothing beyond the subnet is reached. */
  readonly router: string | null;
  readonly nameServers: readonly string[];
}

export type IPv4Settings = DHCPv4 | StaticIPv4;

/** PEAP version 0 with MSCHAPv2 inside, over 802.1X; the server is believed by CA and name, never without. */
export interface EnterpriseSettings {
  readonly eap: 'peap-mschapv2';
  readonly identity: string;
  /** What is sent outside the tunnel; null: the identity. */
  readonly anonymousIdentity: string | null;
  /** Secret. */
  readonly password: string;
  /** PEM, one or more certificates. */
  readonly caCertificates: string;
  /** The server's certificate must name this domain or one below it (`domain_suffix_match`). */
  readonly serverName: string;
}

export type WiFiSecurity =
  | {
      readonly kind: 'wpa2-personal';
      /** Secret: 8 to 63 characters, or 64 hexadecimal digits. */ readonly passphrase: string;
    }
  | ({ readonly kind: 'wpa2-enterprise' } & EnterpriseSettings);

export interface WiredProfile {
  readonly kind: 'wired';
  readonly ipv4: IPv4Settings;
  /** 802.1X over wire; null: none. */
  readonly enterprise: EnterpriseSettings | null;
}

export const WIFI_BANDS = ['any', '2.4 GHz', '5 GHz'] as const;
export type WiFiBand = (typeof WIFI_BANDS)[number];

export interface WiFiProfile {
  readonly kind: 'wifi';
  /** At most 32 bytes of UTF-8 (IEEE 802.11-2020, 9.4.2.2). */
  readonly ssid: string;
  readonly isHidden: boolean;
  readonly band: WiFiBand;
  readonly security: WiFiSecurity;
  readonly ipv4: IPv4Settings;
}

export type NetworkProfile = WiredProfile | WiFiProfile;

/** Tells whether a profile signs in to the network by 802.1X. */
export function hasSignIn(profile: NetworkProfile): boolean {
  if (profile.kind === 'wired') return profile.enterprise !== null;
  return profile.security.kind === 'wpa2-enterprise';
}

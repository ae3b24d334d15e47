/**
 * The sections of a keyfile that say how a cart signs in to a network: `[wifi]`, `[wifi-security]` and `[802-1x]`
 * (decision 0019).
 *
 * What is not said here NetworkManager decides by itself, and its defaults are lenient: any cipher, any server. So everything
 * that narrows is written out. The pinned CA certificate stands in the file itself, as PEM in a `data:` value: a profile is one
 * file, readable by root alone, and its way back needs no second one.
 */
import type {
  EnterpriseSettings,
  WiFiBand,
  WiFiProfile,
} from '@chaperone/domain/network/network-profile.ts';
import { pinnedAuthority } from './authorities.ts';
import { keyfileBytes, keyfileList, keyfileText } from './keyfile-section.ts';
import type { KeyfileSection } from './keyfile-section.ts';

/** `NMSettingWirelessSecurityPmf`: protected where the access point can (802.11w); requiring it would shut out WPA2 networks without. */
const PMF_OPTIONAL = '2';
/** `NMSetting8021xAuthFlags`: neither TLS 1.0 nor 1.1 (RFC 8996). */
const AUTH_FLAGS = String(0x1 + 0x2);
/** `NM_SETTING_WIRELESS_POWERSAVE_DISABLE`: a radio that sleeps makes a remote screen stutter. */
const POWERSAVE_OFF = '2';

const BANDS: Readonly<Record<WiFiBand, string | null>> = {
  any: null,
  '2.4 GHz': 'bg',
  '5 GHz': 'a',
};

/** Gives the sections of a Wi-Fi profile that was admitted, without those for addresses. */
export function wifiSections({
  ssid,
  isHidden,
  band,
  security,
}: WiFiProfile): readonly KeyfileSection[] {
  const bandName = BANDS[band];
  const wifi: KeyfileSection = {
    name: 'wifi',
    values: {
      mode: 'infrastructure',
      ssid: keyfileBytes(Buffer.from(ssid, 'utf8')),
      ...(bandName === null ? {} : { band: bandName }),
      ...(isHidden ? { hidden: 'true' } : {}),
      // The hospital may know the cart by its address.
      'cloned-mac-address': 'permanent',
      powersave: POWERSAVE_OFF,
    },
  };
  const isEnterprise = security.kind === 'wpa2-enterprise';
  const wifiSecurity: KeyfileSection = {
    name: 'wifi-security',
    values: {
      'key-mgmt': isEnterprise ? 'wpa-eap' : 'wpa-psk',
      proto: keyfileList('rsn'),
      pairwise: keyfileList('ccmp'),
      group: keyfileList('ccmp'),
      pmf: PMF_OPTIONAL,
      ...(isEnterprise ? {} : { psk: keyfileText(security.passphrase) }),
    },
  };
  return isEnterprise ? [wifi, wifiSecurity, enterpriseSection(security)] : [wifi, wifiSecurity];
}

/** Gives the section of 802.1X, over Wi-Fi or over wire. */
export function enterpriseSection(settings: EnterpriseSettings): KeyfileSection {
  const { identity, anonymousIdentity, password, caCertificates, serverName } = settings;
  // The last wall before a profile that believes every server: the rules have refused it long before.
  const pem = pinnedAuthority(caCertificates);
  if (serverName === '') throw new RangeError('There is no server to be sure of.');
  return {
    name: '802-1x',
    values: {
      eap: keyfileList('peap'),
      'phase1-peapver': '0',
      'phase1-auth-flags': AUTH_FLAGS,
      'phase2-auth': 'mschapv2',
      'ca-cert': `data:;base64,${Buffer.from(pem).toString('base64')}`,
      'system-ca-certs': 'false',
      'domain-suffix-match': keyfileText(serverName),
      identity: keyfileText(identity),
      ...(anonymousIdentity === null
        ? {}
        : { 'anonymous-identity': keyfileText(anonymousIdentity) }),
      password: keyfileText(password),
      'password-flags': '0',
    },
  };
}

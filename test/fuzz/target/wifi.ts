/** Targets of what is in the air and what adapters, sign-in servers and engineers say: scans, `iw`, profiles, PEM. */
import { PHY_TEXTS } from '@chaperone/cart/device/wifi-adapter/testing/phy-texts.ts';
import { readMonitor } from '@chaperone/cart/device/network-login/monitor-text.ts';
import { judgeAuthorities } from '@chaperone/cart/device/network-manager/authorities.ts';
import { readKeyfile, writeKeyfile } from '@chaperone/cart/device/network-manager/keyfile.ts';
import { readPhy } from '@chaperone/cart/device/wifi-adapter/iw-phy.ts';
import { readJoined, readScan } from '@chaperone/cart/device/wifi-adapter/wifi-scan.ts';
import { enterpriseRefusals, pemCertificates } from '@chaperone/domain/network/enterprise-rule.ts';
import { LOGIN_FAILURES, loginFailureOf } from '@chaperone/domain/network/login-failure.ts';
import { NOW_MS, pem as pemOf, workstationRoot } from '../fixture/authorities.ts';
import { refusedClaims } from '@chaperone/protocol/commissioning/claimed-profile.ts';
import { holds } from '../target.ts';
import type { Target } from '../target.ts';

/** Nothing of it was understood. */
class Nothing extends Error {
  override readonly name = 'Nothing';
}

class NoJSON extends Error {
  override readonly name = 'NoJSON';
}

const SCAN = [
  '4361727473:Infra:2462 MHz:84:WPA2 802.1X:(none):pair_ccmp group_ccmp 802.1X',
  '4F6C64:Infra:2437 MHz:47:WEP:(none):(none)',
  '4D69786564:Infra:5180 MHz:45:WPA1 WPA2:pair_tkip group_tkip psk:pair_tkip pair_ccmp group_tkip psk',
  'FFFE:Infra:2484 MHz:42:WPA2:(none):pair_ccmp group_ccmp psk',
  '',
].join('\n');

const scan: Target = {
  name: 'wifi-scan',
  entry: 'cart/src/device/wifi-adapter/wifi-scan.ts › readScan',
  refusals: [Nothing],
  limits: '200 networks; names of 1 to 32 characters without control or format characters',
  form: 'text',
  words: [':', 'Infra', '2412 MHz', '5180 MHz', 'pair_ccmp', 'group_tkip', 'psk', 'E280AE', '\n'],
  seeds: () => [Buffer.from(SCAN)],
  feed: (input) => {
    const joined = readJoined(input.toString('utf8'));
    holds(joined === null || (joined >= 0 && joined <= 100), 'no percentage');
    const networks = readScan(input.toString('utf8'));
    if (networks.length === 0) throw new Nothing('no network');
    holds(networks.length <= 200, 'too many');
    for (const { ssid, signalPercent, channel } of networks) {
      holds(ssid.length >= 1 && ssid.length <= 32, 'a name of another length');
      holds(!/[\p{Cc}\p{Cf}]/u.test(ssid), 'a name with what cannot be seen');
      holds(signalPercent >= 0 && signalPercent <= 100, 'a signal that is none');
      holds(Number.isInteger(channel) && channel >= 1 && channel <= 180, 'no channel');
    }
    return networks;
  },
};

const phy: Target = {
  name: 'wifi-phy',
  entry: 'cart/src/device/wifi-adapter/iw-phy.ts › readPhy',
  refusals: [Nothing],
  limits: '10,000 lines; MCS of 802.11n up to 31, of 802.11ac up to 9; 8 streams',
  form: 'text',
  words: ['\n\tBand 1:\n', 'VHT RX MCS set:', '8 streams: MCS 0-9', ' (disabled)', '0-31', '\n'],
  seeds: () => PHY_TEXTS.map((text) => Buffer.from(text)),
  feed: (input) => {
    const { band24, band5, hasCCMP } = readPhy(input.toString('utf8'));
    const bands = [band24, band5].filter((band) => band !== null);
    if (bands.length === 0) throw new Nothing('no band');
    for (const { channels, htMCSMax, vhtMCSMax, streams } of bands) {
      holds(channels.length > 0 && channels.every((each) => each < 1000), 'channels that are none');
      holds((htMCSMax ?? 0) <= 31 && (vhtMCSMax ?? 9) <= 9, 'more than there is');
      holds(streams >= 1 && streams <= 8, 'streams that are none');
    }
    return { band24, band5, hasCCMP };
  },
};

const PEM = '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\nAAAA\n-----END CERTIFICATE-----\n';
const pem: Target = {
  name: 'wifi-authorities-pem',
  entry: 'domain/src/network/enterprise-rule.ts › pemCertificates',
  refusals: [Nothing],
  limits: '16 certificates, 64 KiB, no private key',
  form: 'text',
  words: ['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----', '\r\n', 'PRIVATE KEY', PEM],
  seeds: () => [Buffer.from(PEM), Buffer.from(`subject=x\n${PEM}${PEM}`)],
  feed: (input) => {
    const text = input.toString('utf8');
    const refused = enterpriseRefusals({ caCertificates: text }, 'security').some(
      ({ field }) => field === 'security.caCertificates',
    );
    if (refused) throw new Nothing('refused');
    const certificates = pemCertificates(text);
    holds(certificates.length >= 1 && certificates.length <= 16, 'another number of certificates');
    holds(pemCertificates(certificates.join('')).length === certificates.length, 'not the same');
    return certificates;
  },
};

const EAP =
  'signal time=1795989689.1 sender=:1.2 -> destination=(null destination) serial=42 path=/fi/w1/wpa_supplicant1/Interfaces/0; interface=fi.w1.wpa_supplicant1.Interface; member=EAP';
const ADDED =
  'signal time=1795989688.1 sender=:1.2 -> destination=(null destination) serial=40 path=/fi/w1/wpa_supplicant1; interface=fi.w1.wpa_supplicant1; member=InterfaceAdded';
const said = (status: string, parameter: string): string =>
  `${EAP}\n   string "${status}"\n   string "${parameter}"\n`;
const monitor: Target = {
  name: 'wifi-login-monitor',
  entry: 'cart/src/device/network-login/monitor-text.ts › readMonitor',
  refusals: [Nothing],
  limits: '1,000 events',
  form: 'text',
  words: [
    EAP,
    ADDED,
    '   object path "',
    'Ifname',
    '\n   string "',
    '"\n',
    'member=NameLost',
    'started',
    'completion',
    'failure',
  ],
  seeds: () => [
    Buffer.from(
      said('started', '') +
        said('remote certificate verification', 'Domain suffix mismatch') +
        said('completion', 'failure'),
    ),
    Buffer.from(
      `${ADDED}\n   object path "/fi/w1/wpa_supplicant1/Interfaces/1"\n   array [\n      dict entry(\n         string "Ifname"\n         variant             string "wlan0"\n      )\n   ]\n`,
    ),
  ],
  feed: (input) => {
    const { events, added } = readMonitor(input.toString('utf8'));
    if (events.length === 0 && added.size === 0) throw new Nothing('no event');
    holds(events.length <= 1000, 'too many');
    const failure = loginFailureOf(events);
    holds(failure === null || Object.hasOwn(LOGIN_FAILURES, failure), 'a failure without words');
    return events;
  },
};

const authorities: Target = {
  name: 'wifi-authorities',
  entry: 'cart/src/device/network-manager/authorities.ts › judgeAuthorities',
  refusals: [Nothing],
  limits: 'one root in force, certificates of CAs only',
  form: 'text',
  words: ['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----', '\n'],
  seeds: () => [Buffer.from(pemOf(workstationRoot.certificate))],
  feed: (input) => {
    const refused = judgeAuthorities(input.toString('utf8'), NOW_MS);
    if (refused !== null) throw new Nothing(refused);
    return refused === null;
  },
};

const claimed: Target = {
  name: 'wifi-claimed-profile',
  entry: 'protocol/src/commissioning/claimed-profile.ts › refusedClaims',
  refusals: [NoJSON],
  limits: '64 KiB a text, 200 characters of a name, 16 ciphers; a sentence for each refusal',
  form: 'json',
  words: ['wpa2-enterprise', 'wpa2-personal', 'open', 'tkip', 'peap-mschapv2', 'tls', 'wired'],
  seeds: () =>
    [
      {
        kind: 'wifi',
        ssid: 'Carts',
        security: { kind: 'wpa2-personal', passphrase: 'twelve horses' },
      },
      { kind: 'wifi', ssid: 'Carts', security: { kind: 'wpa2-personal', ciphers: ['tkip'] } },
      {
        kind: 'wired',
        enterprise: { eap: 'peap-mschapv2', identity: 'cart01', caCertificates: PEM },
      },
    ].map((each) => Buffer.from(JSON.stringify(each))),
  feed: (input) => {
    let value: unknown;
    try {
      value = JSON.parse(input.toString('utf8'));
    } catch (cause) {
      throw new NoJSON('no JSON', { cause });
    }
    const refused = refusedClaims(value);
    holds(
      refused.every(({ message }) => message.endsWith('.')),
      'a refusal without a sentence',
    );
    return refused;
  },
};

const KEYFILE = {
  interfaceName: 'eth0',
  uuid: '8f9b1bd5-1111-4111-8111-0123456789ab',
  changeId: '00ff',
  isAutomatic: true,
} as const;
const ipv4 = {
  method: 'static',
  address: '192.0.2.7',
  prefixLength: 24,
  router: '192.0.2.1',
  nameServers: ['192.0.2.1'],
} as const;
const keyfile: Target = {
  name: 'wifi-keyfile',
  entry: 'cart/src/device/network-manager/keyfile.ts › readKeyfile',
  refusals: [Nothing],
  limits: 'secrets are never in what is read',
  form: 'text',
  words: ['[802-1x]', '[ipv4]', 'method=auto', 'ssid=49;50;', '\\\\s', '=', '\n'],
  seeds: () => {
    const security = { kind: 'wpa2-personal', passphrase: 'twelve horses' } as const;
    const wifi = { kind: 'wifi', ssid: 'Carts', isHidden: false, band: 'any' } as const;
    const profile = { ...wifi, security, ipv4 } as const;
    const wired = { kind: 'wired', ipv4, enterprise: null } as const;
    return [profile, wired].map((each) => Buffer.from(writeKeyfile({ ...KEYFILE, profile: each })));
  },
  feed: (input) => {
    const { profile } = readKeyfile(input.toString('utf8'));
    if (profile === null) throw new Nothing('no profile');
    if (profile.kind === 'wifi' && profile.security.kind === 'wpa2-personal')
      holds(profile.security.passphrase === '', 'a secret');
    if (profile.kind === 'wired') holds((profile.enterprise?.password ?? '') === '', 'a secret');
    return profile;
  },
};

export const WIFI_TARGETS: readonly Target[] = [
  scan,
  phy,
  pem,
  monitor,
  authorities,
  claimed,
  keyfile,
];

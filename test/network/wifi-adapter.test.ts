// Goal: the networks in the air are told with signal, band and what speaks against them, and an adapter with what it can; names
// that strangers chose do no harm. Method: the cart's own door asks the real `nmcli`, which asks python3-dbusmock's NetworkManager
// (no radio exists where this runs); `iw` is replaced by a script that prints what adapters print.
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { WiFiAdapters } from '@chaperone/cart/device/wifi-adapter/wifi-adapter.ts';
import {
  ONE_BAND,
  TWO_BANDS_ONE_STREAM,
} from '@chaperone/cart/device/wifi-adapter/testing/phy-texts.ts';
import { abilitiesLine, adapterRefusals } from '@chaperone/domain/network/wifi-abilities.ts';
import { ANNOUNCED, CAPABILITIES, startMockRadio } from './lab/mock-radio.ts';
import type { MockAccessPoint } from './lab/mock-radio.ts';

const { pairCCMP, groupCCMP, pairTKIP, groupTKIP, groupWEP40, psk, enterprise, sae } = ANNOUNCED;
const AES = pairCCMP + groupCCMP;
const ALL =
  CAPABILITIES.wep +
  CAPABILITIES.tkip +
  CAPABILITIES.ccmp +
  CAPABILITIES.wpa +
  CAPABILITIES.rsn +
  CAPABILITIES.bandsTold +
  CAPABILITIES.band24 +
  CAPABILITIES.band5;

const IN_THE_AIR: readonly MockAccessPoint[] = [
  { ssid: 'Carts', frequency: 2412, signal: 61, rsn: AES + enterprise },
  { ssid: 'Carts', frequency: 2462, signal: 84, rsn: AES + enterprise },
  { ssid: 'Carts', frequency: 5180, signal: 77, rsn: AES + enterprise },
  { ssid: 'Carts', frequency: 2437, signal: 99 },
  { ssid: 'Ward: 3\\b', frequency: 2437, signal: 50, rsn: AES + psk },
  { ssid: 'Both', frequency: 5745, signal: 49, rsn: AES + psk + sae },
  { ssid: 'WPA3', frequency: 5745, signal: 48, rsn: AES + sae },
  { ssid: 'Old', frequency: 2437, signal: 47, isPrivate: true },
  { ssid: 'One', frequency: 2437, signal: 46, wpa: pairTKIP + groupTKIP + psk },
  {
    ssid: 'Mixed',
    frequency: 2437,
    signal: 45,
    wpa: pairTKIP + groupTKIP + psk,
    rsn: pairCCMP + pairTKIP + groupTKIP + psk,
  },
  { ssid: 'Group', frequency: 2437, signal: 44, rsn: pairCCMP + groupWEP40 + psk },
  { ssid: 'Hospital\u202E\n', frequency: 2437, signal: 43, rsn: AES + psk },
  { ssid: new Uint8Array([0xff, 0xfe]), frequency: 2437, signal: 42, rsn: AES + psk },
  { ssid: '', frequency: 2437, signal: 41, rsn: AES + psk },
  { ssid: 'Phone', frequency: 2437, signal: 40, rsn: AES + psk, mode: 'ad-hoc' },
  { ssid: 'Six', frequency: 5955, signal: 39, rsn: AES + sae },
  { ssid: '病院 🏥', frequency: 2484, signal: 0, rsn: AES + psk },
];

test('what is in the air is listed once each, the strongest first, with what speaks against it', async (t) => {
  const radio = await startMockRadio('wlan0', ALL, IN_THE_AIR);
  t.after(() => radio.close());
  const adapters = new WiFiAdapters({ busAddress: radio.busAddress });
  const networks = await adapters.scan('wlan0');
  assert.deepEqual(
    networks.map(({ ssid, signalPercent, band, channel, security, refused }) =>
      [ssid, signalPercent, band, channel, security, refused].join(' | '),
    ),
    [
      'Carts | 99 | 2.4 GHz | 6 | open | WIFI_OPEN',
      'Carts | 84 | 2.4 GHz | 11 | wpa2-enterprise | ',
      'Carts | 77 | 5 GHz | 36 | wpa2-enterprise | ',
      'Ward: 3\\b | 50 | 2.4 GHz | 6 | wpa2-personal | ',
      'Both | 49 | 5 GHz | 149 | wpa2-personal | ',
      'WPA3 | 48 | 5 GHz | 149 | other | WIFI_WPA3_ONLY',
      'Old | 47 | 2.4 GHz | 6 | wep | WIFI_WEP',
      'One | 46 | 2.4 GHz | 6 | wpa | WIFI_WPA_ONE',
      'Mixed | 45 | 2.4 GHz | 6 | wpa2-personal | WIFI_TKIP',
      'Group | 44 | 2.4 GHz | 6 | wpa2-personal | WIFI_WEP',
      'Hospital\uFFFD\uFFFD | 43 | 2.4 GHz | 6 | wpa2-personal | WIFI_SSID_INVISIBLE',
      '\uFFFD\uFFFD | 42 | 2.4 GHz | 6 | wpa2-personal | WIFI_SSID_INVISIBLE',
      '病院 🏥 | 0 | 2.4 GHz | 14 | wpa2-personal | ',
    ],
  );
});

test('an adapter is told by its driver; without that, by what NetworkManager knows', async (t) => {
  const radio = await startMockRadio('wlan0', ALL, []);
  t.after(() => radio.close());
  const { busAddress } = radio;
  const both = await iwPrinting(t, TWO_BANDS_ONE_STREAM);
  const told = await new WiFiAdapters({ busAddress, iw: both }).abilities('wlan0');
  assert.equal(
    abilitiesLine(told),
    '802.11 b/g/n at 2.4 GHz (CCK/OFDM, 802.11n MCS 0–7, 13 channels); ' +
      '802.11 a/n/ac at 5 GHz (OFDM, 802.11n MCS 0–7, 802.11ac MCS 0–9, 24 channels); ' +
      'WPA2-Personal and WPA2-Enterprise (PEAP/MSCHAPv2) with AES',
  );
  const one = await new WiFiAdapters({ busAddress, iw: await iwPrinting(t, ONE_BAND) }).abilities(
    'wlan0',
  );
  assert.deepEqual(
    adapterRefusals({ band: '5 GHz' }, one).map(({ code }) => code),
    ['WIFI_BAND_LACKING'],
  );
  const untold = await new WiFiAdapters({ busAddress, iw: '/nonexistent/iw' }).abilities('wlan0');
  assert.equal(
    abilitiesLine(untold),
    '802.11 at 2.4 GHz (modes not told); 802.11 at 5 GHz (modes not told); ' +
      'WPA2-Personal and WPA2-Enterprise (PEAP/MSCHAPv2) with AES',
  );
});

test('the network that an adapter is in is told with its strength, not the strongest of its name; in none it is told without', async (t) => {
  const joined = IN_THE_AIR.map((each, index) => ({ ...each, isJoined: index === 2 }));
  for (const [points, expected] of [
    [joined, 77],
    [IN_THE_AIR, null],
    [[], null],
  ] as const) {
    const radio = await startMockRadio('wlan0', ALL, points);
    t.after(() => radio.close());
    const adapters = new WiFiAdapters({ busAddress: radio.busAddress });
    assert.equal(await adapters.joinedPercent('wlan0'), expected);
    await assert.rejects(adapters.joinedPercent('wlan7'), { code: 'WIFI_ADAPTER_AWAY' });
    await assert.rejects(adapters.joinedPercent('--help'), { code: 'WIFI_ADAPTER_AWAY' });
  }
});

test('an adapter that cannot do AES is told so', async (t) => {
  const old = CAPABILITIES.wep + CAPABILITIES.tkip + CAPABILITIES.wpa;
  const radio = await startMockRadio('wlan0', old, []);
  t.after(() => radio.close());
  const adapters = new WiFiAdapters({ busAddress: radio.busAddress, iw: '/nonexistent/iw' });
  const abilities = await adapters.abilities('wlan0');
  assert.match(abilitiesLine(abilities), /no WPA2: cannot be used$/);
  assert.deepEqual(
    adapterRefusals({ band: 'any' }, abilities).map(({ code }) => code),
    ['WIFI_ADAPTER_LACKS_AES'],
  );
});

test('an interface that is not there, a bus that is not there and a scan that is given up', async (t) => {
  const radio = await startMockRadio('wlan0', ALL, []);
  t.after(() => radio.close());
  const adapters = new WiFiAdapters({ busAddress: radio.busAddress });
  for (const name of ['wlan7', '--help', '', 'x'.repeat(16), 'a b']) {
    await assert.rejects(adapters.scan(name), { code: 'WIFI_ADAPTER_AWAY' });
    await assert.rejects(adapters.abilities(name), { code: 'WIFI_ADAPTER_AWAY' });
  }
  const away = new WiFiAdapters({ busAddress: 'unix:path=/nonexistent' });
  await assert.rejects(away.scan('wlan0'), { code: 'WIFI_SCAN_FAILED' });
  const reason = new Error('given up');
  await assert.rejects(adapters.scan('wlan0', AbortSignal.abort(reason)), reason);
});

/** A script that answers as `iw dev NAME info` and `iw phy#0 info` do. */
async function iwPrinting(t: TestContext, phy: string): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-iw-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  await writeFile(path.join(directory, 'phy'), phy);
  const script = `#!/bin/sh
case "$1 $2" in
'dev wlan0') printf 'Interface wlan0\\n\\tifindex 3\\n\\ttype managed\\n\\twiphy 0\\n' ;;
'phy phy#0') cat '${path.join(directory, 'phy')}' ;;
*) exit 237 ;;
esac
`;
  const file = path.join(directory, 'iw');
  await writeFile(file, script);
  await chmod(file, 0o700);
  return file;
}

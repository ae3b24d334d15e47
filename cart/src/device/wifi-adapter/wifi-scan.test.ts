/**
 * Goal: of a scan each network is shown once, the strongest first, with its band and what speaks against it, whatever names
 * people give their access points. Method: lines as nmcli 1.42 prints them, and properties over chance names and lines.
 * NetworkManager itself is asked in `test/network/wifi-adapter.test.ts`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SCAN_NETWORKS_MAX, readJoined, readScan } from './wifi-scan.ts';

const AES = 'pair_ccmp group_ccmp psk';
function line({
  name = Buffer.from('Carts'),
  frequency = 2437,
  signal = 60,
  security = 'WPA2',
  wpa = '(none)',
  rsn = AES,
}: {
  readonly name?: Uint8Array;
  readonly frequency?: number;
  readonly signal?: number;
  readonly security?: string;
  readonly wpa?: string;
  readonly rsn?: string;
}): string {
  const hex = Buffer.from(name).toString('hex').toUpperCase();
  return `${hex}:Infra:${frequency} MHz:${signal}:${security}:${wpa}:${rsn}\n`;
}

test('access points of one name, band and security are one line, the strongest', () => {
  const text = [
    line({ signal: 40, frequency: 2412 }),
    line({ signal: 70, frequency: 2462 }),
    line({ signal: 55, frequency: 5180 }),
    line({ signal: 90, security: '', rsn: '(none)' }),
  ].join('');
  assert.deepEqual(readScan(text), [
    {
      ssid: 'Carts',
      signalPercent: 90,
      band: '2.4 GHz',
      channel: 6,
      security: 'open',
      refused: 'WIFI_OPEN',
    },
    {
      ssid: 'Carts',
      signalPercent: 70,
      band: '2.4 GHz',
      channel: 11,
      security: 'wpa2-personal',
      refused: null,
    },
    {
      ssid: 'Carts',
      signalPercent: 55,
      band: '5 GHz',
      channel: 36,
      security: 'wpa2-personal',
      refused: null,
    },
  ]);
});

test('security is read from what is announced', () => {
  const judged = (rest: Parameters<typeof line>[0]): readonly unknown[] =>
    readScan(line(rest)).map(({ security, refused }) => `${security} ${refused}`);
  assert.deepEqual(judged({ rsn: 'pair_ccmp group_ccmp 802.1X' }), ['wpa2-enterprise null']);
  assert.deepEqual(judged({ rsn: 'pair_ccmp group_ccmp psk sae' }), ['wpa2-personal null']);
  assert.deepEqual(judged({ rsn: 'pair_ccmp group_ccmp sae' }), ['other WIFI_WPA3_ONLY']);
  assert.deepEqual(judged({ rsn: 'pair_tkip pair_ccmp group_tkip psk' }), [
    'wpa2-personal WIFI_TKIP',
  ]);
  assert.deepEqual(judged({ rsn: '(none)', wpa: 'pair_tkip group_tkip psk' }), [
    'wpa WIFI_WPA_ONE',
  ]);
  assert.deepEqual(judged({ rsn: '(none)', security: 'WEP' }), ['wep WIFI_WEP']);
  assert.deepEqual(judged({ rsn: 'pair_ccmp group_wpe40 psk' }), ['wpa2-personal WIFI_WEP']);
  assert.deepEqual(judged({ rsn: 'pair_new group_new psk' }), [
    'wpa2-personal WIFI_SECURITY_UNKNOWN',
  ]);
});

test('names that hide or are no text are shown without what hides, and refused', () => {
  const named = (name: string | Uint8Array): readonly unknown[] =>
    readScan(line({ name: Buffer.from(name) })).map(({ ssid, refused }) => [ssid, refused]);
  assert.deepEqual(named('Hospital\u202E'), [['Hospital\uFFFD', 'WIFI_SSID_INVISIBLE']]);
  assert.deepEqual(named('a\nb'), [['a\uFFFDb', 'WIFI_SSID_INVISIBLE']]);
  assert.deepEqual(named(Buffer.from([0xff, 0x41])), [['\uFFFDA', 'WIFI_SSID_INVISIBLE']]);
  assert.deepEqual(named('a:b\\c<script>'), [['a:b\\c<script>', null]]);
  assert.deepEqual(named(''), []);
  assert.deepEqual(named(Buffer.alloc(32, 'x')), [['x'.repeat(32), null]]);
  assert.deepEqual(named(Buffer.alloc(33, 'x')), []);
});

test('other modes, other bands and other forms are no network', () => {
  assert.deepEqual(readScan(line({}).replace('Infra', 'Ad-Hoc')), []);
  assert.deepEqual(readScan(line({ frequency: 5955 })), []);
  assert.deepEqual(readScan(line({ frequency: 2413 })), []);
  assert.deepEqual(readScan(line({ signal: 101 })), []);
  assert.deepEqual(readScan('Error: no device\n'), []);
});

test('no more are listed than anybody reads, and the strongest stay', () => {
  const many = Array.from({ length: 1000 }, (_, index) =>
    line({ name: Buffer.from(`net ${index}`), signal: index % 101 }),
  );
  const read = readScan(many.join(''));
  assert.equal(read.length, SCAN_NETWORKS_MAX);
  assert.ok(read.every(({ signalPercent }) => signalPercent >= 80));
});

test('any name comes back as it is, or is refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 32 }), (name) => {
      const [network, ...more] = readScan(line({ name }));
      assert.deepEqual(more, []);
      assert.ok(network !== undefined);
      if (network.refused === null) assert.deepEqual(Buffer.from(network.ssid), Buffer.from(name));
      assert.doesNotMatch(network.ssid, /[\p{Cc}\p{Cf}]/u);
    }),
  );
});

test('whatever is printed, what is listed is within its bounds', () => {
  const column = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '4142',
      'Infra',
      '5180 MHz',
      '2484 MHz',
      '70',
      AES,
      '(none)',
      'WPA2',
      '::',
      '\n',
    ),
  );
  const text = fc
    .array(fc.array(column, { minLength: 6, maxLength: 8 }))
    .map((lines) => lines.map((columns) => columns.join(':')).join('\n'));
  fc.assert(
    fc.property(text, (printed) => {
      for (const network of readScan(printed)) {
        assert.ok(network.signalPercent >= 0 && network.signalPercent <= 100);
        assert.ok(
          Number.isInteger(network.channel) && network.channel > 0 && network.channel < 200,
        );
        assert.ok(network.ssid.length > 0 && network.ssid.length <= 32);
      }
    }),
    { numRuns: 500 },
  );
});

test('the joined network is one line that says yes; anything else tells nothing', () => {
  assert.equal(readJoined('no:40\nyes:77\nno:99\n'), 77);
  for (const printed of [
    '',
    'no:40\n',
    'yes:101\n',
    'yes:\n',
    'yes:7 7\n',
    'yes:1\nyes:2\n',
    'eyes:7\n',
  ])
    assert.equal(readJoined(printed), null, printed);
});

/**
 * Goal: of what access points announce, WPA2 with AES is usable and nothing else; each other one has its reason, and adapters
 * are described by what they can. Method: the usual networks of a hospital by example, and a property over all announcements.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { judgeAdvertised } from './advertised-security.ts';
import type { AnnouncedSuites, Cipher, KeyManagement } from './advertised-security.ts';
import { abilitiesLine, adapterRefusals } from './wifi-abilities.ts';
import type { BandAbilities, WiFiAbilities } from './wifi-abilities.ts';

function suites(
  pairwise: readonly Cipher[],
  group: readonly Cipher[],
  keys: readonly KeyManagement[],
): AnnouncedSuites {
  return { pairwise: new Set(pairwise), group: new Set(group), keys: new Set(keys) };
}

const judge = (wpa: AnnouncedSuites | null, rsn: AnnouncedSuites | null, isPrivate = true) => {
  const { security, refused } = judgeAdvertised({ isPrivate, wpa, rsn });
  return [security, refused];
};

test('the networks that a hospital may have', () => {
  const aes = suites(['ccmp'], ['ccmp'], ['psk']);
  assert.deepEqual(judge(null, aes), ['wpa2-personal', null]);
  assert.deepEqual(judge(null, suites(['ccmp'], ['ccmp'], ['802.1x'])), ['wpa2-enterprise', null]);
  assert.deepEqual(judge(null, suites(['ccmp'], ['ccmp'], ['psk', 'sae'])), [
    'wpa2-personal',
    null,
  ]);
  assert.deepEqual(judge(null, null, false), ['open', 'WIFI_OPEN']);
  assert.deepEqual(judge(null, null), ['wep', 'WIFI_WEP']);
  const tkip = suites(['tkip'], ['tkip'], ['psk']);
  assert.deepEqual(judge(tkip, null), ['wpa', 'WIFI_WPA_ONE']);
  assert.deepEqual(judge(null, tkip), ['wpa2-personal', 'WIFI_TKIP']);
  assert.deepEqual(judge(tkip, suites(['tkip', 'ccmp'], ['tkip'], ['psk'])), [
    'wpa2-personal',
    'WIFI_TKIP',
  ]);
  assert.deepEqual(judge(null, suites(['ccmp'], ['wep'], ['psk'])), ['wpa2-personal', 'WIFI_WEP']);
  assert.deepEqual(judge(null, suites(['ccmp'], ['ccmp'], ['sae'])), ['other', 'WIFI_WPA3_ONLY']);
  assert.deepEqual(judge(null, suites(['other'], ['other'], ['suite-b'])), [
    'other',
    'WIFI_WPA3_ONLY',
  ]);
  assert.deepEqual(judge(null, suites(['ccmp'], ['ccmp'], ['owe'])), ['other', 'WIFI_OPEN']);
  assert.deepEqual(judge(null, suites(['ccmp'], ['ccmp'], [])), ['other', 'WIFI_SECURITY_UNKNOWN']);
  assert.deepEqual(judge(null, suites(['other'], ['ccmp'], ['psk'])), [
    'wpa2-personal',
    'WIFI_SECURITY_UNKNOWN',
  ]);
});

test('whatever is announced, usable is only what has AES for each and for all', () => {
  const cipher = fc.uniqueArray(fc.constantFrom<Cipher>('wep', 'tkip', 'ccmp', 'other'));
  const keys = fc.uniqueArray(
    fc.constantFrom<KeyManagement>('psk', '802.1x', 'sae', 'owe', 'suite-b', 'other'),
  );
  const element = fc.option(
    fc.record({ pairwise: cipher, group: cipher, keys }).map((each) => {
      return suites(each.pairwise, each.group, each.keys);
    }),
  );
  fc.assert(
    fc.property(fc.boolean(), element, element, (isPrivate, wpa, rsn) => {
      const { security, refused } = judgeAdvertised({ isPrivate, wpa, rsn });
      if (refused !== null) return;
      assert.ok(rsn !== null && rsn.pairwise.has('ccmp') && rsn.group.has('ccmp'));
      assert.ok(!rsn.group.has('tkip') && !rsn.group.has('wep'));
      assert.ok(rsn.keys.has(security === 'wpa2-enterprise' ? '802.1x' : 'psk'));
    }),
    { numRuns: 1000 },
  );
});

const LEGACY: BandAbilities = {
  hasCCK: true,
  hasOFDM: true,
  htMCSMax: 7,
  vhtMCSMax: null,
  streams: 1,
  channels: [1, 6, 11],
};
const BOTH: WiFiAbilities = {
  band24: LEGACY,
  band5: { ...LEGACY, hasCCK: false, vhtMCSMax: 9, channels: [36, 40] },
  hasWPA2: true,
  hasCCMP: true,
};

test('an adapter is told in one line', () => {
  assert.equal(
    abilitiesLine(BOTH),
    '802.11 b/g/n at 2.4 GHz (CCK/OFDM, 802.11n MCS 0–7, 3 channels); ' +
      '802.11 a/n/ac at 5 GHz (OFDM, 802.11n MCS 0–7, 802.11ac MCS 0–9, 2 channels); ' +
      'WPA2-Personal and WPA2-Enterprise (PEAP/MSCHAPv2) with AES',
  );
  assert.equal(
    abilitiesLine({ ...BOTH, band24: null, band5: null, hasCCMP: false }),
    'no band that it could use here; no AES (CCMP): cannot be used',
  );
});

test('a profile that the adapter cannot serve is refused', () => {
  const codes = (band: 'any' | '2.4 GHz' | '5 GHz', abilities: WiFiAbilities) =>
    adapterRefusals({ band }, abilities).map(({ code }) => code);
  assert.deepEqual(codes('5 GHz', BOTH), []);
  assert.deepEqual(codes('5 GHz', { ...BOTH, band5: null }), ['WIFI_BAND_LACKING']);
  assert.deepEqual(codes('2.4 GHz', { ...BOTH, band24: null }), ['WIFI_BAND_LACKING']);
  assert.deepEqual(codes('any', { ...BOTH, band5: null }), []);
  assert.deepEqual(codes('any', { ...BOTH, hasWPA2: false }), ['WIFI_ADAPTER_LACKS_AES']);
});

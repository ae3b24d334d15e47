/**
 * Goal: whoever brings a profile that a cart does not take reads why, and not only that a member has another form. Method:
 * files as people write them; chance JSON has an answer, too; what the strict schema and the rule take is not refused here.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { networkProfile } from '../panel-api/engineer.ts';
import { refusedClaims } from './claimed-profile.ts';

const CA = '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n-----END CERTIFICATE-----\n';
const ENTERPRISE = {
  eap: 'peap-mschapv2',
  identity: 'cart01',
  anonymousIdentity: null,
  password: 'Cart-Secret-1',
  caCertificates: CA,
  serverName: 'radius.hospital.example',
};
const WIFI = {
  kind: 'wifi',
  ssid: 'Carts',
  isHidden: false,
  band: 'any',
  ipv4: { method: 'dhcp', nameServers: [] },
};
const codes = (value: unknown): readonly string[] =>
  refusedClaims(value).map(({ field, code }) => `${field} ${code}`);

test('what people ask for is refused by what it is', () => {
  const asked = {
    'security.kind WIFI_OPEN': { kind: 'open' },
    'security.kind WIFI_WEP': { kind: 'wep', passphrase: 'abcde' },
    'security.kind WIFI_WPA_ONE': { kind: 'wpa-personal', passphrase: 'twelve horses' },
    'security.kind WIFI_TKIP': {
      kind: 'wpa2-personal',
      passphrase: 'twelve horses',
      ciphers: ['tkip'],
    },
    'security.passphrase WIFI_PASSPHRASE_SHORT': { kind: 'wpa2-personal', passphrase: 'short' },
    'security.eap EAP_METHOD_REFUSED': { kind: 'wpa2-enterprise', ...ENTERPRISE, eap: 'tls' },
    'security.caCertificates EAP_CA_MISSING': {
      kind: 'wpa2-enterprise',
      ...ENTERPRISE,
      caCertificates: null,
    },
  };
  for (const [expected, security] of Object.entries(asked))
    assert.deepEqual(codes({ ...WIFI, security }), [expected]);
  const { serverName: _, ...nameless } = ENTERPRISE;
  assert.deepEqual(codes({ kind: 'wired', ipv4: WIFI.ipv4, enterprise: nameless }), [
    'enterprise.serverName EAP_SERVER_NAME_MISSING',
  ]);
});

test('what a cart takes passes both', () => {
  for (const security of [
    { kind: 'wpa2-personal', passphrase: 'twelve horses' },
    { kind: 'wpa2-enterprise', ...ENTERPRISE },
  ]) {
    const profile = { ...WIFI, security };
    assert.deepEqual(codes(profile), []);
    assert.ok(networkProfile.safeParse(profile).success);
  }
  assert.deepEqual(codes({ kind: 'wired', ipv4: WIFI.ipv4, enterprise: null }), []);
});

test('whatever a file holds, there is an answer', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const claim of [value, { ...WIFI, security: value }])
        assert.ok(Array.isArray(refusedClaims(claim)));
    }),
  );
});

/**
 * Goal: NetworkManager reads in our keyfiles exactly what was meant, and nothing that is lenient is left to its defaults.
 * Method: its own reader, `nmcli --offline`, reads each file and says what it found, for chance names, passphrases and accounts;
 * a passphrase that it takes although no access point can is refused by our rule.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import type { EnterpriseSettings, WiFiProfile } from '@chaperone/domain/network/network-profile.ts';
import { wifiRefusals } from '@chaperone/domain/network/wifi-rule.ts';
import fc from 'fast-check';
import { keyfileOf } from './keyfile-section.ts';
import { enterpriseSection, wifiSections } from './keyfile-wireless.ts';

/** A start of nmcli takes 10 ms. */
const RUNS = 40;
const PEM = '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n-----END CERTIFICATE-----\n';

const ENTERPRISE: EnterpriseSettings = {
  eap: 'peap-mschapv2',
  identity: 'cart01',
  anonymousIdentity: null,
  password: 'Cart-Secret-1',
  caCertificates: PEM,
  serverName: 'radius.hospital.example',
};
const PROFILE: WiFiProfile = {
  kind: 'wifi',
  ssid: 'Carts',
  isHidden: false,
  band: 'any',
  security: { kind: 'wpa2-personal', passphrase: 'twelve horses' },
  ipv4: { method: 'dhcp', nameServers: [] },
};

/** What NetworkManager's own reader makes of a profile: every property that has a value, secrets included. */
function readBack(profile: WiFiProfile): ReadonlyMap<string, string> {
  const head = { id: 'cart', uuid: '8f9b1bd5-1111-4111-8111-0123456789ab', type: 'wifi' };
  const keyfile = keyfileOf([{ name: 'connection', values: head }, ...wifiSections(profile)]);
  return parse(offline(keyfile));
}

function offline(keyfile: string): string {
  const args = ['--offline', 'connection', 'modify', 'connection.zone', 'read'];
  const env = { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' };
  return execFileSync('nmcli', args, { input: keyfile, encoding: 'utf8', env, timeout: 20_000 });
}

function parse(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let section = '';
  for (const line of text.split('\n')) {
    section = /^\[(.+)\]$/.exec(line)?.[1] ?? section;
    const [, key, value] = /^([a-z0-9-]+)=(.*)$/.exec(line) ?? [];
    if (key !== undefined) values.set(`${section}.${key}`, unescaped(value ?? ''));
  }
  return values;
}

function unescaped(value: string): string {
  return value.replaceAll(/\\(.)/g, (_, letter: string) => (letter === 's' ? ' ' : letter));
}

test('WPA2-Personal: RSN, CCMP for each and for all, and the passphrase as it was typed', () => {
  const read = readBack(PROFILE);
  const of = (key: string): string | undefined => read.get(`wifi-security.${key}`);
  assert.deepEqual(
    [of('key-mgmt'), of('proto'), of('pairwise'), of('group'), of('pmf'), of('psk')],
    ['wpa-psk', 'rsn;', 'ccmp;', 'ccmp;', '2', 'twelve horses'],
  );
  assert.equal(read.get('wifi.ssid'), 'Carts');
  assert.equal(read.get('wifi.mode'), 'infrastructure');
  assert.equal(read.get('wifi.cloned-mac-address'), 'permanent');
  assert.equal(read.has('wifi.band') || read.has('wifi.hidden'), false);
  assert.equal(read.has('802-1x.eap'), false);
});

test('WPA2-Enterprise: PEAP version 0 with MSCHAPv2, CA and name pinned, no old TLS', () => {
  const security = { kind: 'wpa2-enterprise', ...ENTERPRISE } as const;
  const read = readBack({ ...PROFILE, security, band: '5 GHz', isHidden: true });
  const of = (key: string): string | undefined => read.get(`802-1x.${key}`);
  assert.equal(read.get('wifi-security.key-mgmt'), 'wpa-eap');
  assert.equal(read.get('wifi-security.pairwise'), 'ccmp;');
  assert.equal(read.has('wifi-security.psk'), false);
  assert.deepEqual([read.get('wifi.band'), read.get('wifi.hidden')], ['a', 'true']);
  assert.deepEqual(
    [of('eap'), of('phase1-peapver'), of('phase2-auth'), of('phase1-auth-flags')],
    ['peap;', '0', 'mschapv2', '3'],
  );
  assert.deepEqual(
    [of('identity'), of('password'), of('domain-suffix-match'), of('anonymous-identity')],
    ['cart01', 'Cart-Secret-1', 'radius.hospital.example', undefined],
  );
  const [, inlined = ''] = of('ca-cert')?.split('base64,') ?? [];
  assert.equal(Buffer.from(inlined, 'base64').toString('utf8'), PEM);
});

test('chance names, passphrases and accounts are read back as they were', () => {
  const printable = fc.string({
    unit: fc.constantFrom(...' \\;=#"\'[]%ab7,:'),
    minLength: 8,
    maxLength: 63,
  });
  const visible = fc.string({
    unit: fc.constantFrom(...' \\;=#ä病1 9;'),
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(visible, printable, printable, visible, (ssid, passphrase, password, name) => {
      const personal = readBack({
        ...PROFILE,
        ssid,
        security: { kind: 'wpa2-personal', passphrase },
      });
      assert.equal(personal.get('wifi-security.psk'), passphrase);
      assert.equal(ssidOf(personal.get('wifi.ssid') ?? ''), ssid);
      const identity = `${name}x`;
      const account = { ...ENTERPRISE, identity, anonymousIdentity: identity, password };
      const read = readBack({ ...PROFILE, security: { kind: 'wpa2-enterprise', ...account } });
      assert.equal(read.get('802-1x.password'), password);
      assert.equal(read.get('802-1x.identity'), identity);
      assert.equal(read.get('802-1x.anonymous-identity'), identity);
    }),
    { numRuns: RUNS },
  );
});

/** As NetworkManager writes it: text, with `\;` for a semicolon, or bytes. */
function ssidOf(written: string): string {
  if (!/^(?:\d{1,3};)+$/.test(written)) return written.replaceAll('\\;', ';');
  return Buffer.from(written.split(';').filter(Boolean).map(Number)).toString('utf8');
}

test('a passphrase that is too short, which nmcli takes, is refused by our rule', () => {
  const security = { kind: 'wpa2-personal', passphrase: 'short' } as const;
  assert.equal(readBack({ ...PROFILE, security }).get('wifi-security.psk'), 'short');
  const codes = wifiRefusals({ ...PROFILE, security }).map(({ code }) => code);
  assert.deepEqual(codes, ['WIFI_PASSPHRASE_SHORT']);
});

test('a sign-in that believes every server cannot be written, even past the rule', () => {
  for (const lenient of [{ caCertificates: '' }, { caCertificates: 'x' }, { serverName: '' }]) {
    assert.throws(() => enterpriseSection({ ...ENTERPRISE, ...lenient }), RangeError);
  }
  assert.throws(() => enterpriseSection({ ...ENTERPRISE, password: 'a\n[wifi]' }), RangeError);
});

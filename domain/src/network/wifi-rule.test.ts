/**
 * Goal: a Wi-Fi network is used exactly when it is WPA2 with AES and, where it asks for a sign-in, when server and method
 * are pinned; whatever else somebody brings is refused with its own reason. Method: each reason by example, its bounds on both
 * sides, and properties over chance profiles.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { enterpriseRefusals, pemCertificates } from './enterprise-rule.ts';
import type { ClaimedEnterprise } from './enterprise-rule.ts';
import { ssidRefusal, wifiRefusals } from './wifi-rule.ts';
import type { ClaimedSecurity } from './wifi-rule.ts';

const CA = '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n-----END CERTIFICATE-----\n';
const ENTERPRISE = {
  eap: 'peap-mschapv2',
  identity: 'cart01@hospital.example',
  anonymousIdentity: null,
  password: 'Cart-Secret-1',
  caCertificates: CA,
  serverName: 'radius.hospital.example',
} as const satisfies ClaimedEnterprise;
const PERSONAL = { kind: 'wpa2-personal', passphrase: 'twelve horses' } as const;

const codes = (security: ClaimedSecurity, ssid = 'Carts'): readonly string[] =>
  wifiRefusals({ ssid, security }).map(({ code }) => code);
const enterprise = (change: ClaimedEnterprise): readonly string[] =>
  enterpriseRefusals({ ...ENTERPRISE, ...change }, 'enterprise').map(
    ({ field, code }) => `${field} ${code}`,
  );

test('WPA2-Personal and WPA2-Enterprise with AES are taken', () => {
  assert.deepEqual(codes(PERSONAL), []);
  assert.deepEqual(codes({ kind: 'wpa2-enterprise', ...ENTERPRISE }), []);
  assert.deepEqual(codes({ kind: 'WPA2-Enterprise', passphrase: 'twelve horses' }).length, 5);
  assert.deepEqual(codes({ ...PERSONAL, ciphers: ['CCMP'] }), []);
  assert.deepEqual(codes({ ...PERSONAL, ciphers: ['aes'] }), []);
});

test('every other security is refused with its own reason, at the kind', () => {
  const refused = {
    open: 'WIFI_OPEN',
    none: 'WIFI_OPEN',
    owe: 'WIFI_OPEN',
    wep: 'WIFI_WEP',
    WEP: 'WIFI_WEP',
    wpa: 'WIFI_WPA_ONE',
    'wpa-personal': 'WIFI_WPA_ONE',
    'wpa-enterprise': 'WIFI_WPA_ONE',
    'wpa3-personal': 'WIFI_WPA3_ONLY',
    'wpa3-enterprise': 'WIFI_WPA3_ONLY',
    __proto__: null,
    wapi: 'WIFI_SECURITY_UNKNOWN',
    '': 'WIFI_SECURITY_UNKNOWN',
    constructor: 'WIFI_SECURITY_UNKNOWN',
  };
  for (const [kind, code] of Object.entries(refused)) {
    const found = wifiRefusals({ ssid: 'Carts', security: { ...ENTERPRISE, ...PERSONAL, kind } });
    assert.deepEqual(
      found.map((each) => [each.field, each.code]),
      [['security.kind', code]],
      kind,
    );
  }
});

test('TKIP and WEP are refused also beside AES', () => {
  assert.deepEqual(codes({ ...PERSONAL, ciphers: ['tkip'] }), ['WIFI_TKIP']);
  assert.deepEqual(codes({ ...PERSONAL, ciphers: ['ccmp', 'TKIP'] }), ['WIFI_TKIP']);
  assert.deepEqual(codes({ ...PERSONAL, ciphers: ['wep40', 'ccmp'] }), ['WIFI_WEP']);
  assert.deepEqual(codes({ ...PERSONAL, ciphers: ['gcmp'] }), ['WIFI_SECURITY_UNKNOWN']);
  assert.deepEqual(codes({ ...PERSONAL, ciphers: [] }), ['WIFI_SECURITY_UNKNOWN']);
});

test('a passphrase has 8 to 63 printable characters, or is a key of 64 hexadecimal digits', () => {
  const of = (passphrase: string): readonly string[] =>
    codes({ kind: 'wpa2-personal', passphrase });
  assert.deepEqual(of(''), ['WIFI_PASSPHRASE_MISSING']);
  assert.deepEqual(codes({ kind: 'wpa2-personal' }), ['WIFI_PASSPHRASE_MISSING']);
  assert.deepEqual(of('1234567'), ['WIFI_PASSPHRASE_SHORT']);
  assert.deepEqual(of('12345678'), []);
  assert.deepEqual(of(' ~\\"#;= '), []);
  assert.deepEqual(of('x'.repeat(63)), []);
  assert.deepEqual(of('x'.repeat(64)), ['WIFI_PASSPHRASE_LONG']);
  assert.deepEqual(of('aF09'.repeat(16)), []);
  assert.deepEqual(of(`${'aF09'.repeat(16)}0`), ['WIFI_PASSPHRASE_LONG']);
  assert.deepEqual(of('pässword1'), ['WIFI_PASSPHRASE_CHARACTER']);
  assert.deepEqual(of('password\n'), ['WIFI_PASSPHRASE_CHARACTER']);
});

test('a name is 1 to 32 bytes of text that can be seen', () => {
  assert.equal(ssidRefusal(''), 'WIFI_SSID_MISSING');
  assert.equal(ssidRefusal('ä'.repeat(16)), null);
  assert.equal(ssidRefusal('ä'.repeat(16) + '1'), 'WIFI_SSID_LONG');
  assert.equal(ssidRefusal('Hospital \u202Etsuег'), 'WIFI_SSID_INVISIBLE');
  assert.equal(ssidRefusal('Hospital\u200B'), 'WIFI_SSID_INVISIBLE');
  assert.equal(ssidRefusal('a\0b'), 'WIFI_SSID_INVISIBLE');
  assert.equal(ssidRefusal('\uD800'), 'WIFI_SSID_INVISIBLE');
  assert.equal(ssidRefusal('病院 🏥'), null);
});

test('without a CA certificate or a server name no sign-in is taken', () => {
  for (const nothing of [null, undefined, '', '  ']) {
    assert.deepEqual(enterprise({ caCertificates: nothing }), [
      'enterprise.caCertificates EAP_CA_MISSING',
    ]);
    assert.deepEqual(enterprise({ serverName: nothing }), [
      'enterprise.serverName EAP_SERVER_NAME_MISSING',
    ]);
  }
});

test('another method is refused, and known ones are named', () => {
  for (const eap of ['tls', 'EAP-TTLS', 'leap', 'md5', 'fast', 'pwd', 'peap', 'peap-gtc']) {
    const [refusal, ...more] = enterpriseRefusals({ ...ENTERPRISE, eap }, 'security');
    assert.deepEqual(more, []);
    assert.deepEqual([refusal?.field, refusal?.code], ['security.eap', 'EAP_METHOD_REFUSED']);
    assert.match(refusal?.message ?? '', /^(?:EAP-|LEAP|PEAP )/);
  }
  const [strange] = enterpriseRefusals({ ...ENTERPRISE, eap: 'toString <b>' }, 'security');
  assert.doesNotMatch(strange?.message ?? '', /toString|<b>/);
});

test('the server name is a full DNS name, and no registry', () => {
  const of = (serverName: string): readonly string[] =>
    enterprise({ serverName }).map((each) => each.split(' ')[1] ?? '');
  for (const good of ['hospital.example', 'radius.hospital.co.uk', 'xn--spital-bua.ch', 'A.b-c.de'])
    assert.deepEqual(of(good), [], good);
  const wrong = ['192.0.2.1', '1.2', '2001:db8::1', '*.hospital.example', 'a.example;evil.test'];
  const more = [
    '-a.example',
    'a..example',
    'a.example.',
    'radius .example',
    `${'a.'.repeat(126)}bc`,
  ];
  for (const bad of [...wrong, ...more, `${'a'.repeat(64)}.test`, 'a.123'])
    assert.deepEqual(of(bad), ['EAP_SERVER_NAME_WRONG'], bad);
  for (const wide of ['example', 'localhost', 'co.uk', 'com.au', 'AC.jp'])
    assert.deepEqual(of(wide), ['EAP_SERVER_NAME_TOO_WIDE'], wide);
});

test('CA certificates are PEM, few, and without a key', () => {
  const of = (caCertificates: string): readonly string[] =>
    enterprise({ caCertificates }).map((each) => each.split(' ')[1] ?? '');
  assert.deepEqual(of('MIIB'), ['EAP_CA_MALFORMED']);
  assert.deepEqual(of('-----BEGIN CERTIFICATE-----\nMIIB'), ['EAP_CA_MALFORMED']);
  assert.deepEqual(of(`${CA}-----BEGIN CERTIFICATE-----\nMI`), ['EAP_CA_MALFORMED']);
  assert.deepEqual(of(`subject=x\n${CA.replaceAll('\n', '\r\n')}`), []);
  assert.deepEqual(of(CA.repeat(16)), []);
  assert.deepEqual(of(CA.repeat(17)), ['EAP_CA_TOO_MANY']);
  assert.deepEqual(of(`${CA}${' '.repeat(64 * 1024)}`), ['EAP_CA_TOO_MANY']);
  assert.deepEqual(of(`${CA}-----BEGIN RSA PRIVATE KEY-----\n`), ['EAP_CA_HAS_KEY']);
  assert.equal(pemCertificates(`x${CA}y${CA}`).join(''), CA + CA);
});

test('name, outer name and password have what RADIUS and MSCHAPv2 can carry', () => {
  assert.deepEqual(enterprise({ identity: '' }), ['enterprise.identity EAP_IDENTITY_MISSING']);
  assert.deepEqual(enterprise({ identity: 'ä'.repeat(127) }), [
    'enterprise.identity EAP_IDENTITY_WRONG',
  ]);
  assert.deepEqual(enterprise({ identity: `${'ä'.repeat(126)}1` }), []);
  assert.deepEqual(enterprise({ identity: 'a\nb' }), ['enterprise.identity EAP_IDENTITY_WRONG']);
  assert.deepEqual(enterprise({ anonymousIdentity: 'anonymous@hospital.example' }), []);
  assert.deepEqual(enterprise({ anonymousIdentity: '' }), [
    'enterprise.anonymousIdentity EAP_ANONYMOUS_IDENTITY_WRONG',
  ]);
  assert.deepEqual(enterprise({ password: '' }), ['enterprise.password EAP_PASSWORD_MISSING']);
  assert.deepEqual(enterprise({ password: 'ü'.repeat(256) }), []);
  assert.deepEqual(enterprise({ password: 'x'.repeat(257) }), [
    'enterprise.password EAP_PASSWORD_WRONG',
  ]);
  assert.deepEqual(enterprise({ password: 'a\u0085b' }), [
    'enterprise.password EAP_PASSWORD_WRONG',
  ]);
});

test('all wrong fields are named at once', () => {
  const found = enterpriseRefusals({ eap: 'tls' }, 'security').map(({ field }) => field);
  assert.deepEqual(found, [
    'security.eap',
    'security.identity',
    'security.password',
    'security.caCertificates',
    'security.serverName',
  ]);
});

const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('ccmp', 'tkip'));
const maybe = fc.option(text, { nil: null });
const claimed = fc.record({
  kind: fc.oneof(
    text,
    fc.constantFrom('wpa2-personal', 'WPA2-Enterprise', 'wpa2-enterprise', 'open'),
  ),
  ciphers: fc.option(fc.array(fc.oneof(text, fc.constantFrom('ccmp', 'aes', 'tkip'))), {
    nil: undefined,
  }),
  passphrase: maybe,
  eap: fc.oneof(maybe, fc.constant('peap-mschapv2')),
  identity: maybe,
  anonymousIdentity: maybe,
  password: maybe,
  caCertificates: fc.oneof(maybe, fc.constant(CA)),
  serverName: fc.oneof(maybe, fc.constant('radius.hospital.example')),
});

test('whatever is brought, what passes is WPA2 with AES, and pinned where it signs in', () => {
  fc.assert(
    fc.property(text, claimed, (ssid, security) => {
      const refusals = wifiRefusals({ ssid, security });
      for (const { message } of refusals) assert.ok(message.length < 300 && message.endsWith('.'));
      if (refusals.length > 0) return;
      assert.ok(Buffer.byteLength(ssid) <= 32);
      assert.ok(['wpa2-personal', 'wpa2-enterprise'].includes(security.kind.toLowerCase()));
      assert.ok((security.ciphers ?? ['ccmp']).every((each) => /^(?:ccmp|aes)$/i.test(each)));
      if (security.kind.toLowerCase() === 'wpa2-personal') {
        assert.match(security.passphrase ?? '', /^[ -~]{8,64}$/);
      } else {
        assert.equal(security.eap, 'peap-mschapv2');
        assert.ok(pemCertificates(security.caCertificates ?? '').length > 0);
        assert.match(security.serverName ?? '', /[A-Za-z0-9]\.[A-Za-z0-9]/);
      }
    }),
    { numRuns: 500 },
  );
});

test('a message never repeats a secret', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 4, unit: fc.constantFrom('Q', 'Z', '7', '\n') }),
      (secret) => {
        const personal = wifiRefusals({
          ssid: 'Carts',
          security: { kind: 'wpa2-personal', passphrase: secret },
        });
        const enterprises = enterpriseRefusals({ password: secret, eap: secret }, 'security');
        for (const { message } of [...personal, ...enterprises])
          assert.ok(!message.includes(secret), message);
      },
    ),
  );
});

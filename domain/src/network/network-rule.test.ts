// Goal: settings that could work nowhere are refused with the field, a code and a sentence that says what to type, and no
// settings that could work are. Method: a table of what people type, by field; properties over addresses, beside a second
// way of counting (bit strings).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatIPv4, parseIPv4 } from './ipv4-address.ts';
import type { IPv4Refusal } from './ipv4-rule.ts';
import type { NetworkProfile, StaticIPv4, WiredProfile } from './network-profile.ts';
import { admitProfile, refusedFields } from './network-rule.ts';
import { NetworkProfileRefused } from './refused-setting.ts';

const GOOD: StaticIPv4 = {
  method: 'static',
  address: '10.20.30.40',
  prefixLength: 24,
  router: '10.20.30.1',
  nameServers: ['10.20.30.2', '8.8.8.8'],
};
const wired = (ipv4: WiredProfile['ipv4']): WiredProfile => ({
  kind: 'wired',
  ipv4,
  enterprise: null,
});
const codesOf = (ipv4: WiredProfile['ipv4']): readonly string[] =>
  refusedFields(wired(ipv4)).map(({ field, code }) => `${field} ${code}`);

test('settings that can work are admitted', () => {
  const good: readonly WiredProfile['ipv4'][] = [
    GOOD,
    { ...GOOD, router: null },
    { ...GOOD, nameServers: [] },
    { ...GOOD, prefixLength: 30, address: '10.20.30.2', nameServers: ['10.20.30.1'] },
    { ...GOOD, address: '192.168.0.255', prefixLength: 16, router: '192.168.255.254' },
    { ...GOOD, address: '100.64.0.5', prefixLength: 10, router: '100.64.0.1' },
    { method: 'dhcp', nameServers: [] },
    { method: 'dhcp', nameServers: ['9.9.9.9', '1.1.1.1', '10.0.0.53'] },
  ];
  for (const ipv4 of good) assert.deepEqual(codesOf(ipv4), [], JSON.stringify(ipv4));
  assert.doesNotThrow(() => admitProfile(wired(GOOD)));
});

/** What people type into any field for an address. */
const TYPED: readonly (readonly [string, IPv4Refusal])[] = [
  ['', 'IPV4_MISSING'],
  ['   ', 'IPV4_MISSING'],
  ['10.20.30', 'IPV4_MALFORMED'],
  ['10.20.30.40.50', 'IPV4_MALFORMED'],
  ['10.20.30.256', 'IPV4_MALFORMED'],
  ['10.20.30.040', 'IPV4_MALFORMED'],
  ['10,20,30,40', 'IPV4_MALFORMED'],
  [' 10.20.30.40', 'IPV4_MALFORMED'],
  ['10.20.30.40\n', 'IPV4_MALFORMED'],
  ['１０.20.30.40', 'IPV4_MALFORMED'],
  ['-1.2.3.4', 'IPV4_MALFORMED'],
  ['167772161', 'IPV4_MALFORMED'],
  ['0xa.1.1.1', 'IPV4_IS_A_NAME'],
  ['router.hospital.example', 'IPV4_IS_A_NAME'],
  ['fe80::1', 'IPV4_IS_IPV6'],
  ['::ffff:10.0.0.1', 'IPV4_IS_IPV6'],
  ['10.0.0.1:53', 'IPV4_IS_IPV6'],
  ['10.20.30.40/24', 'IPV4_WITH_PREFIX'],
  ['10.20.30.40/255.255.255.0', 'IPV4_WITH_PREFIX'],
  ['0.0.0.0', 'IPV4_UNSPECIFIED'],
  ['0.1.2.3', 'IPV4_UNSPECIFIED'],
  ['127.0.0.53', 'IPV4_LOOPBACK'],
  ['169.254.10.10', 'IPV4_LINK_LOCAL'],
  ['224.0.0.1', 'IPV4_MULTICAST'],
  ['239.255.255.255', 'IPV4_MULTICAST'],
  ['240.0.0.1', 'IPV4_RESERVED'],
  ['255.255.255.254', 'IPV4_RESERVED'],
  ['255.255.255.255', 'IPV4_IS_BROADCAST'],
];

test('each field for an address refuses what is none, with the code of what was typed instead', () => {
  for (const [text, code] of TYPED) {
    const fields: readonly (readonly [string, WiredProfile['ipv4']])[] = [
      ['ipv4.address', { ...GOOD, address: text }],
      ['ipv4.router', { ...GOOD, router: text }],
      ['ipv4.nameServers.0', { ...GOOD, nameServers: [text] }],
      ['ipv4.nameServers.1', { method: 'dhcp', nameServers: ['9.9.9.9', text] }],
    ];
    for (const [field, ipv4] of fields)
      assert.deepEqual(codesOf(ipv4), [`${field} ${code}`], JSON.stringify(text));
  }
});

test('what does not fit together is refused at the field that has to change', () => {
  const table: readonly (readonly [Partial<StaticIPv4>, readonly string[]])[] = [
    [{ address: '10.20.30.0' }, ['ipv4.address IPV4_IS_SUBNET']],
    [{ address: '10.20.30.255' }, ['ipv4.address IPV4_IS_BROADCAST']],
    [{ prefixLength: 0 }, ['ipv4.prefixLength PREFIX_OUT_OF_RANGE']],
    [{ prefixLength: 31 }, ['ipv4.prefixLength PREFIX_OUT_OF_RANGE']],
    [{ prefixLength: -1 }, ['ipv4.prefixLength PREFIX_OUT_OF_RANGE']],
    [{ prefixLength: 24.5 }, ['ipv4.prefixLength PREFIX_OUT_OF_RANGE']],
    [{ prefixLength: Number.NaN }, ['ipv4.prefixLength PREFIX_OUT_OF_RANGE']],
    [{ router: '10.20.31.1' }, ['ipv4.router ROUTER_OUTSIDE_SUBNET']],
    [{ router: '10.20.30.40' }, ['ipv4.router ROUTER_IS_OWN_ADDRESS']],
    [{ router: '10.20.30.0' }, ['ipv4.router IPV4_IS_SUBNET']],
    [{ router: '10.20.30.255' }, ['ipv4.router IPV4_IS_BROADCAST']],
    [{ nameServers: ['10.20.30.255'] }, ['ipv4.nameServers.0 IPV4_IS_BROADCAST']],
    [{ nameServers: ['10.20.30.40'] }, ['ipv4.nameServers.0 NAME_SERVER_IS_OWN_ADDRESS']],
    [{ nameServers: ['9.9.9.9', '9.9.9.9'] }, ['ipv4.nameServers.1 NAME_SERVER_TWICE']],
    [
      { nameServers: ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4'] },
      ['ipv4.nameServers NAME_SERVERS_TOO_MANY'],
    ],
    [
      { address: 'x', prefixLength: 99, router: 'y', nameServers: ['z'] },
      [
        'ipv4.address IPV4_IS_A_NAME',
        'ipv4.prefixLength PREFIX_OUT_OF_RANGE',
        'ipv4.router IPV4_IS_A_NAME',
        'ipv4.nameServers.0 IPV4_IS_A_NAME',
      ],
    ],
  ];
  for (const [change, codes] of table)
    assert.deepEqual(codesOf({ ...GOOD, ...change }), codes, JSON.stringify(change));
});

test('sign-in and addresses are judged together', () => {
  const enterprise = {
    eap: 'peap-mschapv2' as const,
    identity: 'cart01',
    anonymousIdentity: null,
    password: '',
    caCertificates: '',
    serverName: 'radius.hospital.example',
  };
  const fields = (profile: NetworkProfile): readonly string[] =>
    refusedFields(profile).map(({ field }) => field);
  const ipv4 = { method: 'dhcp' as const, nameServers: ['x'] };
  assert.deepEqual(fields({ kind: 'wired', ipv4, enterprise }), [
    'enterprise.password',
    'enterprise.caCertificates',
    'ipv4.nameServers.0',
  ]);
  const wifi = { kind: 'wifi' as const, ssid: '', isHidden: false, band: 'any' as const, ipv4 };
  assert.deepEqual(fields({ ...wifi, security: { kind: 'wpa2-personal', passphrase: 'short' } }), [
    'ssid',
    'security.passphrase',
    'ipv4.nameServers.0',
  ]);
});

test('the error has every field, and says the first', () => {
  const bad = wired({ ...GOOD, address: '10.20.30.0', prefixLength: 31 });
  assert.throws(
    () => admitProfile(bad),
    (fault) => {
      assert.ok(fault instanceof NetworkProfileRefused);
      assert.equal(fault.code, 'NETWORK_PROFILE_REFUSED');
      assert.deepEqual(
        fault.fields.map(({ field }) => field),
        ['ipv4.prefixLength'],
      );
      assert.equal(fault.message, fault.fields[0]?.message);
      return true;
    },
  );
});

const octet = fc.nat(255);
const quad = fc.tuple(octet, octet, octet, octet).map((parts) => parts.join('.'));
const settings = fc.record({
  method: fc.constant('static' as const),
  address: fc.oneof(quad, fc.string({ maxLength: 20 })),
  prefixLength: fc.oneof(fc.integer({ min: -1, max: 33 }), fc.double()),
  router: fc.option(fc.oneof(quad, fc.string({ maxLength: 20 }))),
  nameServers: fc.array(fc.oneof(quad, fc.string({ maxLength: 20 })), { maxLength: 5 }),
});
const bits = (text: string): string =>
  text
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');

test('whatever is typed: what is admitted is a host of a subnet that has its router, and every refusal says what to type', () => {
  fc.assert(
    fc.property(settings, (ipv4) => {
      const refused = refusedFields(wired(ipv4));
      for (const { field, message } of refused) {
        assert.match(field, /^ipv4\.(?:address|prefixLength|router|nameServers(?:\.\d)?)$/);
        assert.match(message, /^(?:[A-Z0-9]|The ).{20,300}[.]$/s);
      }
      if (refused.length > 0) return;
      const length = ipv4.prefixLength;
      assert.ok(length >= 1 && length <= 30);
      const own = bits(ipv4.address);
      assert.equal(own.length, 32);
      assert.match(own.slice(length), /01|10/, 'neither subnet nor broadcast');
      assert.ok(!/^(?:0{8}|01111111|111|1010100111111110)/.test(own));
      if (ipv4.router !== null) {
        assert.equal(bits(ipv4.router).slice(0, length), own.slice(0, length));
        assert.notEqual(ipv4.router, ipv4.address);
      }
      assert.equal(new Set(ipv4.nameServers).size, ipv4.nameServers.length);
    }),
    { numRuns: 2000 },
  );
});

test('hosts of a subnet are admitted, with any other host of it as the router', () => {
  const subnet = fc.record({
    top: fc.nat(2 ** 32 - 1),
    length: fc.integer({ min: 1, max: 30 }),
    one: fc.nat(),
    other: fc.nat(),
  });
  fc.assert(
    fc.property(subnet, ({ top, length, one, other }) => {
      const hosts = 2 ** (32 - length) - 2;
      const first = top - (top % 2 ** (32 - length)) + 1;
      const address = formatIPv4(first + (one % hosts));
      const router = formatIPv4(first + (other % hosts));
      const special = /^(?:0|127|22[4-9]|23\d|24\d|25\d)\.|^169\.254\./;
      if (address === router || special.test(address) || special.test(router)) return;
      const codes = codesOf({
        method: 'static',
        address,
        prefixLength: length,
        router,
        nameServers: [],
      });
      assert.deepEqual(codes, []);
    }),
    { numRuns: 2000 },
  );
});

test('an address is read as it is written', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 32 - 1), (number) => {
      assert.equal(parseIPv4(formatIPv4(number)), number);
    }),
  );
});

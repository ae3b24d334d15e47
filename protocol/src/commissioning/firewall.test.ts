/**
 * Goal: the rules are exactly those that the cart needs where it is, and the request can be pasted as it is. Method: the table for
 * each kind of road and network by hand; fast-check for what must hold of all.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LANGUAGES } from '@chaperone/domain/notice/notice.ts';
import fc from 'fast-check';
import { acceptanceReportClaims } from './acceptance-report.ts';
import type { AcceptanceReportClaims } from './acceptance-report.ts';
import { firewallText, requestOf } from './firewall-text.ts';
import { firewallRules } from './firewall.ts';
import { isIPv4, subnetOf } from './ipv4.ts';
import { sampleClaims } from './testing/sample-report.ts';

/** Rules as short lines. */
function linesOf(claims: AcceptanceReportClaims): readonly string[] {
  return firewallRules(claims).map(
    ({ source, destination, protocol, port, direction, isOptional }) =>
      `${source} > ${destination} ${protocol} ${port} ${direction}${isOptional ? ' optional' : ''}`,
  );
}
const { network, gateway, proxy } = sampleClaims();

test('by DHCP and name: the subnet, the address that was found, and names', () => {
  assert.deepEqual(linesOf(sampleClaims()), [
    '10.20.31.0/24 > 203.0.113.10 TCP 443 outbound',
    '10.20.31.0/24 > 10.20.0.53 UDP 53 outbound',
    '10.20.31.0/24 > 10.20.0.53 TCP 53 outbound optional',
    '10.20.31.0/24 > 10.20.0.54 UDP 53 outbound',
    '10.20.31.0/24 > 10.20.0.54 TCP 53 outbound optional',
  ]);
});

test('where names go over TCP, UDP is the optional one', () => {
  const claims = sampleClaims({
    network: { ...network, nameServers: ['10.20.0.53'], namesBy: 'tcp' },
  });
  assert.deepEqual(linesOf(claims).slice(1), [
    '10.20.31.0/24 > 10.20.0.53 UDP 53 outbound optional',
    '10.20.31.0/24 > 10.20.0.53 TCP 53 outbound',
  ]);
});

test('with a fixed address the rule is for this cart alone; by address no names are needed', () => {
  const claims = sampleClaims({
    network: { ...network, method: 'static', namesBy: 'given' },
    gateway: { ...gateway, host: '203.0.113.10', port: 8443 },
  });
  assert.deepEqual(linesOf(claims), ['10.20.31.47 > 203.0.113.10 TCP 8443 outbound']);
});

test('several addresses of a gateway are a rule each', () => {
  const claims = sampleClaims({
    network: { ...network, namesBy: 'local' },
    gateway: { ...gateway, addresses: ['203.0.113.10', '203.0.113.11'] },
  });
  assert.deepEqual(linesOf(claims), [
    '10.20.31.0/24 > 203.0.113.10 TCP 443 outbound',
    '10.20.31.0/24 > 203.0.113.11 TCP 443 outbound',
  ]);
});

test('through a proxy the cart needs the proxy alone, and names only when it has one', () => {
  const manual = { ...proxy, kind: 'manual', host: '10.20.0.8', port: 3128 } as const;
  const byAddress = sampleClaims({
    proxy: manual,
    network: { ...network, namesBy: 'given' },
    gateway: { ...gateway, addresses: [] },
  });
  assert.deepEqual(linesOf(byAddress), ['10.20.31.0/24 > 10.20.0.8 TCP 3128 outbound']);
  const named = sampleClaims({
    ...byAddress,
    network,
    proxy: { ...manual, host: 'proxy.hospital.example' },
  });
  assert.equal(linesOf(named).length, 5);
  const text = firewallText(requestOf({ ...byAddress, firewall: firewallRules(byAddress) }));
  assert.match(text, /asked to CONNECT to gateway\.example:443/);
});

test('a PAC file is fetched from where it is, whatever it says then', () => {
  const pac = { ...proxy, kind: 'pac', url: 'http://10.20.0.9:8080/wpad.dat' } as const;
  assert.deepEqual(
    linesOf(sampleClaims({ proxy: pac, network: { ...network, nameServers: [] } })),
    [
      '10.20.31.0/24 > 203.0.113.10 TCP 443 outbound',
      '10.20.31.0/24 > 10.20.0.9 TCP 8080 outbound',
    ],
  );
});

test('name servers of the cart itself need no rule', () => {
  const claims = sampleClaims({ network: { ...network, nameServers: ['127.0.0.53'] } });
  assert.equal(linesOf(claims).length, 1);
  // Whoever reads the request must not take it for all that there is.
  assert.match(
    firewallText(requestOf(claims)).replaceAll('\n', ' '),
    /UDP and TCP 53 to those that this network/,
  );
  assert.doesNotMatch(firewallText(requestOf(sampleClaims())), /TCP 53 to those/);
  const given = sampleClaims({
    network: { ...network, nameServers: ['127.0.0.53'], namesBy: 'given' },
    gateway: { ...gateway, host: '203.0.113.10' },
  });
  assert.doesNotMatch(firewallText(requestOf(given)), /TCP 53 to those/);
});

test('the text for the firewall team says all of it, in lines that no ticket wraps', () => {
  const text = firewallText(requestOf(sampleClaims()));
  for (const part of [
    'Sonora 5, serial US-1001',
    'St. Brigid Hospital',
    '10.20.31.47 at the moment, by DHCP from 10.20.31.0/24',
    '00:1b:21:3c:9d:f8 (wired, eno1)',
    'renewing its certificate',
    'No rule inwards',
    'No ICMP',
    'No TLS inspection',
  ])
    assert.ok(text.includes(part), `${part}\n${text}`);
  assert.match(
    text,
    /^10\.20\.31\.0\/24 {2}203\.0\.113\.10 {2}TCP 443 {2}outbound {3}service gateway gateway\.example$/m,
  );
  const long = text.split('\n').filter((line) => line.length > 78 && !/TCP|UDP/.test(line));
  assert.deepEqual(long, []);
});

test('what nobody has seen is to be filled in: no DHCP, no subnet, no report is claimed', () => {
  const unseen = {
    ...network,
    method: 'unknown' as const,
    address: 'not known',
    nameServers: [] as string[],
  };
  const claims = sampleClaims({ network: { ...unseen, hardwareAddress: 'not known' } });
  const request = { ...requestOf(claims), report: null, facility: null, rootFingerprint: null };
  const text = firewallText(request);
  assert.doesNotMatch(text, /DHCP|not known\/|chaperone verify|SHA-256|acpt-/);
  assert.match(text, /^\(fill in\) +203\.0\.113\.10 +TCP 443/m);
  assert.match(text, /^Place +\(fill in\)$/m);
  assert.match(text, /not accepted yet with these settings/);
  assert.match(text.replaceAll('\n', ' '), /name servers are not known yet/);
  const own = sampleClaims({ network: { ...network, method: 'unknown' } });
  assert.match(linesOf(own)[0] ?? '', /^10\.20\.31\.47 > /);
});

test('in three languages, the same rules', () => {
  const request = requestOf(sampleClaims());
  for (const language of LANGUAGES) {
    const text = firewallText(request, language);
    for (const { source, destination, port } of request.rules)
      assert.match(text, new RegExp(`${source} +${destination} +(?:TCP|UDP) ${port}`));
    assert.equal(/[{}]|undefined/.test(text), false);
    if (language !== 'en')
      assert.doesNotMatch(text, /service gateway|outbound|Please|names \(DNS\)/);
  }
});

test('subnets, and what is no address', () => {
  assert.equal(subnetOf('10.20.31.47', 24), '10.20.31.0/24');
  assert.equal(subnetOf('192.168.255.255', 18), '192.168.192.0/18');
  assert.equal(subnetOf('10.1.2.3', 32), '10.1.2.3/32');
  assert.equal(subnetOf('10.1.2.3', 0), '0.0.0.0/0');
  assert.equal(subnetOf('fe80::1', 64), 'fe80::1');
  for (const odd of ['', '1.2.3', '1.2.3.4.5', '01.2.3.4', '256.1.1.1', '1.2.3.x', '-1.2.3.4'])
    assert.equal(isIPv4(odd), false, odd);
});

test('whatever the facts, rules are outbound, of the schema, and name no secret', () => {
  const address = fc.ipV4();
  fc.assert(
    fc.property(
      address,
      fc.integer({ min: 0, max: 32 }),
      fc.array(address, { maxLength: 8 }),
      fc.array(address, { maxLength: 16 }),
      fc.constantFrom('given', 'local', 'udp', 'tcp'),
      fc.option(fc.webUrl()),
      (own, prefixLength, nameServers, addresses, namesBy, url) => {
        const claims = sampleClaims({
          network: { ...network, address: own, prefixLength, nameServers, namesBy },
          gateway: { ...gateway, addresses },
          proxy: { ...proxy, kind: url === null ? 'none' : 'pac', url },
        });
        const { firewall } = acceptanceReportClaims.parse(claims);
        assert.ok(firewall.length > 0);
        assert.ok(firewall.every(({ direction, port }) => direction === 'outbound' && port > 0));
      },
    ),
  );
});

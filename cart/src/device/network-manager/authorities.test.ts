/**
 * Goal: what is pinned is the one root of the sign-in server's CA; a server's own certificate, a CA without its root, two CAs, one
 * that is not in force and what is no certificate are refused with the reason. Method: chains made for the test.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EnterpriseSettings } from '@chaperone/domain/network/network-profile.ts';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { issueCertificate } from '@chaperone/protocol/x509/certificate.ts';
import type { CertificatePurpose, Issuer } from '@chaperone/protocol/x509/certificate.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import fc from 'fast-check';
import { admitAuthorities, judgeAuthorities, pinnedAuthority } from './authorities.ts';

const NOW_MS = Date.UTC(2026, 10, 29);
const DAY_MS = 86_400_000;

interface Made extends Issuer {
  readonly certificate: Uint8Array;
  readonly pem: string;
}

async function make(
  commonName: string,
  {
    issuer,
    purpose = 'authority',
    endsInDays = 100,
  }: {
    readonly issuer?: Made;
    readonly purpose?: CertificatePurpose;
    readonly endsInDays?: number;
  },
): Promise<Made> {
  const profile = 'p256-sha256';
  const { privateKey, publicKey } = await newKeyPair(profile);
  const certificate = issueCertificate(issuer ?? { profile, privateKey }, {
    subject: { kind: 'other', commonName },
    purpose,
    publicKey,
    notBeforeMs: NOW_MS - 100 * DAY_MS,
    notAfterMs: NOW_MS + endsInDays * DAY_MS,
    ...(purpose === 'server' ? { hostNames: [commonName] } : {}),
  });
  return { profile, privateKey, certificate, pem: encodePEM('CERTIFICATE', certificate) };
}

const root = await make('Hospital CA', {});
const between = await make('Hospital issuing CA', { issuer: root });
const server = await make('radius.hospital.test', { issuer: between, purpose: 'server' });
const other = await make('Hospital CA', {});
const old = await make('Old CA', { endsInDays: -1 });

test('the root is pinned, alone or out of its chain, in any order', () => {
  for (const pem of [root.pem, between.pem + root.pem, root.pem + between.pem + root.pem]) {
    assert.equal(judgeAuthorities(pem, NOW_MS), null);
    assert.equal(pinnedAuthority(pem).trim(), root.pem.trim());
  }
});

test('what cannot be pinned has its reason', () => {
  assert.equal(judgeAuthorities(server.pem, NOW_MS), 'EAP_CA_NOT_AN_AUTHORITY');
  assert.equal(judgeAuthorities(root.pem + server.pem, NOW_MS), 'EAP_CA_NOT_AN_AUTHORITY');
  assert.equal(judgeAuthorities(between.pem, NOW_MS), 'EAP_CA_ROOT_MISSING');
  assert.equal(judgeAuthorities(root.pem + other.pem, NOW_MS), 'EAP_CA_TWO_ROOTS');
  assert.equal(judgeAuthorities(old.pem, NOW_MS), 'EAP_CA_EXPIRED');
  assert.equal(judgeAuthorities(root.pem, NOW_MS - 101 * DAY_MS), 'EAP_CA_EXPIRED');
  assert.equal(judgeAuthorities('', NOW_MS), 'EAP_CA_MALFORMED');
  const cut = root.pem.replace(/\n[^\n]+\n-----END/, '\n-----END');
  assert.equal(judgeAuthorities(cut, NOW_MS), 'EAP_CA_MALFORMED');
  assert.throws(() => pinnedAuthority(root.pem + other.pem), RangeError);
});

test('a profile is refused at the field that it has them in; one that needs none passes', () => {
  const ipv4 = { method: 'dhcp', nameServers: [] } as const;
  const settings: EnterpriseSettings = {
    eap: 'peap-mschapv2',
    identity: 'cart01',
    anonymousIdentity: null,
    password: 'Cart-Secret-1',
    caCertificates: between.pem,
    serverName: 'radius.hospital.test',
  };
  const wifi = { kind: 'wifi', ssid: 'Carts', isHidden: false, band: 'any', ipv4 } as const;
  const refused = (field: string) => (fault: unknown) => {
    const { code, fields } = fault as { code: string; fields: readonly unknown[] };
    assert.equal(code, 'NETWORK_PROFILE_REFUSED');
    assert.deepEqual(
      fields.map((each) => (each as { field: string }).field),
      [field],
    );
    return true;
  };
  assert.throws(
    () => admitAuthorities({ kind: 'wired', ipv4, enterprise: settings }, NOW_MS),
    refused('enterprise.caCertificates'),
  );
  const security = { kind: 'wpa2-enterprise', ...settings } as const;
  assert.throws(
    () => admitAuthorities({ ...wifi, security }, NOW_MS),
    refused('security.caCertificates'),
  );
  admitAuthorities({ kind: 'wired', ipv4, enterprise: null }, NOW_MS);
  const personal = { kind: 'wpa2-personal', passphrase: 'twelve horses' } as const;
  admitAuthorities({ ...wifi, security: personal }, NOW_MS);
});

test('whatever bytes stand where a certificate should, there is an answer', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.tuple(fc.nat(root.certificate.length - 1), fc.nat(255)).map(([at, value]) => {
      return Uint8Array.from(root.certificate, (byte, index) => (index === at ? value : byte));
    }),
  );
  fc.assert(
    fc.property(bytes, (der) => {
      const judged = judgeAuthorities(encodePEM('CERTIFICATE', der), NOW_MS);
      assert.ok(judged === null || judged.startsWith('EAP_CA_'));
    }),
  );
});

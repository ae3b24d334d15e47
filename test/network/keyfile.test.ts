// Goal: NetworkManager reads out of our keyfiles exactly what was typed, secrets and names of networks too, and nobody but root
// reads the files. Method: dozens of profiles with hostile text, written as the cart writes them, read back from a real
// NetworkManager; nothing is activated.
import assert from 'node:assert/strict';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { ProfileStore, profileUuid } from '@chaperone/cart/device/network-manager/profile-store.ts';
import { ANY_PEM, anyProfile } from '@chaperone/cart/device/network-manager/testing/any-profile.ts';
import type { NetworkProfile } from '@chaperone/domain/network/network-profile.ts';
import { Namespace } from './lab/namespace.ts';
import { NetworkManagerLab } from './lab/network-manager.ts';

const PROFILES = 40;
const SECRET_TRIES_MAX = 5;

test('hostile names, identities and passwords come back from NetworkManager as they were typed', async (t) => {
  const cart = await Namespace.make('cart');
  t.after(() => cart.close());
  const lab = await NetworkManagerLab.start(cart);
  t.after(() => lab.close());
  const store = new ProfileStore(lab);
  const profiles = fc.sample(anyProfile, PROFILES);
  for (const [index, profile] of profiles.entries())
    await store.writeKept(`if${index}`, profile, `change-${index}`);
  await lab.nmcli('connection', 'reload');
  for (const [index, profile] of profiles.entries()) {
    const uuid = profileUuid(`if${index}`);
    const expected = expectedOf(profile);
    const asked = expected.map(([setting]) => setting).join(',');
    const values = expected.map(([, value]) => `${value}\n`).join('');
    let printed = '';
    // Now and then NetworkManager does not answer nmcli's question for a secret; it then prints an empty line, and no complaint.
    for (let tries = 0; printed !== values && tries < SECRET_TRIES_MAX; tries += 1)
      printed = await lab.nmcli('-s', '-e', 'no', '-g', asked, 'connection', 'show', uuid);
    assert.equal(printed, values, `${asked} of ${JSON.stringify(profile)}`);
  }
  const names = await readdir(lab.profilesDirectory);
  assert.equal(names.length, PROFILES);
  for (const name of names) {
    const { mode, uid } = await stat(path.join(lab.profilesDirectory, name));
    assert.deepEqual([mode & 0o777, uid], [0o600, 0], name);
  }
});

test('what a crash left half written is no profile, and is taken away; the last profile is held', async (t) => {
  const cart = await Namespace.make('cart');
  t.after(() => cart.close());
  const lab = await NetworkManagerLab.start(cart);
  t.after(() => lab.close());
  const store = new ProfileStore(lab);
  const login = {
    eap: 'peap-mschapv2',
    identity: 'cart01',
    anonymousIdentity: null,
    password: 'secret',
    caCertificates: ANY_PEM,
    serverName: 'radius.hospital.example',
  } as const;
  const ipv4 = { method: 'dhcp', nameServers: [] } as const;
  const ipv4Fixed = { ...ipv4, nameServers: ['9.9.9.9'] };
  await store.writeKept('eth0', { kind: 'wired', ipv4: ipv4Fixed, enterprise: null }, 'one');
  await store.writeKept('eth0', { kind: 'wired', ipv4, enterprise: login }, 'two');
  const half = path.join(lab.profilesDirectory, '.chaperone-eth0.nmconnection.making-00');
  await mkdir(lab.profilesDirectory, { recursive: true });
  await writeFile(half, '[connection]\nid=half\ntype=ethernet\n', { mode: 0o600 });
  await lab.nmcli('connection', 'reload');
  const listed = await lab.nmcli('-g', 'NAME', 'connection');
  assert.deepEqual(
    listed.split('\n').filter((name) => name !== 'lo'),
    ['chaperone-eth0', ''],
  );
  await store.prune();
  assert.deepEqual(await readdir(lab.profilesDirectory), ['chaperone-eth0.nmconnection']);
  const held = await store.readKept('eth0');
  assert.equal(held?.changeId, 'two');
  assert.deepEqual(held.profile, {
    kind: 'wired',
    ipv4,
    enterprise: { ...login, password: '' },
  });
  assert.equal(await store.readKept('eth1'), null);
});

/** What NetworkManager has to say of a profile, by its own names of settings. */
function expectedOf(profile: NetworkProfile): readonly (readonly [string, string])[] {
  const { ipv4 } = profile;
  const dns = ipv4.nameServers.join(',');
  const address = ipv4.method === 'dhcp' ? '' : `${ipv4.address}/${ipv4.prefixLength}`;
  const login =
    profile.kind === 'wired'
      ? profile.enterprise
      : profile.security.kind === 'wpa2-enterprise'
        ? profile.security
        : null;
  return [
    ['ipv4.method', ipv4.method === 'dhcp' ? 'auto' : 'manual'],
    ['ipv4.addresses', address],
    ['ipv4.gateway', ipv4.method === 'dhcp' ? '' : (ipv4.router ?? '')],
    ['ipv4.dns', dns],
    ...(login === null
      ? []
      : [
          ['802-1x.identity', login.identity] as const,
          ['802-1x.anonymous-identity', login.anonymousIdentity ?? ''] as const,
          ['802-1x.password', login.password] as const,
          ['802-1x.domain-suffix-match', login.serverName] as const,
          ['802-1x.phase2-auth', 'mschapv2'] as const,
        ]),
    ...(profile.kind === 'wired' ? [] : [['802-11-wireless.ssid', profile.ssid] as const]),
    ...(profile.kind === 'wifi' && profile.security.kind === 'wpa2-personal'
      ? [['802-11-wireless-security.psk', profile.security.passphrase] as const]
      : []),
  ];
}

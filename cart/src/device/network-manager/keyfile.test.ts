// Goal: a keyfile says what the profile says, whatever was typed into it, and nothing else; secrets are in it and never come
// back out of it. Method: the text of one profile of each kind; properties with hostile text, read back by our own reader here and
// by a real NetworkManager in test/network/keyfile.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { NetworkProfile } from '@chaperone/domain/network/network-profile.ts';
import { readKeyfile, writeKeyfile } from './keyfile.ts';
import { profileUuid } from './profile-store.ts';
import { ANY_PEM, anyProfile, hostileText } from './testing/any-profile.ts';

const keyfile = (profile: NetworkProfile): string =>
  writeKeyfile({
    interfaceName: 'eth0',
    uuid: profileUuid('eth0'),
    changeId: 'change-1',
    isAutomatic: true,
    profile,
  });

const LOGIN = {
  eap: 'peap-mschapv2',
  identity: 'cart01',
  anonymousIdentity: 'anonymous',
  password: ' pass;word=\\n"# ',
  caCertificates: ANY_PEM,
  serverName: 'radius.hospital.example',
} as const;

test('a fixed address over wire, with 802.1X', () => {
  const text = keyfile({
    kind: 'wired',
    ipv4: {
      method: 'static',
      address: '10.20.30.40',
      prefixLength: 24,
      router: '10.20.30.1',
      nameServers: ['10.20.30.2', '10.20.30.3'],
    },
    enterprise: LOGIN,
  });
  const [head = '', tail = ''] = text.split(/\[802-1x\][^[]*/);
  assert.equal(
    head,
    `# Written by Chaperone, and replaced whole when the network is set up anew.

[connection]
id=chaperone-eth0
uuid=${profileUuid('eth0')}
type=ethernet
interface-name=eth0
autoconnect=true
autoconnect-priority=50
autoconnect-retries=0
auth-retries=0

`,
  );
  assert.equal(
    tail,
    `[ipv4]
method=manual
address1=10.20.30.40/24,10.20.30.1
dad-timeout=1000
may-fail=false
dns=10.20.30.2;10.20.30.3;

[ipv6]
method=disabled

[user]
chaperone.change=change-1
`,
  );
  const login = ['eap=peap;', 'identity=cart01', 'domain-suffix-match=radius.hospital.example'];
  for (const line of login) assert.ok(text.split('\n').includes(line), line);
});

test('Wi-Fi is WPA2 with AES alone, its name a list of bytes', () => {
  const text = keyfile({
    kind: 'wifi',
    ssid: '49;50;',
    isHidden: true,
    band: '5 GHz',
    security: { kind: 'wpa2-personal', passphrase: 'correct horse' },
    ipv4: { method: 'dhcp', nameServers: ['9.9.9.9'] },
  });
  const lines = text.split('\n');
  for (const line of ['ssid=52;57;59;53;48;59;', 'hidden=true', 'band=a', 'key-mgmt=wpa-psk'])
    assert.ok(lines.includes(line), line);
  for (const line of ['proto=rsn;', 'pairwise=ccmp;', 'group=ccmp;', 'psk=correct\\shorse'])
    assert.ok(lines.includes(line), line);
  for (const line of ['method=auto', 'dns=9.9.9.9;', 'ignore-auto-dns=true'])
    assert.ok(lines.includes(line), line);
});

test('whatever was typed: it reads back the same without its secrets, and begins no line of its own', () => {
  fc.assert(
    fc.property(anyProfile, (profile) => {
      const text = keyfile(profile);
      const read = readKeyfile(text);
      assert.equal(read.changeId, 'change-1');
      assert.deepEqual(read.profile, withoutSecrets(profile));
      const groups = text.split('\n').filter((line) => line.startsWith('['));
      assert.equal(new Set(groups).size, groups.length);
      assert.ok(groups.length <= 7);
    }),
  );
});

test('text that no keyfile holds is refused, not altered', () => {
  for (const identity of ['a\0b', 'a\n[ipv4]', '\ud800']) {
    const profile = { kind: 'wired', enterprise: { ...LOGIN, identity } } as const;
    const ipv4 = { method: 'dhcp', nameServers: [] } as const;
    assert.throws(() => keyfile({ ...profile, ipv4 }), RangeError);
  }
});

test('whatever a file says, reading it fails with nothing', () => {
  const line = fc.oneof(
    fc.constantFrom('[ipv4]', '[wifi]', '[802-1x]', '[connection]', 'method=manual', 'type=wifi'),
    fc.constantFrom('ssid=1;', 'ssid=999;', 'dns=;;;', 'address1=1/2,3', '[', '=', '\\', 'a=\\'),
    hostileText,
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      readKeyfile(lines.join('\n'));
    }),
  );
});

test('each interface has one UUID, and it is one', () => {
  const uuids = ['eth0', 'eth1', 'wlan0'].map(profileUuid);
  assert.equal(new Set(uuids).size, 3);
  for (const uuid of uuids)
    assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(profileUuid('eth0'), uuids[0]);
});

function withoutSecrets(profile: NetworkProfile): NetworkProfile {
  const bare = { password: '' };
  if (profile.kind === 'wired') {
    const { enterprise } = profile;
    return enterprise === null ? profile : { ...profile, enterprise: { ...enterprise, ...bare } };
  }
  const { security } = profile;
  if (security.kind === 'wpa2-enterprise')
    return { ...profile, security: { ...security, ...bare } };
  return { ...profile, security: { ...security, passphrase: '' } };
}

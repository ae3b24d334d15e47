/** Goal: what is typed becomes the profile that was meant. Method: the drafts of the forms, as a person fills them in. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkProfile } from '@chaperone/protocol/panel-api/engineer.ts';
import { NEW_WIFI, NEW_WIRED, prefixLengthOf, wifiProfile, wiredProfile } from './profile-draft.ts';

test('a prefix is typed as bits or as a mask', () => {
  for (const [text, expected] of [
    ['24', 24],
    [' /8 ', 8],
    ['255.255.255.0', 24],
    ['255.255.254.0', 23],
    ['255.0.255.0', 0],
    ['256.0.0.0', 0],
    ['', 0],
    ['abc', 0],
  ] as const) {
    assert.equal(prefixLengthOf(text), expected, text);
  }
});

test('every draft is a profile that the agent can read', () => {
  const fixed = {
    ...NEW_WIRED.ipv4,
    method: 'static',
    address: ' 192.0.2.7 ',
    nameServers: ['192.0.2.1', ' '],
  } as const;
  const wired = wiredProfile({ ...NEW_WIRED, ipv4: fixed, hasLogin: true });
  assert.deepEqual(networkProfile.parse(wired), wired);
  assert.deepEqual(wired.ipv4, {
    ...{ method: 'static', address: '192.0.2.7', prefixLength: 24, router: null },
    nameServers: ['192.0.2.1'],
  });
  for (const security of ['wpa2-personal', 'wpa2-enterprise'] as const) {
    const wifi = wifiProfile({ ...NEW_WIFI, ssid: 'Ward', security });
    assert.deepEqual(networkProfile.parse(wifi), wifi);
  }
  assert.equal(wiredProfile(NEW_WIRED).kind, 'wired');
});

// Goal: what nmcli prints is read as it means. Method: what version 1.42 printed for real interfaces, and for others as its
// manual and NetworkManager's D-Bus API say; a real NetworkManager is asked in test/network/network-manager.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readInterface } from './network-manager.ts';
import { readMultiline, readTabular } from './nmcli.ts';

const PRINTED = `GENERAL.DEVICE:enp3s0
GENERAL.TYPE:ethernet
GENERAL.HWADDR:FE:D0:35:78:99:6D
GENERAL.STATE:100 (connected)
GENERAL.CONNECTION:chaperone-enp3s0
GENERAL.CON-UUID:11111111-2222-4333-8444-555555555555
CAPABILITIES.SPEED:1000 Mb/s
WIRED-PROPERTIES.CARRIER:on
IP4.ADDRESS[1]:10.20.30.40/24
IP4.ADDRESS[2]:10.20.30.41/24
IP4.GATEWAY:10.20.30.1
IP4.ROUTE[1]:dst = 0.0.0.0/0, nh = 10.20.30.1, mt = 100
IP4.DNS[1]:10.20.30.2
IP4.DNS[2]:10.20.30.3
`;

test('a wired interface with a link of 1 Gbit/s', () => {
  assert.deepEqual(readInterface(PRINTED), {
    name: 'enp3s0',
    kind: 'wired',
    hardwareAddress: 'FE:D0:35:78:99:6D',
    state: 'up',
    hasLink: true,
    speed: 1000,
    address: '10.20.30.40',
    prefixLength: 24,
    router: '10.20.30.1',
    nameServers: ['10.20.30.2', '10.20.30.3'],
    activeProfile: { id: 'chaperone-enp3s0', uuid: '11111111-2222-4333-8444-555555555555' },
  });
});

test('states, links and speeds of wired interfaces and of radios', () => {
  const table: readonly (readonly [
    Record<string, string>,
    string,
    boolean | null,
    number | null,
  ])[] = [
    [{ STATE: '10 (unmanaged)' }, 'off', true, 1000],
    [{ STATE: '20 (unavailable)', CARRIER: 'off' }, 'down', false, null],
    [{ STATE: '30 (disconnected)' }, 'down', true, 1000],
    [{ STATE: '70 (connecting (getting IP configuration))' }, 'connecting', true, 1000],
    [{ STATE: '120 (connection failed)' }, 'down', true, 1000],
    [{ SPEED: '100 Mb/s' }, 'up', true, 100],
    [{ SPEED: '10 Mb/s' }, 'up', true, 10],
    [{ SPEED: 'unknown' }, 'up', true, null],
    [{ SPEED: '0 Mb/s' }, 'up', true, null],
    [{ TYPE: 'wifi', SPEED: '54 Mb/s' }, 'up', true, 54],
    [{ TYPE: 'wifi', STATE: '50 (connecting (configuring))' }, 'connecting', false, null],
  ];
  for (const [changes, state, hasLink, speed] of table) {
    let printed = PRINTED;
    for (const [field, value] of Object.entries(changes))
      printed = printed.replace(new RegExp(`(${field}):.*`), `$1:${value}`);
    const read = readInterface(printed);
    assert.deepEqual([read?.state, read?.hasLink, read?.speed], [state, hasLink, speed], printed);
  }
});

test('without address and profile nothing is made up, and other kinds are left out', () => {
  const bare =
    'GENERAL.DEVICE:eth0\nGENERAL.TYPE:ethernet\nGENERAL.STATE:30 (disconnected)\nGENERAL.CONNECTION:\nGENERAL.CON-UUID:\nIP4.GATEWAY:--\n';
  const read = readInterface(bare);
  assert.deepEqual(
    [
      read?.address,
      read?.prefixLength,
      read?.router,
      read?.nameServers,
      read?.activeProfile,
      read?.hasLink,
    ],
    [null, null, null, [], null, null],
  );
  for (const type of ['loopback', 'bridge', 'tun', ''])
    assert.equal(readInterface(PRINTED.replace('ethernet', type)), null);
});

test('columns come back as they were, whatever is in them', () => {
  const column = fc.stringMatching(/^[ -~äß]{0,12}$/);
  const escaped = (text: string): string => text.replaceAll(/[\\:]/g, (letter) => `\\${letter}`);
  fc.assert(
    fc.property(fc.array(column, { minLength: 2, maxLength: 5 }), (columns) => {
      assert.deepEqual(readTabular(`${columns.map(escaped).join(':')}\n`), [columns]);
    }),
  );
});

test('whatever is printed, reading it fails with nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      readTabular(text);
      readMultiline(text);
      readInterface(text);
    }),
  );
});

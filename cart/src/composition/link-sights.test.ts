/**
 * Goal: a validation is told why a profile failed only of the interface that it failed on, and only while that is not up.
 * Method: interfaces and changes as the commissioning shows them.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NetworkInterface } from '@chaperone/protocol/panel-api/engineer.ts';
import { linkSights } from './link-sights.ts';

const wired: NetworkInterface = {
  name: 'eth0',
  kind: 'wired',
  hardwareAddress: '02:00:00:00:00:01',
  state: 'down',
  speed: null,
  address: null,
  prefixLength: null,
  router: null,
  nameServers: [],
  ssid: null,
  signalPercent: null,
  abilities: null,
  profile: { kind: 'wired', ipv4: { method: 'dhcp', nameServers: [] }, enterprise: null },
};
const change = {
  interface: 'eth0',
  state: 'rolled-back' as const,
  secondsLeft: null,
  failure: 'NETWORK_LOGIN_REFUSED',
  proof: 'gateway' as const,
  isKeepable: false,
};

test('a refused login is told while the interface is down', async () => {
  const network = { interfaces: async () => [wired], change: () => change };
  assert.deepEqual(await linkSights(network)(), [
    {
      ...{ name: 'eth0', failure: 'login-refused', ssid: null, signalPercent: null },
      ...{ method: 'dhcp', address: null },
    },
  ]);
});

test('it is not told of an interface that is up again, nor of another one', async () => {
  const up = { ...wired, state: 'up' as const };
  const other = { ...wired, name: 'eth1' };
  const network = { interfaces: async () => [up, other], change: () => change };
  assert.deepEqual(
    (await linkSights(network)()).map(({ failure }) => failure),
    [null, null],
  );
});

test('where NetworkManager is away nothing is told, and nothing fails', async () => {
  const away = async (): Promise<never> => {
    throw new Error('away');
  };
  assert.deepEqual(await linkSights({ interfaces: away, change: () => null })(), []);
});

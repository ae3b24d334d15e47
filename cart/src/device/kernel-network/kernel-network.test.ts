/**
 * Goal: what the kernel's files say of routes and neighbours is read as the kernel would use it.
 * Method: files as Linux 6 prints them, and this machine's own.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  parseNeighbours,
  parseRoutes,
  readInterfaces,
  readRoutes,
  routeTo,
} from './kernel-network.ts';

const ROUTES = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0102000A\t0003\t0\t0\t100\t00000000\t0\t0\t0
wlan0\t00000000\t0103000A\t0003\t0\t0\t600\t00000000\t0\t0\t0
eth0\t0002000A\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
eth0\t0A6433C6\t0202000A\t0007\t0\t0\t0\tFFFFFFFF\t0\t0\t0
eth0\t007100CB\t00000000\t0201\t0\t0\t0\t00FFFFFF\t0\t0\t0
`;

test('the longest prefix is taken, then the smallest metric; a rejected one is none', () => {
  const routes = parseRoutes(ROUTES);
  assert.equal(routes.length, 4);
  assert.deepEqual(routeTo(routes, '10.0.2.77'), {
    interface: 'eth0',
    destination: '10.0.2.0',
    prefixLength: 24,
    router: null,
    metric: 100,
  });
  assert.equal(routeTo(routes, '198.51.100.10')?.router, '10.0.2.2');
  assert.equal(routeTo(routes, '198.51.100.11')?.router, '10.0.2.1');
  assert.equal(routeTo(routes.slice(2), '198.51.100.11'), null);
});

test('a neighbour that has not answered has no hardware address', () => {
  const [answers, silent] = parseNeighbours(
    `IP address       HW type     Flags       HW address            Mask     Device
10.0.2.1         0x1         0x2         52:54:00:12:34:56     *        eth0
10.0.2.9         0x1         0x0         00:00:00:00:00:00     *        eth0
`,
  );
  assert.equal(answers?.hardwareAddress, '52:54:00:12:34:56');
  assert.equal(silent?.hardwareAddress, null);
});

test('this machine’s own files are read', async () => {
  for (const { name, hardwareAddress } of await readInterfaces()) {
    assert.notEqual(name, 'lo');
    assert.match(hardwareAddress, /^[0-9a-f:]{17}$/);
  }
  for (const { prefixLength } of await readRoutes()) assert.ok(prefixLength <= 32);
});

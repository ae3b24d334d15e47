// Goal: what the cart says of its interfaces is what NetworkManager has set up, and it says so when NetworkManager is away.
// Method: a real NetworkManager in a namespace with a bus of its own, a real DHCP server at the other end of a cable.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NetworkManager } from '@chaperone/cart/device/network-manager/network-manager.ts';
import { startDnsmasq } from './lab/dnsmasq.ts';
import { Namespace, layCable } from './lab/namespace.ts';
import { NetworkManagerLab } from './lab/network-manager.ts';

test('interfaces are told as they are: with a lease, with the cable out, and not when nobody answers', async (t) => {
  const cart = await Namespace.make('cart');
  t.after(() => cart.close());
  const hospital = await Namespace.make('hospital');
  t.after(() => hospital.close());
  await layCable({ in: cart, name: 'eth0' }, { in: hospital, name: 'port1' });
  await hospital.ip(['address', 'add', '192.0.2.1/24', 'dev', 'port1']);
  await hospital.ip(['link', 'set', 'port1', 'up']);
  const dhcp = await startDnsmasq({
    in: hospital,
    interface: 'port1',
    range: ['192.0.2.100', '192.0.2.150'],
    router: '192.0.2.1',
    nameServers: ['192.0.2.1', '192.0.2.2'],
  });
  t.after(() => dhcp.stop());
  const lab = await NetworkManagerLab.start(cart);
  t.after(() => lab.close());
  const asked = new NetworkManager({ busAddress: lab.busAddress });

  const [idle, ...others] = await asked.interfaces();
  assert.deepEqual(others, []);
  assert.deepEqual([idle?.name, idle?.kind, idle?.activeProfile], ['eth0', 'wired', null]);

  await lab.nmcli('connection', 'add', 'type', 'ethernet', 'con-name', 'a', 'ifname', 'eth0');
  await lab.nmcli('--wait', '20', 'connection', 'up', 'a');
  const [leased] = await asked.interfaces();
  assert.ok(leased !== undefined);
  assert.match(leased.address ?? '', /^192\.0\.2\.1[0-5]\d$/);
  assert.match(leased.hardwareAddress, /^(?:[0-9A-F]{2}:){5}[0-9A-F]{2}$/);
  const { state, hasLink, speed, prefixLength, router, nameServers, activeProfile } = leased;
  assert.deepEqual(
    { state, hasLink, speed, prefixLength, router, nameServers, name: activeProfile?.id },
    {
      state: 'up',
      hasLink: true,
      // What a virtual cable of Linux says of itself.
      speed: 10_000,
      prefixLength: 24,
      router: '192.0.2.1',
      nameServers: ['192.0.2.1', '192.0.2.2'],
      name: 'a',
    },
  );

  await hospital.ip(['link', 'set', 'port1', 'down']);
  let cut = await asked.interfaces();
  for (let tries = 0; cut[0]?.hasLink !== false && tries < 100; tries += 1)
    cut = await asked.interfaces();
  assert.deepEqual([cut[0]?.hasLink, cut[0]?.speed], [false, null]);

  await lab.end();
  await assert.rejects(asked.interfaces(), { code: 'NETWORK_MANAGER_AWAY' });
});

test('without NetworkManager, its bus or its program the sentence says what to do', async () => {
  for (const options of [
    { busAddress: 'unix:path=/nonexistent' },
    { program: '/nonexistent/nmcli' },
  ]) {
    await assert.rejects(new NetworkManager(options).interfaces(), {
      code: 'NETWORK_MANAGER_AWAY',
      message: /systemctl start NetworkManager$/,
    });
  }
});

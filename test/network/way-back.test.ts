// Goal: a network profile is in force only when link, address and gateway were there in time; else the last good one is again, by
// itself. Method: a real NetworkManager on one cable, a real DHCP server and gateway at its other end; cables are pulled,
// servers silenced, addresses taken.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { shownChange } from '@chaperone/cart/network/network.ts';
import type { Network } from '@chaperone/cart/network/network.ts';
import type { WiredProfile } from '@chaperone/domain/network/network-profile.ts';
import { GatewayNotReached, OneCable } from './lab/one-cable.ts';

const DHCP: WiredProfile = {
  kind: 'wired',
  ipv4: { method: 'dhcp', nameServers: [] },
  enterprise: null,
};
const FIXED: WiredProfile = {
  kind: 'wired',
  ipv4: {
    method: 'static',
    address: '192.0.2.50',
    prefixLength: 24,
    router: '192.0.2.1',
    nameServers: ['192.0.2.1'],
  },
  enterprise: null,
};
/** Of a subnet whose router is not there. */
const ASTRAY: WiredProfile = {
  ...FIXED,
  ipv4: {
    method: 'static',
    address: '203.0.113.50',
    prefixLength: 24,
    router: '203.0.113.1',
    nameServers: [],
  },
};

async function lay(t: TestContext): Promise<OneCable> {
  const cable = await OneCable.lay();
  t.after(() => cable.close());
  return cable;
}

test('DHCP, then a fixed address: each is kept, shown with its speed, and nothing is left of the trial', async (t) => {
  const cable = await lay(t);
  const network = cable.network();
  const states: string[] = [];
  network.onChange(({ state }) => states.push(state));
  await network.apply('eth0', DHCP);
  assert.ok((network.leftMs ?? 0) > 50_000);
  assert.equal((await network.settled()).state, 'kept');
  assert.deepEqual(states, ['trying', 'keeping', 'kept']);
  let [shown] = await network.interfaces();
  assert.match(shown?.address ?? '', /^192\.0\.2\.1[0-5]\d$/);
  assert.deepEqual([shown?.state, shown?.speed, shown?.router], ['up', 10_000, '192.0.2.1']);
  assert.deepEqual(shown?.profile, DHCP);

  await network.apply('eth0', FIXED);
  assert.equal((await network.settled()).state, 'kept');
  [shown] = await network.interfaces();
  assert.deepEqual(
    [shown?.address, shown?.prefixLength, shown?.router, shown?.nameServers],
    ['192.0.2.50', 24, '192.0.2.1', ['192.0.2.1']],
  );
  assert.equal(shown?.activeProfile?.id, 'chaperone-eth0');
  assert.deepEqual(shown.profile, FIXED);
  assert.match(await readFile(cable.lab.resolvFile, 'utf8'), /^nameserver 192\.0\.2\.1$/m);
  assert.deepEqual(
    (await readdir(cable.lab.runtimeDirectory)).filter((name) => name.includes('chaperone')),
    [],
  );
  assert.deepEqual(await readdir(cable.dataDirectory), []);
  assert.deepEqual(
    cable.facts.map(({ kind }) => kind),
    ['network-change-begun', 'network-changed', 'network-change-begun', 'network-changed'],
  );

  const nameServers = ['198.51.100.53', '9.9.9.9'];
  await network.apply('eth0', { ...DHCP, ipv4: { method: 'dhcp', nameServers } });
  assert.equal((await network.settled()).state, 'kept');
  const resolv = await readFile(cable.lab.resolvFile, 'utf8');
  assert.deepEqual(
    resolv.match(/(?<=^nameserver ).*/gm),
    nameServers,
    'those of DHCP do not count',
  );
});

test('a fixed address without a gateway behind it is rolled back to the lease before', async (t) => {
  const cable = await lay(t);
  await keepDHCP(cable);
  const network = cable.network({ limitMs: 6_000 });
  await network.apply('eth0', ASTRAY);
  await assert.rejects(network.apply('eth0', FIXED), { code: 'NETWORK_CHANGE_UNDER_WAY' });
  assert.equal(shownChange(network.change, network.leftMs)?.state, 'trying');
  const change = await network.settled();
  assert.deepEqual(
    [change.state, 'failure' in change && change.failure],
    ['rolled-back', 'TIMED_OUT'],
  );
  assert.deepEqual(shownChange(change, network.leftMs), {
    interface: 'eth0',
    state: 'rolled-back',
    secondsLeft: null,
    failure: 'PORT_DROPPED',
    proof: 'gateway',
    isKeepable: true,
  });
  const [shown] = await network.interfaces();
  assert.match(shown?.address ?? '', /^192\.0\.2\.1[0-5]\d$/);
  assert.deepEqual(shown?.profile, DHCP);
  assert.equal(cable.facts.at(-1)?.kind, 'network-change-undone');
  await cable.reachGateway(AbortSignal.timeout(10_000));
});

test('while the way beyond the router is closed, a profile is kept when a person chose so, and with a router that answers', async (t) => {
  const cable = await lay(t);
  await keepDHCP(cable);
  const network = cable.network({
    limitMs: 8_000,
    checkGateway: async () => {
      throw new GatewayNotReached('The port is closed.');
    },
  });
  await assert.rejects(network.setUp('eth0', FIXED), {
    trouble: 'PORT_DROPPED',
    message: /--without-gateway keeps these settings/,
  });
  assert.equal(shownChange(network.change, null)?.isKeepable, true);
  await cable.untilAddress(/^192\.0\.2\.1[0-5]\d$/);

  await network.setUp('eth0', FIXED, 'link');
  const shown = shownChange(network.change, null);
  assert.deepEqual([shown?.state, shown?.proof, shown?.isKeepable], ['kept', 'link', false]);
  await cable.untilAddress(/^192\.0\.2\.50$/);
  assert.deepEqual(cable.facts.slice(-2), [
    { kind: 'network-change-begun', interface: 'eth0', proof: 'link' },
    { kind: 'network-changed', interface: 'eth0', proof: 'link' },
  ]);

  for (const proof of ['gateway', 'link'] as const) {
    const astray = cable.network({ limitMs: 8_000 });
    await assert.rejects(astray.setUp('eth0', ASTRAY, proof), {
      trouble: proof === 'link' ? 'ROUTER_SILENT' : 'PORT_DROPPED',
    });
    await cable.untilAddress(/^192\.0\.2\.50$/);
  }
  // On a network without a router there is none to ask for.
  const ipv4 = { ...FIXED.ipv4, address: '192.0.2.51', router: null, nameServers: [] };
  await network.setUp('eth0', { ...FIXED, ipv4 }, 'link');
  await cable.plug('down');
  await assert.rejects(network.setUp('eth0', FIXED, 'link'), { trouble: 'LINK_DOWN' });
});

test('without a cable, a lease or an address of its own a profile is not kept, and the reason is told', async (t) => {
  const cable = await lay(t);
  await keepDHCP(cable);
  const endOf = async (
    profile: WiredProfile,
    limitMs: number,
    isServedAgain = false,
  ): Promise<readonly unknown[]> => {
    const network = cable.network({ limitMs });
    if (isServedAgain)
      network.onChange(({ state }) => void (state === 'returning' && cable.serve()));
    await network.apply('eth0', profile);
    const change = await network.settled();
    return 'failure' in change ? [change.state, change.failure, change.trouble] : [change.state];
  };
  const taken = { ...FIXED.ipv4, address: '192.0.2.1', router: null, nameServers: [] };
  assert.deepEqual(await endOf({ ...FIXED, ipv4: taken }, 5_000), [
    'rolled-back',
    'TIMED_OUT',
    'ADDRESS_IN_USE',
  ]);

  await cable.dhcp?.stop();
  const elsewhere: WiredProfile = { ...DHCP, ipv4: { method: 'dhcp', nameServers: ['9.9.9.9'] } };
  assert.deepEqual(await endOf(elsewhere, 4_000, true), ['rolled-back', 'TIMED_OUT', 'NO_ADDRESS']);

  await cable.plug('down');
  assert.deepEqual(await endOf(FIXED, 4_000), ['rolled-back', 'TIMED_OUT', 'LINK_DOWN']);
  await cable.plug('up');
  // Nobody does anything: the last good profile comes up when the cable is back.
  await cable.untilAddress(/^192\.0\.2\.1[0-5]\d$/);
});

test('the first profile of a cart: rolled back to what somebody else had set up, or to nothing', async (t) => {
  const cable = await lay(t);
  const network = cable.network({ limitMs: 3_000 });
  await network.apply('eth0', ASTRAY);
  assert.equal((await network.settled()).state, 'rolled-back');
  let [shown] = await network.interfaces();
  assert.deepEqual([shown?.address, shown?.activeProfile, shown?.profile], [null, null, null]);

  const settings = ['ipv4.method', 'manual', 'ipv4.addresses', '192.0.2.77/24'];
  const add = ['connection', 'add', 'type', 'ethernet', 'con-name', 'installer', 'ifname', 'eth0'];
  await cable.lab.nmcli(...add, ...settings);
  await cable.lab.nmcli('--wait', '20', 'connection', 'up', 'installer');
  await network.apply('eth0', ASTRAY);
  assert.equal((await network.settled()).state, 'rolled-back');
  [shown] = await network.interfaces();
  assert.deepEqual([shown?.address, shown?.activeProfile?.id], ['192.0.2.77', 'installer']);
});

test('taken back by a person, and at the stop of the agent', async (t) => {
  const cable = await lay(t);
  await keepDHCP(cable);
  for (const end of ['withdraw', 'close'] as const) {
    const network = cable.network();
    const refused = assert.rejects(network.setUp('eth0', ASTRAY), {
      code: 'NETWORK_CHANGE_UNDONE',
      trouble: 'WITHDRAWN',
    });
    await begun(network);
    await network[end]();
    await refused;
    assert.deepEqual(network.change.state, 'rolled-back', end);
    await cable.untilAddress(/^192\.0\.2\.1[0-5]\d$/);
    assert.deepEqual(await readdir(cable.dataDirectory), []);
  }
});

test('who closes the network waits until the journal has what became of it; what is not up again is not said to be', async (t) => {
  const cable = await lay(t);
  await keepDHCP(cable);
  const begun = Promise.withResolvers<void>();
  const writing = Promise.withResolvers<void>();
  const written: string[] = [];
  const network = cable.network({
    limitMs: 4_000,
    record: async ({ kind }) => {
      begun.resolve();
      await writing.promise;
      written.push(kind);
    },
  });
  await cable.plug('down');
  await assert.rejects(network.setUp('eth0', FIXED), {
    code: 'NETWORK_CHANGE_UNDONE',
    message: /have not come up yet: they do by themselves when their network is there\.$/,
  });
  await begun.promise;
  let isClosed = false;
  const closed = network.close().then(() => (isClosed = true));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([isClosed, written], [false, []]);
  writing.resolve();
  await closed;
  assert.deepEqual(written, ['network-change-begun', 'network-change-undone']);
});

test('what cannot be tried touches nothing', async (t) => {
  const cable = await lay(t);
  const network = cable.network();
  const bad: WiredProfile = { ...FIXED, ipv4: { ...FIXED.ipv4, nameServers: ['x'] } };
  await assert.rejects(network.apply('eth0', bad), { code: 'NETWORK_PROFILE_REFUSED' });
  for (const name of ['eth7', 'lo', '--help', ''])
    await assert.rejects(network.apply(name, FIXED), { code: 'NETWORK_INTERFACE_UNKNOWN' });
  await assert.rejects(
    network.apply('eth0', {
      kind: 'wifi',
      ssid: 'ward',
      isHidden: false,
      band: 'any',
      security: { kind: 'wpa2-personal', passphrase: 'correct horse' },
      ipv4: FIXED.ipv4,
    }),
    { code: 'NETWORK_INTERFACE_UNKNOWN', message: /There is: none\.$/ },
  );
  await cable.lab.end();
  await assert.rejects(network.apply('eth0', FIXED), { code: 'NETWORK_MANAGER_AWAY' });
  assert.deepEqual(network.change, { state: 'none' });
  assert.deepEqual(await readdir(cable.dataDirectory), []);
  assert.deepEqual(cable.facts, []);
});

/** Settles when something is being tried. */
async function begun(network: Network): Promise<void> {
  await new Promise<void>((resolve) => {
    const stop = network.onChange(({ state }) => {
      if (state !== 'trying') return;
      stop();
      resolve();
    });
  });
}

async function keepDHCP(cable: OneCable): Promise<void> {
  const network = cable.network();
  await network.apply('eth0', DHCP);
  assert.equal((await network.settled()).state, 'kept');
}

// Goal: a field engineer sets up a cart's network at the command line: what brings the gateway is kept, what does not is undone and
// says why, and the cart is reachable throughout or again; while the firewall is closed, link and router are enough for who says so. Method: the real agent and its commands on a cart with a real
// NetworkManager, behind a hospital's router with a DHCP server; the real gateway outside.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { NetworkProfile } from '@chaperone/domain/network/network-profile.ts';
import { startDnsmasq } from './lab/dnsmasq.ts';
import { Hospital } from './lab/hospital.ts';
import { GATEWAY, Internet, SERVER_NAME } from './lab/internet.ts';
import { Namespace, layCable } from './lab/namespace.ts';
import { NetworkManagerLab } from './lab/network-manager.ts';

const FORWARD = ['ip', 'hospital', 'forward'];
const MAIN = path.resolve(import.meta.dirname, '../../cart/src/main.ts');

test('DHCP is kept; a router that is not there is undone with the finding; a fixed address is kept, behind a closed firewall by choice', async (t) => {
  const internet = await Internet.start(1);
  t.after(() => internet.close());
  const hospital = await Hospital.build(internet, { onCart: () => 'ip address flush dev eth0' });
  t.after(() => hospital.close());
  const lab = await NetworkManagerLab.start(hospital.cart);
  t.after(() => lab.close());
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-apply-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const dataDirectory = internet.nextCart();
  const file = path.join(folder, 'cart.json');
  const configuration = {
    dataDirectory,
    cart: { serial: path.basename(dataDirectory), model: 'Bench' },
    gateway: { host: GATEWAY.name, port: GATEWAY.port, serverName: SERVER_NAME },
    serviceCentre: { name: 'Centre', phone: '1', phiPolicyUrl: 'https://example.org/phi' },
    screen: { kind: 'demo' },
    network: { changeLimitMs: 16_000 },
  };
  await writeFile(file, JSON.stringify(configuration));
  // In the agent's own mount namespace NetworkManager's directories are those of the lab.
  const script = `set -e
mount -t tmpfs none /run
mkdir -p /run/NetworkManager
mount --bind '${path.join(lab.directory, 'run')}' /run/NetworkManager
mount --bind '${lab.profilesDirectory}' /etc/NetworkManager/system-connections
export DBUS_SYSTEM_BUS_ADDRESS='${lab.busAddress}'
exec "$@"`;
  await hospital.startOnCart(
    'sh',
    ['-c', script, 'sh', process.execPath, MAIN, 'run', '--config', file],
    (printed) => printed.includes('Operator panel'),
  );
  const command = async (...words: readonly string[]): Promise<{ code: number; said: string }> => {
    const all = [MAIN, ...words, '--json', '--config', file];
    const run = hospital.runOnCart(process.execPath, all, 60_000);
    return await run.then(
      (said) => ({ code: 0, said }),
      (fault: { code: number; stdout: string; stderr: string }) => ({
        code: fault.code,
        said: fault.stdout + fault.stderr,
      }),
    );
  };
  const apply = async (
    profile: NetworkProfile,
    ...flags: readonly string[]
  ): Promise<{ code: number; said: string }> => {
    const profileFile = path.join(folder, 'profile.json');
    await writeFile(profileFile, JSON.stringify(profile));
    const on = flags.includes('--interface') ? [] : ['--interface', 'eth0'];
    const how = [...on, '--profile', profileFile, ...flags];
    return await command('network', 'apply', ...how);
  };
  const addressOf = async (): Promise<string | null> => {
    const { said } = await command('network', 'show');
    const shown = JSON.parse(said) as { interfaces: { name: string; address: string | null }[] };
    return shown.interfaces.find(({ name }) => name === 'eth0')?.address ?? null;
  };
  const { cart, router } = hospital.place;
  const fixed = (address: string, its: string): NetworkProfile => ({
    kind: 'wired',
    ipv4: { method: 'static', address, prefixLength: 24, router: its, nameServers: [router] },
    enterprise: null,
  });

  assert.equal(await addressOf(), null);
  const dhcp: NetworkProfile = {
    kind: 'wired',
    ipv4: { method: 'dhcp', nameServers: [] },
    enterprise: null,
  };
  const first = await apply(dhcp);
  assert.equal(first.code, 0, first.said);
  assert.equal(await addressOf(), cart);

  const absent = router.replace(/1$/, '77');
  const astray = await apply(fixed(router.replace(/1$/, '78'), absent));
  assert.notEqual(astray.code, 0);
  assert.match(astray.said, /NETWORK_CHANGE_UNDONE/);
  assert.match(astray.said, /What was seen last: ROUTER_SILENT/);
  assert.equal(await addressOf(), cart);

  const bad = await apply(fixed(router.replace(/1$/, '255'), router));
  assert.notEqual(bad.code, 0);
  assert.match(bad.said, /NETWORK_PROFILE_REFUSED/);
  assert.match(bad.said, /ipv4\.address/);

  const own = router.replace(/1$/, '79');
  await hospital.router.run('nft', ['add', 'rule', ...FORWARD, 'tcp', 'dport', '443', 'drop']);
  const closed = await apply(fixed(own, router));
  assert.notEqual(closed.code, 0);
  assert.match(closed.said, /PORT_DROPPED/);
  assert.match(closed.said, /--without-gateway keeps these settings/);
  assert.equal(await addressOf(), cart);
  const chosen = await apply(fixed(own, router), '--without-gateway');
  assert.equal(chosen.code, 0, chosen.said);
  assert.equal(await addressOf(), own);
  const astrayAgain = await apply(fixed(cart, absent), '--without-gateway');
  assert.notEqual(astrayAgain.code, 0);
  assert.match(astrayAgain.said, /ROUTER_SILENT/);
  assert.equal(await addressOf(), own);
  await hospital.router.run('nft', ['flush', 'chain', ...FORWARD]);

  const kept = await apply(fixed(own, router));
  assert.equal(kept.code, 0, kept.said);
  assert.equal(await addressOf(), own);
  const validated = await command('validate');
  assert.match(validated.said, /"method":\s*"static"/);
  // Another interface's network gives an address, and leads nowhere: the gateway is reached, but over the first one.
  const ward = await Namespace.make('ward');
  t.after(() => ward.close());
  await layCable({ in: hospital.cart, name: 'eth1' }, { in: ward, name: 'port1' });
  await ward.ip(['address', 'add', '192.0.2.1/24', 'dev', 'port1']);
  await ward.ip(['link', 'set', 'port1', 'up']);
  const leases = await startDnsmasq({
    in: ward,
    interface: 'port1',
    range: ['192.0.2.100', '192.0.2.150'],
    router: '192.0.2.1',
    nameServers: ['192.0.2.1'],
  });
  t.after(() => leases.stop());
  const other = await apply(dhcp, '--interface', 'eth1');
  assert.notEqual(other.code, 0);
  assert.match(other.said, /reached over another interface, so that nothing is proven of this one/);
  assert.match(other.said, /There were no settings before/);

  const journal = await readFile(path.join(dataDirectory, 'journal/journal.ndjson'), 'utf8');
  const kinds = journal
    .split('\n')
    .flatMap((line) => /"kind":"(network-[a-z-]+)"/.exec(line)?.[1] ?? []);
  assert.equal(journal.match(/"proof":"link"/g)?.length, 3, 'begun twice, kept once');
  assert.deepEqual(kinds, [
    'network-change-begun',
    'network-changed',
    ...['network-change-begun', 'network-change-undone'],
    ...['network-change-begun', 'network-change-undone'],
    ...['network-change-begun', 'network-changed'],
    ...['network-change-begun', 'network-change-undone'],
    ...['network-change-begun', 'network-changed'],
    ...['network-change-begun', 'network-change-undone'],
  ]);
});

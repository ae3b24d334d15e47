// Goal: the passwords of the hospital's network and of its proxy are in no argument and no environment of any program, in no log and
// no journal, and on the disk only in the files for root alone that are meant for them. Method: a real agent on an enrolled cart is told
// both by its commands, signs in to a real switch by 802.1X with one, and a watcher looks at every process of the machine meanwhile;
// afterwards whatever the agent wrote is searched. That the watcher sees what nmcli is given shows a word planted for it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { WiredProfile } from '@chaperone/domain/network/network-profile.ts';
import { startDaemon } from './lab/daemon.ts';
import { startDnsmasq } from './lab/dnsmasq.ts';
import { startSwitchPort } from './lab/hostapd.ts';
import { GATEWAY, Internet, SERVER_NAME } from './lab/internet.ts';
import { Namespace, layCable } from './lab/namespace.ts';
import { NetworkManagerLab } from './lab/network-manager.ts';
import { ACCOUNT, startRadius } from './lab/radius.ts';
import { SignInAuthority } from './lab/sign-in-authority.ts';

const MAIN = path.resolve(import.meta.dirname, '../../cart/src/main.ts');
const WATCH = path.join(import.meta.dirname, 'lab/argument-watch.ts');
const NAME = 'radius.hospital.test';
const planted = (): string => `Planted-${randomBytes(9).toString('hex')}`;

test('a sign-in and a proxy are set up, and their passwords are where they are meant to be and nowhere else', async (t) => {
  const closing: (() => Promise<unknown>)[] = [];
  t.after(async () => {
    for (const close of closing.toReversed()) await close();
  });
  const [networkPassword, proxyPassword, seen] = [planted(), planted(), planted()];
  const internet = await Internet.start(1);
  closing.push(() => internet.close());
  const dataDirectory = internet.nextCart();
  const cart = await Namespace.make('cart');
  closing.push(() => cart.close());
  const ward = await Namespace.make('switch');
  closing.push(() => ward.close());
  await layCable({ in: cart, name: 'eth0' }, { in: ward, name: 'port1' });
  await ward.ip(['address', 'add', '192.0.2.1/24', 'dev', 'port1']);
  await ward.ip(['link', 'set', 'port1', 'up']);
  const dhcp = await startDnsmasq({
    ...{ in: ward, interface: 'port1', range: ['192.0.2.100', '192.0.2.150'] },
    ...{ router: '192.0.2.1', nameServers: ['192.0.2.1'] },
  });
  closing.push(() => dhcp.stop());
  const hospital = await SignInAuthority.make('Hospital CA');
  const radius = await startRadius(ward, await hospital.server(NAME), networkPassword);
  closing.push(() => radius.close());
  const port = await startSwitchPort(ward, 'port1');
  closing.push(() => port.close());
  const lab = await NetworkManagerLab.start(cart);
  closing.push(() => lab.close());
  const env = { DBUS_SYSTEM_BUS_ADDRESS: lab.busAddress };
  const supplicant = await startDaemon(
    'ip',
    cart.argumentsFor('wpa_supplicant', ['-u']),
    async () => (await cart.run('dbus-send', NAMES, env)).includes('fi.w1.wpa_supplicant1'),
    env,
  );
  closing.push(() => supplicant.stop());

  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-passwords-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'cart.json');
  const configuration = {
    dataDirectory,
    cart: { serial: path.basename(dataDirectory), model: 'Bench' },
    gateway: { host: GATEWAY.name, port: GATEWAY.port, serverName: SERVER_NAME },
    serviceCentre: { name: 'Centre', phone: '1', phiPolicyUrl: 'https://example.org/phi' },
    screen: { kind: 'demo' },
  };
  await writeFile(file, JSON.stringify(configuration));
  const watch = spawn(process.execPath, [WATCH], { stdio: ['pipe', 'pipe', 'inherit'] });
  const watchEnded = once(watch, 'close');
  closing.push(async () => {
    watch.kill('SIGKILL');
    await watchEnded;
  });
  let noticed = '';
  watch.stdout.setEncoding('utf8').on('data', (text: string) => (noticed += text));
  watch.stdin.end(JSON.stringify([networkPassword, proxyPassword, seen]));
  while (!noticed.startsWith('watching\n')) await once(watch.stdout, 'data');

  const agent = await startDaemon(
    'ip',
    cart.argumentsFor('sh', [
      '-c',
      inLab(lab),
      'sh',
      process.execPath,
      MAIN,
      'run',
      '--config',
      file,
    ]),
    (printed) => printed.includes('Operator panel'),
  );
  closing.push(() => agent.stop());
  const said: string[] = [];
  const command = async (...words: readonly string[]): Promise<void> => {
    said.push(
      await cart.run(process.execPath, [MAIN, ...words, '--json', '--config', file], {}, 90_000),
    );
  };
  const profile: WiredProfile = {
    kind: 'wired',
    ipv4: { method: 'dhcp', nameServers: [] },
    enterprise: {
      ...{ eap: 'peap-mschapv2', identity: ACCOUNT.identity, anonymousIdentity: null },
      ...{ password: networkPassword, caCertificates: hospital.certificate, serverName: NAME },
    },
  };
  await writeFile(path.join(folder, 'profile.json'), JSON.stringify(profile), { mode: 0o600 });
  await writeFile(path.join(folder, 'password'), proxyPassword, { mode: 0o600 });
  const where = ['--interface', 'eth0', '--profile', path.join(folder, 'profile.json')];
  await command('network', 'apply', ...where, '--without-gateway');
  const proxy = ['--host', '192.0.2.1', '--port', '3128', '--name', 'cart'];
  await command('proxy', 'set', ...proxy, '--password-file', path.join(folder, 'password'));
  await command('network', 'show');
  await command('commissioning');
  // What the watcher is for: a word that nmcli is given. One call may be over before it was looked at.
  for (let tries = 0; tries < 50 && !noticed.includes(seen); tries += 1)
    await lab.nmcli('connection', 'show', seen).catch(() => undefined);
  await agent.stop();

  assert.match(noticed, new RegExp(`^${seen} in cmdline: nmcli `, 'm'), 'the watcher sees');
  for (const [what, text] of [
    ['arguments and environment', noticed],
    ['the log of the agent', agent.printed()],
    ['answers', said.join('')],
  ] as const) {
    for (const password of [networkPassword, proxyPassword])
      for (const form of formsOf(password)) assert.ok(!text.includes(form), `${what}: ${form}`);
  }
  assert.ok((await stat(path.join(dataDirectory, 'journal/journal.ndjson'))).size > 0);
  assert.deepEqual(await filesWith(networkPassword, dataDirectory), []);
  assert.deepEqual(await filesWith(proxyPassword, dataDirectory), ['site.json 600']);
  assert.deepEqual(await filesWith(networkPassword, lab.directory), [
    'disk/profiles/chaperone-eth0.nmconnection 600',
  ]);
});

const NAMES = [
  ...['--system', '--print-reply', '--dest=org.freedesktop.DBus', '/'],
  'org.freedesktop.DBus.ListNames',
];

/** In the agent's own mount namespace NetworkManager's directories are those of the lab. */
function inLab(lab: NetworkManagerLab): string {
  return `set -e
mount -t tmpfs none /run
mkdir -p /run/NetworkManager
mount --bind '${path.join(lab.directory, 'run')}' /run/NetworkManager
mount --bind '${lab.profilesDirectory}' /etc/NetworkManager/system-connections
export DBUS_SYSTEM_BUS_ADDRESS='${lab.busAddress}'
exec "$@"`;
}

function formsOf(password: string): readonly string[] {
  const bytes = Buffer.from(password);
  return [password, bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url')];
}

/** Names and modes of the files below a directory in which a password stands, in whatever form. */
async function filesWith(password: string, directory: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const each of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!each.isFile()) continue;
    const whole = path.join(each.parentPath, each.name);
    const text = await readFile(whole, 'latin1');
    const { mode } = await stat(whole);
    if (formsOf(password).some((form) => text.includes(form)))
      found.push(`${path.relative(directory, whole)} ${(mode & 0o777).toString(8)}`);
  }
  return found.toSorted();
}

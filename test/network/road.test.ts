/**
 * Goal: the cart's own program opens its tunnel on the roads that hospitals have: through a proxy that asks for Digest and is the
 * only way out, by a PAC file, over names that only TCP answers, and by the gateway's address alone. Its proxy's password is in
 * nothing that it writes.
 * Method: the real agent in a namespace behind a router with nftables, dnsmasq and Squid; the real gateway outside. The journal says
 * that the tunnel opened, Squid's log by which name it was asked.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { NOTICE_VERSION } from '@chaperone/domain/notice/notice.ts';
import { eventually } from '../harness/eventually.ts';
import { startDaemon } from './lab/daemon.ts';
import type { Daemon } from './lab/daemon.ts';
import { Hospital } from './lab/hospital.ts';
import type { HospitalPlan, Place } from './lab/hospital.ts';
import { GATEWAY, Internet, SERVER_NAME } from './lab/internet.ts';
import type { Namespace } from './lab/namespace.ts';
import { startSquid } from './lab/squid.ts';
import type { Squid } from './lab/squid.ts';

const MAIN = path.resolve(import.meta.dirname, '../../cart/src/main.ts');
const ACCOUNT = { name: 'cart-7', password: 'Bruecken-Pfeiler-42' };
const PROXY_PORT = 3128;
const PAC_PORT = 8090;
/** Nothing leaves for the Internet but what the router itself sends: its proxy. */
const PROXY_ALONE = 'iifname "lan" oifname "wan" counter drop';

let internet: Internet;
before(async () => {
  internet = await Internet.start(4);
});
after(async () => {
  await internet.close();
});

interface Agent {
  readonly hospital: Hospital;
  readonly dataDirectory: string;
  command(...words: readonly string[]): Promise<string>;
  touch(act: string, body?: object): Promise<void>;
  journal(): Promise<string>;
  daemon: Daemon;
}

/** Builds a hospital, and starts the agent of an enrolled cart in it. */
async function arrive(
  t: TestContext,
  plan: HospitalPlan,
  gateway: { readonly host: string } = { host: GATEWAY.name },
): Promise<Agent> {
  const hospital = await Hospital.build(internet, plan);
  t.after(() => hospital.close());
  const dataDirectory = internet.nextCart();
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-road-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'cart.json');
  const configuration = {
    dataDirectory,
    cart: { serial: path.basename(dataDirectory), model: 'Bench' },
    gateway: { ...gateway, port: GATEWAY.port, serverName: SERVER_NAME },
    serviceCentre: { name: 'Centre', phone: '1', phiPolicyUrl: 'https://example.org/phi' },
    screen: { kind: 'demo' },
  };
  await writeFile(file, JSON.stringify(configuration));
  const words = [MAIN, 'run', '--config', file];
  const daemon = await hospital.startOnCart(process.execPath, words, (printed) =>
    printed.includes('Operator panel'),
  );
  const panel = (await readFile(path.join(dataDirectory, 'panel-address'), 'utf8')).trim();
  const credential = (await readFile(path.join(dataDirectory, 'panel-credential'), 'utf8')).trim();
  const headers = {
    authorization: `Bearer ${credential}`,
    origin: panel,
    'content-type': 'application/json',
  };
  return {
    hospital,
    dataDirectory,
    daemon,
    command: (...more) => hospital.runOnCart(process.execPath, [MAIN, ...more, '--config', file]),
    touch: async (act, body = {}) => {
      const given = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
      await hospital.runOnCart('curl', [
        ...['--fail-with-body', '--silent', '--show-error', '--max-time', '10', ...given],
        ...['--data', JSON.stringify(body), `${panel}/api/${act}`],
      ]);
    },
    journal: async () =>
      await readFile(path.join(dataDirectory, 'journal', 'journal.ndjson'), 'utf8'),
  };
}

/** Presses, accepts the notice, and waits until the tunnel is open. */
async function openTunnel(agent: Agent): Promise<void> {
  await agent.touch('press');
  await agent.touch('notice/accept', { noticeVersion: NOTICE_VERSION });
  await eventually('an open tunnel', async () => {
    const journal = await agent.journal();
    const failure = /"failure":"([A-Z_]+)"/.exec(journal)?.[1];
    assert.equal(failure, undefined, agent.daemon.printed());
    return journal.includes('"tunnel-opened"');
  });
}

async function setProxy(t: TestContext, agent: Agent, ...words: readonly string[]): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-secret-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'password');
  await writeFile(file, `${ACCOUNT.password}\n`);
  await agent.command('proxy', 'set', ...words, '--name', ACCOUNT.name, '--password-file', file);
}

/** What the program keeps and prints holds no password, but for the one file that is there for it. */
async function assertNoPassword(agent: Agent): Promise<void> {
  assert.ok(!agent.daemon.printed().includes(ACCOUNT.password), 'it is printed');
  const entries = await readdir(agent.dataDirectory, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile() && each.name !== 'site.json')) {
    const content = await readFile(path.join(entry.parentPath, entry.name));
    assert.ok(!content.includes(ACCOUNT.password), entry.name);
  }
}

function squidPlan({ router }: Place) {
  const account = { authentication: 'digest', account: ACCOUNT } as const;
  return { address: router, port: PROXY_PORT, ...account, lines: `dns_nameservers ${router}` };
}

describe('roads of hospitals', { concurrency: 4 }, () => {
  test('through a proxy that asks for Digest and is the only way out', async (t) => {
    let squid: Squid | undefined;
    const agent = await arrive(t, {
      forward: () => PROXY_ALONE,
      service: async (router, place) => (squid = await startSquid(router, squidPlan(place))),
    });
    const { place } = agent.hospital;
    await setProxy(t, agent, '--host', place.router, '--port', String(PROXY_PORT));
    await openTunnel(agent);
    await assertNoPassword(agent);
    const log = (await squid?.log()) ?? '';
    assert.match(log, new RegExp(`TCP_DENIED/407 \\d+ CONNECT ${GATEWAY.name}:443`));
    assert.doesNotMatch(log, /Bruecken/);
  });

  test('by a PAC file that names a dead proxy first', async (t) => {
    const agent = await arrive(t, {
      forward: () => PROXY_ALONE,
      names: (place) => [
        `--address=/${GATEWAY.name}/${GATEWAY.address}`,
        `--address=/wpad.example.org/${place.router}`,
      ],
      service: async (router, place) =>
        await together(startSquid(router, squidPlan(place)), pacHere(router, place)),
    });
    await setProxy(t, agent, '--pac', `http://wpad.example.org:${PAC_PORT}/wpad.dat`);
    await openTunnel(agent);
    await assertNoPassword(agent);
  });

  test('with names over TCP alone, and directly', async (t) => {
    const agent = await arrive(t, { input: () => 'iifname "lan" udp dport 53 counter drop' });
    await openTunnel(agent);
  });

  test('by the address of the gateway, with its certificate checked against its name', async (t) => {
    const agent = await arrive(t, { names: null }, { host: GATEWAY.address });
    await openTunnel(agent);
  });
});

/** A web server for the PAC file, on the router. */
async function pacHere(router: Namespace, place: Place): Promise<Daemon> {
  const ways = `PROXY ${place.router}:9; PROXY ${place.router}:${PROXY_PORT}`;
  const text = `function FindProxyForURL(url, host) { return isInNet(dnsResolve(host), '198.51.100.0', '255.255.255.0') ? '${ways}' : 'DIRECT'; }`;
  const script = `require('node:http').createServer((_, answer) => answer.end(${JSON.stringify(text)})).listen(${PAC_PORT}, '${place.router}', () => console.log('listening'))`;
  return await startDaemon('ip', router.argumentsFor(process.execPath, ['-e', script]), (printed) =>
    printed.includes('listening'),
  );
}

async function together(first: Promise<Daemon>, second: Promise<Daemon>): Promise<Daemon> {
  const [one, other] = await Promise.all([first, second]);
  return {
    ...one,
    stop: async (signal) => {
      await Promise.all([one.stop(signal), other.stop(signal)]);
    },
  };
}

/**
 * Goal: the cart passes a real proxy with every proof that it offers, and names what the proxy forbids or cannot do; its password
 * is in no log and on no wire that it need not be on.
 * Method: a real Squid on loopback, and the cart's own road through it to a listener behind, and to a whole gateway.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { enrol, renew } from '@chaperone/cart/licence/licence.ts';
import { openRoad } from '@chaperone/cart/road/road.ts';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { newTestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import { eventually } from '../harness/eventually.ts';
import { startSquid } from './lab/squid.ts';
import type { SquidPlan } from './lab/squid.ts';

/** A gateway of a demo has a certificate for no other name. */
const SERVER_NAME = 'localhost';
const ACCOUNT = { name: 'cart-7', password: 'pass: "word" with \\ all' };
const NAME = 'gateway.example.org';

/** A free port: nobody else takes it between this and its use but by chance. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function stage(t: TestContext, plan: Partial<SquidPlan> = {}) {
  const behind = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end('behind the proxy');
  });
  behind.listen(0, '127.0.0.1');
  await once(behind, 'listening');
  t.after(() => behind.close());
  const { port } = behind.address() as AddressInfo;
  const proxyPort = await freePort();
  const squid = await startSquid(null, {
    address: '127.0.0.1',
    port: proxyPort,
    ports: [port],
    account: ACCOUNT,
    ...plan,
    lines: `hosts_file ${path.join(import.meta.dirname, 'lab', 'gateway-hosts')}\n${plan.lines ?? ''}`,
  });
  t.after(() => squid.stop());
  const open = async (credentials: typeof ACCOUNT | null, host = NAME, to = port) => {
    const gateway = { host, port: to, serverName: NAME };
    const proxy = { kind: 'manual', host: '127.0.0.1', port: proxyPort, credentials } as const;
    const road = await openRoad({ gateway, proxy }, new AbortController().signal);
    t.after(() => road.socket.destroy());
    const [said] = (await once(road.socket, 'data')) as [Buffer];
    assert.equal(said.toString(), 'behind the proxy');
    return road;
  };
  return { squid, open, port, proxyPort };
}

test('no proof, Basic and Digest each lead through Squid; where both are offered, it is Digest', async (t) => {
  const cases = [
    [undefined, 'none'],
    ['basic', 'basic'],
    ['digest', 'digest'],
    ['both', 'digest'],
  ] as const;
  for (const [authentication, expected] of cases) {
    const { squid, open } = await stage(t, authentication === undefined ? {} : { authentication });
    const road = await open(ACCOUNT);
    assert.deepEqual([road.proxy?.authentication, road.namesBy], [expected, 'proxy']);
    const passed = new RegExp(`TCP_TUNNEL/200 \\d+ CONNECT ${NAME}:`);
    await eventually('a line about the tunnel', async () => passed.test(await squid.log()));
    assert.doesNotMatch(await squid.log(), /pass:/);
  }
});

test('what Squid refuses is told apart', async (t) => {
  const asking = await stage(t, { authentication: 'digest' });
  await assert.rejects(asking.open(null), { code: 'PROXY_CREDENTIALS_MISSING' });
  const wrong = { ...ACCOUNT, password: 'wrong' };
  await assert.rejects(asking.open(wrong), { code: 'PROXY_CREDENTIALS_REFUSED' });
  const closed = await freePort();
  await assert.rejects(asking.open(ACCOUNT, NAME, closed), { code: 'PROXY_PORT_REFUSED' });
  const open = await stage(t, { ports: [closed] });
  await assert.rejects(open.open(null, NAME, closed), { code: 'PROXY_GATEWAY_UNREACHABLE' });
  await assert.rejects(open.open(null, 'nowhere.invalid', closed), {
    code: 'PROXY_GATEWAY_UNREACHABLE',
  });
  const denied = await stage(t, { rules: 'http_access deny all' });
  await assert.rejects(denied.open(null), { code: 'PROXY_PORT_REFUSED' });
});

test('a cart enrols and renews through a proxy that asks for Digest, with a gateway whose name it cannot look up', async (t) => {
  await using gateway = await newTestGateway();
  const { authority } = gateway.running;
  const { port } = gateway.running.edgeAddress;
  const { squid, proxyPort } = await stage(t, { authentication: 'digest', ports: [port] });
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-proxied-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const serial = parseCartSerial('US-4711');
  const { code } = await authority.issueCartLicence(serial, { by: 'test' });
  const options = {
    directory,
    gateway: { host: NAME, port, serverName: SERVER_NAME },
    proxy: { kind: 'manual', host: '127.0.0.1', port: proxyPort, credentials: ACCOUNT },
    signal: new AbortController().signal,
  } as const;
  const enrolled = await enrol({
    ...options,
    serial,
    licenceCode: code,
    rootFingerprint: authority.facts.fingerprints.cart,
  });
  const renewed = await renew(options);
  assert.notEqual(renewed.certificateSerialHex, enrolled.certificateSerialHex);
  // The proxy alone knows the name, so nothing went past it.
  const passed = new RegExp(`TCP_TUNNEL/200 \\d+ CONNECT ${NAME}:${port} ${ACCOUNT.name} `);
  await eventually('a line about it', async () => passed.test(await squid.log()));
});

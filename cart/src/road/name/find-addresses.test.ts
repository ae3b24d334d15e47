// Goal: a name is found where it can be found, over UDP or TCP, and where not, it is said why: silence, a refusal, a missing name and
// a filter are four things. Nobody but the name server that was asked, answering what was asked, is heard. Method: name servers on
// loopback that follow a script; a port that nobody listens on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { decode, encode, RECURSION_DESIRED } from 'dns-packet';
import type { Answer } from 'dns-packet';
import { machineWith, startNameServer } from '../testing/scripted-name-server.ts';
import type { NameScript } from '../testing/scripted-name-server.ts';
import { findAddresses } from './find-addresses.ts';
import type { MachineNames } from './machine-names.ts';

const RCODE = { SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 };
const TRUNCATED = 0x0200;

/** An answer to a query, with an rcode or other flags. */
function answerTo(query: Buffer, answers: Answer[], flags = 0): Buffer {
  const { id = 0, questions = [] } = decode(query);
  return encode({
    ...{ type: 'response', id, questions, answers },
    flags: RECURSION_DESIRED | flags,
  });
}

function address(name: string, data: string, ttl = 60): Answer {
  return { type: 'A', class: 'IN', name, data, ttl };
}

const GATEWAY: NameScript = (query, name) => [answerTo(query, [address(name, '192.0.2.80')])];

function find(host: string, machine: MachineNames, signal = new AbortController().signal) {
  return findAddresses(host, machine, signal);
}

async function machineOf(t: TestContext, ...scripts: readonly NameScript[]) {
  return machineWith(await Promise.all(scripts.map((script) => startNameServer(t, script))));
}

test('an address, a name of the hosts file and the machine itself ask nobody', async (t) => {
  const server = await startNameServer(t, GATEWAY);
  const hosts = new Map([['gateway.example', ['192.0.2.7']]]);
  const machine = machineWith([server], { hosts });
  const found = [
    await find('192.0.2.1', machine),
    await find('Gateway.Example.', machine),
    await find('localhost', machine),
  ].map(({ addresses, by }) => [...addresses, by]);
  assert.deepEqual(found, [
    ['192.0.2.1', 'given'],
    ['192.0.2.7', 'local'],
    ['127.0.0.1', 'local'],
  ]);
  assert.deepEqual(server.questions, []);
});

test('over UDP where it is open', async (t) => {
  const found = await find('gateway.example', await machineOf(t, GATEWAY));
  assert.deepEqual(
    { ...found, server: 1 },
    { addresses: ['192.0.2.80'], by: 'udp', server: 1, lifeMs: 60_000 },
  );
});

test('over TCP where UDP is silent, and where an answer is too long for a datagram', async (t) => {
  const silent = await machineOf(t, (query, name, by) =>
    by === 'udp' ? [] : GATEWAY(query, name, by),
  );
  assert.equal((await find('gateway.example', silent)).by, 'tcp');
  const long = await machineOf(t, (query, name, by) =>
    by === 'udp' ? [answerTo(query, [], TRUNCATED)] : GATEWAY(query, name, by),
  );
  assert.equal((await find('gateway.example', long)).by, 'tcp');
});

test('a second server answers where the first is dead, refuses or talks nonsense', async (t) => {
  const gone = machineWith([{ address: '127.0.0.1', port: 9 }]);
  const firsts: readonly NameScript[] = [
    () => [],
    (query) => [answerTo(query, [], RCODE.SERVFAIL)],
    () => [Buffer.from('nonsense that is longer than a header')],
  ];
  for (const first of firsts) {
    const machine = await machineOf(t, first, GATEWAY);
    assert.deepEqual((await find('gateway.example', machine)).addresses, ['192.0.2.80']);
  }
  const { servers } = await machineOf(t, GATEWAY);
  const behind = machineWith([...gone.servers, ...servers]);
  assert.deepEqual((await find('gateway.example', behind)).addresses, ['192.0.2.80']);
});

test('an alias is followed; records of other names do not count, nor does a ring', async (t) => {
  const alias = (name: string, data: string): Answer => ({ type: 'CNAME', name, data, ttl: 5 });
  const chain = await machineOf(t, (query, name) => [
    answerTo(query, [
      address('other.example', '192.0.2.66'),
      alias(name, 'EDGE.example'),
      address('edge.example', '192.0.2.81'),
      address('edge.example', '192.0.2.82'),
    ]),
  ]);
  const { addresses, lifeMs } = await find('gateway.example', chain);
  assert.deepEqual([addresses, lifeMs], [['192.0.2.81', '192.0.2.82'], 5000]);
  const ring = await machineOf(t, (query, name) => [
    answerTo(query, [alias(name, 'edge.example'), alias('edge.example', name)]),
  ]);
  await assert.rejects(find('gateway.example', ring), { code: 'NAME_SERVERS_SILENT' });
});

const NOT_FOUND: readonly [string, NameScript, string][] = [
  ['a missing name', (query) => [answerTo(query, [], RCODE.NXDOMAIN)], 'NAME_MISSING'],
  ['a name without an address', (query) => [answerTo(query, [])], 'NAME_MISSING'],
  ['a refusal', (query) => [answerTo(query, [], RCODE.REFUSED)], 'NAME_SERVERS_REFUSE'],
  ['a failure', (query) => [answerTo(query, [], RCODE.SERVFAIL)], 'NAME_SERVERS_REFUSE'],
  ['a filter', (query, name) => [answerTo(query, [address(name, '0.0.0.0')])], 'NAME_FILTERED'],
  ['silence', () => [], 'NAME_SERVERS_SILENT'],
];
for (const [what, script, code] of NOT_FOUND) {
  test(`${what} is ${code}`, async (t) => {
    await assert.rejects(find('gateway.example', await machineOf(t, script)), { code });
  });
}

test('without a name server, and with one whose machine has none, it is said at once', async () => {
  await assert.rejects(find('gateway.example', machineWith([])), { code: 'NAME_SERVERS_MISSING' });
  const nobody = machineWith([{ address: '127.0.0.1', port: 9 }]);
  await assert.rejects(find('gateway.example', nobody), { code: 'NAME_SERVERS_SILENT' });
  // Where no way leads, the kernel says so before anything is sent.
  const nowhere = machineWith([{ address: '255.255.255.255', port: 53 }]);
  await assert.rejects(find('gateway.example', nowhere), { code: 'NAME_SERVERS_SILENT' });
});

test('names that cannot be one, and .invalid, are never asked for', async (t) => {
  const server = await startNameServer(t, GATEWAY);
  for (const name of ['gateway.invalid', `${'a'.repeat(64)}.example`, 'a b.example', '', '..']) {
    await assert.rejects(find(name, machineWith([server])), { code: 'NAME_MISSING' });
  }
  assert.deepEqual(server.questions, []);
});

test('a short name is looked for in the domains of the machine, a whole one is not', async (t) => {
  const server = await startNameServer(t, (query, name) => [
    name === 'proxy.hospital.example'
      ? answerTo(query, [address(name, '192.0.2.9')])
      : answerTo(query, [], RCODE.NXDOMAIN),
  ]);
  const machine = machineWith([server], {
    searchDomains: ['ward.hospital.example', 'hospital.example'],
  });
  assert.deepEqual((await find('proxy', machine)).addresses, ['192.0.2.9']);
  await assert.rejects(find('proxy.ward', machine), { code: 'NAME_MISSING' });
  assert.deepEqual(server.questions, [
    'udp proxy.ward.hospital.example',
    'udp proxy.hospital.example',
    'udp proxy.ward',
  ]);
});

test('another id, another question and a query in place of an answer are not heard', async (t) => {
  const wrong: readonly ((query: Buffer) => Buffer)[] = [
    (query) => {
      const bytes = Buffer.from(answerTo(query, [address('gateway.example', '192.0.2.66')]));
      bytes.writeUInt16BE(bytes.readUInt16BE(0) ^ 1, 0);
      return bytes;
    },
    (query) =>
      encode({
        type: 'response',
        id: query.readUInt16BE(0),
        questions: [{ type: 'A', class: 'IN', name: 'other.example' }],
        answers: [address('gateway.example', '192.0.2.66')],
      }),
    (query) => query,
  ];
  for (const forged of wrong) {
    const machine = await machineOf(t, (query, name, by) => [
      forged(query),
      ...GATEWAY(query, name, by),
    ]);
    assert.deepEqual((await find('gateway.example', machine)).addresses, ['192.0.2.80']);
  }
});

test('looking stops as soon as nobody wants it any more', async (t) => {
  const stop = new AbortController();
  const machine = await machineOf(t, () => {
    stop.abort(new Error('no longer wanted'));
    return [];
  });
  await assert.rejects(find('gateway.example', machine, stop.signal), /no longer wanted/);
});

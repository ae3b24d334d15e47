// Goal: a PAC file sends the cart where it says, in its order; whatever is wrong with it is said plainly and costs limited time,
// memory and bytes; what it learns is names, and it is never told a password's way out. Method: PAC files on a web server on
// loopback, run as the product runs them, with proxies that follow a script.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { ProxyCredentials } from '@chaperone/domain/network/proxy-settings.ts';
import { openRoad, RoadMemory } from '../road.ts';
import { listenOn, startProxy } from '../testing/scripted-proxy.ts';
import { mayShowCredentials } from './credential-rule.ts';
import { evaluatePAC } from './pac-evaluation.ts';
import { readDirections } from './pac.ts';

const HOSTS = new Map<string, readonly string[]>([
  ['gateway.example', ['127.0.0.1']],
  ['inside.example', ['10.1.2.3']],
]);
const machineNames = async () => ({ servers: [], searchDomains: [], hosts: HOSTS });

async function serve(t: TestContext, answer: RequestListener | string): Promise<string> {
  const listener: RequestListener =
    typeof answer === 'string' ? (_, response) => void response.end(answer) : answer;
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/proxy.pac`;
}

async function open(
  t: TestContext,
  url: string,
  options: { credentials?: ProxyCredentials; memory?: RoadMemory } = {},
) {
  const port = await listenOn(t, (socket) => socket.end('gateway'));
  const settings = {
    gateway: { host: 'gateway.example', port, serverName: 'gateway.example' },
    proxy: { kind: 'pac', url, credentials: options.credentials ?? null },
  } as const;
  const { signal } = new AbortController();
  const road = await openRoad(settings, signal, options.memory, { machineNames });
  t.after(() => road.socket.destroy());
  return road;
}

function saying(expression: string): string {
  return `function FindProxyForURL(url, host) { return ${expression}; }`;
}

test('the file is told address and name of the gateway, and its ways are tried in their order', async (t) => {
  const proxy = await startProxy(t, () => 'connect');
  const url = await serve(
    t,
    saying(
      `/^https:..gateway.example:[0-9]+.$/.test(url) && host === 'gateway.example' ?
        'PROXY 127.0.0.1:9; PROXY 127.0.0.1:${proxy.port}; DIRECT' : 'DIRECT'`,
    ),
  );
  const road = await open(t, url);
  assert.equal(road.proxy?.port, proxy.port);
  const direct = await open(t, await serve(t, saying(`'PROXY 127.0.0.1:9; DIRECT'`)));
  assert.deepEqual([direct.proxy, direct.namesBy], [null, 'local']);
});

test('the file is fetched once for both connections, and anew after a failure', async (t) => {
  let fetched = 0;
  const proxy = await startProxy(t, (_, count) =>
    count === 3 ? 'HTTP/1.1 403 No\r\n\r\n' : 'connect',
  );
  const url = await serve(t, (_, response) => {
    fetched += 1;
    response.end(saying(`'PROXY 127.0.0.1:${proxy.port}'`));
  });
  const memory = new RoadMemory();
  await open(t, url, { memory });
  await open(t, url, { memory });
  assert.equal(fetched, 1);
  await assert.rejects(open(t, url, { memory }), { code: 'PROXY_PORT_REFUSED' });
  await open(t, url, { memory });
  assert.equal(fetched, 2);
});

const BROKEN: readonly [string, string, string, RegExp][] = [
  ['a script that does not parse', 'function FindProxyForURL(', 'PAC_BROKEN', /SyntaxError/],
  ['another language', '<html>Not found</html>', 'PAC_BROKEN', /fails/],
  ['no function', 'var x = 1;', 'PAC_BROKEN', /FindProxyForURL/],
  ['a script that throws', saying('gone.away'), 'PAC_BROKEN', /ReferenceError/],
  ['an endless loop', saying('(function () { for (;;); })()'), 'PAC_BROKEN', /no end/],
  ['an endless loop outside', 'for (;;);', 'PAC_BROKEN', /no end/],
  [
    'an endless expression',
    saying(`/(a+)+$/.test('${'a'.repeat(40)}b') ? 1 : 2`),
    'PAC_BROKEN',
    /end|fails/,
  ],
  [
    'memory without end',
    saying('(function () { var a = []; for (;;) a.push(new Array(9999)); })()'),
    'PAC_BROKEN',
    /memory|end/,
  ],
  [
    'a recursion without end',
    'function FindProxyForURL() { return FindProxyForURL(); }',
    'PAC_BROKEN',
    /stack|fails|end|more/,
  ],
  // One word in the sandbox; taken over as it is, it would be the end of the process.
  ['an array of places alone', saying('new Array(4294967295)'), 'PAC_BROKEN', /no list/],
  ['such an array inside', saying('({ a: new Array(3e8) })'), 'PAC_BROKEN', /no list/],
  ['such an array thrown', 'throw { message: new Array(4294967295) };', 'PAC_BROKEN', /fails/],
  [
    'such an array as a name',
    saying('String(dnsResolve(new Array(4294967295))) + "; SOCKS 10.0.0.1:1"'),
    'PAC_NO_ROAD',
    /null/,
  ],
  [
    'functions of the language exchanged',
    `String.prototype.slice = function () { return { length: 1 }; }; ${saying('"SOCKS 1:1"')}`,
    'PAC_NO_ROAD',
    /SOCKS/,
  ],
  [
    'faults of the language exchanged',
    `for (const each of [Error, InternalError, SyntaxError]) {
       each.prototype.name = new Array(4294967295);
       each.prototype.message = new Array(4294967295);
       each.prototype.stack = new Array(4294967295);
       each.prototype.toString = () => new Array(4294967295);
     }
     function FindProxyForURL() { for (;;); }`,
    'PAC_BROKEN',
    /end|fails|more/,
  ],
  ['words that do not end', `${saying("'DIRECT'.padEnd(3e7, ' ')")}`, 'PAC_BROKEN', /no list/],
  ['a comment without an end', `${saying("'DIRECT'")} /*`, 'PAC_BROKEN', /fails/],
  ['a number', saying('5'), 'PAC_BROKEN', /no list/],
  ['a promise', `async ${saying("'DIRECT'")}`, 'PAC_BROKEN', /no list/],
  ['SOCKS alone', saying(`'SOCKS5 10.0.0.1:1080; SOCKS 10.0.0.1:1080'`), 'PAC_NO_ROAD', /SOCKS5/],
  ['a port that is none', saying(`'PROXY 10.0.0.1:99999'`), 'PAC_NO_ROAD', /99999/],
  ['a file without an end', `//${'x'.repeat(1_100_000)}`, 'PAC_BROKEN', /larger/],
];
for (const [what, text, code, words] of BROKEN) {
  test(`${what} is ${code}`, async (t) => {
    await assert.rejects(open(t, await serve(t, text)), (failure: Error & { code: string }) => {
      assert.equal(failure.code, code, failure.message);
      assert.match(failure.message, words);
      return true;
    });
  });
}

test('a function that is a constant is one, and a file may end in a remark', async (t) => {
  const { proxy } = await open(t, await serve(t, "const FindProxyForURL = () => 'DIRECT' // so"));
  assert.equal(proxy, null);
});

test('a file that is not there, moves on and on, or does not come is PAC_UNREACHABLE', async (t) => {
  const missing = await serve(t, (_, response) => void response.writeHead(404).end());
  await assert.rejects(open(t, `${missing}?key=secret`), (failure: Error) => {
    assert.match(failure.message, /proxy\.pac cannot be fetched: its server answers 404/);
    assert.doesNotMatch(failure.message, /secret/);
    return true;
  });
  const ring = await serve(t, (_, response) => {
    response.writeHead(302, { location: '/again' }).end();
  });
  await assert.rejects(open(t, ring), { code: 'PAC_UNREACHABLE' });
  const elsewhere = await serve(t, (_, response) => {
    response.writeHead(302, { location: 'file:///etc/passwd' }).end();
  });
  await assert.rejects(open(t, elsewhere), { code: 'PAC_UNREACHABLE' });
  await assert.rejects(open(t, 'http://127.0.0.1:9/'), /cannot be reached/);
  await assert.rejects(open(t, 'http://pac.invalid/'), /name of its server/);
  const silent = await serve(t, () => undefined);
  await assert.rejects(open(t, silent), /within 5 seconds/);
});

test('a script sees its functions and nothing of the agent', async () => {
  const { signal } = new AbortController();
  const ask = async (expression: string): Promise<string> =>
    await evaluatePAC(
      { url: 'http://x/', text: saying(`String(${expression})`), target: 'g:443', host: 'g' },
      {
        find: async (host) => {
          const addresses = HOSTS.get(host);
          if (addresses === undefined) throw new Error('missing');
          return { addresses, by: 'udp', server: null, lifeMs: 0 };
        },
        signal,
      },
    );
  const cases: readonly [string, string][] = [
    [`dnsResolve('inside.example')`, '10.1.2.3'],
    [`dnsResolve('nowhere.example')`, 'null'],
    [`isResolvable('inside.example')`, 'true'],
    [`isInNet('inside.example', '10.1.0.0', '255.255.0.0')`, 'true'],
    [`isInNet('10.2.0.1', '10.1.0.0', '255.255.0.0')`, 'false'],
    [`isInNet('10.2.0.999', '10.1.0.0', '0.0.0.0')`, 'false'],
    [`/^[0-9.]+$/.test(myIpAddress())`, 'true'],
    [`isPlainHostName('www') + ' ' + isPlainHostName('www.example')`, 'true false'],
    [`dnsDomainIs('www.Example', '.example')`, 'true'],
    [
      `localHostOrDomainIs('www', 'www.example') + ' ' + localHostOrDomainIs('w', 'www.example')`,
      'true false',
    ],
    [`dnsDomainLevels('a.b.c')`, '2'],
    [
      `shExpMatch('https://a.example/x', '*.example/*') + ' ' + shExpMatch('ab', 'a?c')`,
      'true false',
    ],
    [`shExpMatch('${'a'.repeat(500)}', '${'*a'.repeat(60)}b')`, 'false'],
    [`weekdayRange('SUN', 'SAT') && dateRange('JAN', 'DEC') && timeRange(0, 24)`, 'true'],
    [`dateRange(1, 'JAN', 1999, 31, 'DEC', 2001, 'GMT') || timeRange(1)=== 5`, 'false'],
    [
      `[typeof require, typeof process, typeof fetch, typeof globalThis.Worker].join()`,
      'undefined,undefined,undefined,undefined',
    ],
    [
      `(function () { var n = 0; for (var i = 0; i < 99; i += 1) if (isResolvable('inside.example')) n += 1; return n; })()`,
      '32',
    ],
  ];
  for (const [expression, expected] of cases) {
    assert.equal(await ask(expression), expected, expression);
  }
});

test('a file is not run to its end when nobody wants it any more', async () => {
  const stop = new AbortController();
  const running = evaluatePAC(
    { url: 'http://x/', text: saying(`dnsResolve('x')`), target: 'g:443', host: 'g' },
    {
      find: () => {
        stop.abort(new Error('no longer wanted'));
        return new Promise(() => undefined);
      },
      signal: stop.signal,
    },
  );
  await assert.rejects(running, /no longer wanted/);
});

test('directions are read as browsers read them', () => {
  const proxy = (host: string, port: number) => ({ kind: 'proxy', host, port });
  assert.deepEqual(readDirections(''), [{ kind: 'direct' }]);
  assert.deepEqual(
    readDirections(' direct ;; proxy A.b:1;HTTP [2001:db8::1]:2; PROXY c; HTTPS d:4'),
    [{ kind: 'direct' }, proxy('A.b', 1), proxy('2001:db8::1', 2), proxy('c', 80)],
  );
  for (const wrong of [
    'PROXY',
    'PROXY a:0',
    'PROXY a b:1',
    'PROXY a\r\nX: y:1',
    'nonsense',
    'DIRECT x',
  ]) {
    assert.deepEqual(readDirections(wrong), [], wrong);
  }
  assert.equal(readDirections('DIRECT;'.repeat(50)).length, 6);
});

test('credentials stay with the hospital: at private addresses, and in the domain that the file comes from', async (t) => {
  const rule: readonly [string, string, string, boolean][] = [
    ['http://pac.hospital.example/', 'proxy.hospital.example', '203.0.113.7', true],
    ['http://pac.hospital.example/', 'PAC.hospital.example', '203.0.113.7', true],
    ['http://pac.hospital.example/', 'proxy.evil.example', '203.0.113.7', false],
    ['http://pac.hospital.example/', 'evilhospital.example', '203.0.113.7', false],
    ['http://pac.hospital.example/', '203.0.113.7', '203.0.113.7', false],
    ['http://pac.hospital.example/', '10.0.0.1', '10.0.0.1', true],
    ['http://hospital.example/', 'evil.example', '203.0.113.7', false],
    ['http://hospital.co.uk/', 'evil.co.uk', '203.0.113.7', false],
    ['http://pac.hospital.co.uk/', 'proxy.hospital.co.uk', '203.0.113.7', true],
    ['http://203.0.113.9/', '203.0.113.7', '203.0.113.7', false],
    ['http://203.0.113.9/', '203.0.113.9', '203.0.113.9', true],
    ['http://pac.hospital.example/', 'x', 'fd00::1', true],
    ['http://pac.hospital.example/', 'x', '2001:db8::1', false],
  ];
  for (const [url, host, address, expected] of rule) {
    assert.equal(mayShowCredentials(url, host, address), expected, `${url} ${host} ${address}`);
  }
  const proxy = await startProxy(t, (_, count) =>
    count === 1 ? 'HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm="r"\r\n\r\n' : 'connect',
  );
  const url = await serve(t, saying(`'PROXY 127.0.0.1:${proxy.port}'`));
  const road = await open(t, url, { credentials: { name: 'cart', password: 'secret' } });
  assert.equal(road.proxy?.authentication, 'basic');
});

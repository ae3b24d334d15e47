// Goal: a gateway that abuses the protocol gets a problem for what can be answered and a closed stream or connection for
// the rest; the cart stays bounded in memory, journal and time, and its operator stays in charge. Method: a scripted peer
// with the gateway's own keys, by HTTP/2 and by frames written by hand, against the real agent and its real panel.
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { test } from 'node:test';
import type { ProblemCode } from '@chaperone/cart/platform/problem-table.ts';
import { TEST_CASE } from '@chaperone/cart/platform/testing/licensed-workstation.ts';
import type {
  Answer,
  Asked,
  DeskConnection,
} from '@chaperone/cart/platform/testing/scripted-desk.ts';
import {
  END_HEADERS,
  END_STREAM,
  FRAME,
  frame,
  getBlock,
  headerBlock,
  RawConnection,
} from './raw-frames.ts';
import { offer, Stage } from './stage.ts';

interface Abuse {
  readonly name: string;
  readonly operation: string;
  readonly code: ProblemCode;
  readonly method: string;
  readonly target: string;
  readonly asked?: Asked;
}

const JSON_OFFER = JSON.stringify({ case: TEST_CASE, requests: [] });

function badOffer(name: string, asked: Asked, code: ProblemCode = 'REQUEST_MALFORMED'): Abuse {
  return { name, operation: 'PUT offer', code, method: 'PUT', target: '/v1/offer', asked };
}

function unknown(method: string, target: string): Abuse {
  return {
    name: `unknown: ${method} ${target}`,
    operation: 'unknown',
    code: 'ROUTE_NOT_FOUND',
    method,
    target,
    asked: method === 'POST' ? { body: {} } : {},
  };
}

const ABUSES: readonly Abuse[] = [
  badOffer('a body of 65 KiB', { body: Buffer.alloc(65 * 1024, ' ') }, 'REQUEST_TOO_LARGE'),
  badOffer('a body of 8 MB', { body: Buffer.alloc(8_000_000, ' ') }, 'REQUEST_TOO_LARGE'),
  badOffer('no body', { body: '' }),
  badOffer('a body that is not JSON', { body: '<case/>' }),
  badOffer('a body that is not UTF-8', { body: Buffer.from([0x22, 0xff, 0x22]) }),
  badOffer('a compressed body', {
    body: gzipSync(JSON_OFFER),
    headers: { 'content-encoding': 'gzip' },
  }),
  badOffer('sixty thousand brackets', { body: '['.repeat(60_000) }),
  badOffer('a list instead of an object', { body: '[]' }),
  badOffer('a member that nobody knows', { body: { case: null, requests: [], more: true } }),
  badOffer('a member named __proto__', {
    body: '{"case":null,"requests":[],"__proto__":{"isAdmin":true}}',
  }),
  badOffer('a thousand requests in one offer', {
    body: { case: TEST_CASE, requests: Array.from({ length: 1000 }, () => 'a.b.c') },
  }),
  badOffer('nine requests in one offer', {
    body: { case: TEST_CASE, requests: Array.from({ length: 9 }, () => 'a.b.c') },
  }),
  badOffer('a request of 17 KiB', {
    body: { case: TEST_CASE, requests: [`a.${'b'.repeat(17 * 1024)}.c`] },
  }),
  badOffer('a case that is no case', {
    body: { case: { id: 'case-../..', number: '1', facility: 'F' }, requests: [] },
  }),
  badOffer('a facility of 10,000 characters', {
    body: { case: { ...TEST_CASE, facility: 'F'.repeat(10_000) }, requests: [] },
  }),
  badOffer(
    'a body of text',
    { body: JSON_OFFER, headers: { 'content-type': 'text/plain' } },
    'MEDIA_TYPE_UNSUPPORTED',
  ),
  badOffer(
    'a body of a form',
    { body: JSON_OFFER, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    'MEDIA_TYPE_UNSUPPORTED',
  ),
  unknown('GET', '/'),
  unknown('GET', '/v2/hello'),
  unknown('GET', '/v1/hello/'),
  unknown('GET', '//v1/hello'),
  unknown('GET', '/v1/../v1/hello'),
  unknown('GET', '/v1/%68ello'),
  unknown('PUT', '/v1/hello'),
  unknown('TRACE', '/v1/hello'),
  unknown('OPTIONS', '*'),
  unknown('POST', '/v1/press'),
  unknown('POST', '/v1/notice/accept'),
  unknown('POST', '/v1/consent'),
  unknown('POST', '/v1/session/pause'),
  unknown('POST', '/api/press'),
  unknown('POST', '/api/consent'),
  unknown('GET', '/api/views'),
  unknown('GET', '/v1/content/../../etc'),
  unknown('CONNECT', 'shell'),
  unknown('CONNECT', '127.0.0.1:22'),
  unknown('CONNECT', 'SCREEN'),
  {
    name: "an end in the operator's name",
    operation: 'POST session/end',
    code: 'REQUEST_MALFORMED',
    method: 'POST',
    target: '/v1/session/end',
    asked: { body: { reason: 'operator-ended' } },
  },
  {
    name: 'a journal from nowhere',
    operation: 'GET journal',
    code: 'REQUEST_MALFORMED',
    method: 'GET',
    target: '/v1/journal?from=1e9',
  },
  {
    name: 'a journal from two places',
    operation: 'GET journal',
    code: 'REQUEST_MALFORMED',
    method: 'GET',
    target: '/v1/journal?from=1&from=2',
  },
];

test('what has no meaning is a problem, and changes nothing', async (t) => {
  const stage = await Stage.start(t);
  const foothold = await stage.connect();
  for (const { name, operation, code, method, target, asked } of ABUSES) {
    await t.test(name, async () => {
      const before = await stage.operator.view();
      const answer = await foothold.interactive.ask(method, target, asked);
      stage.assertRefused(answer, operation, code);
      assert.deepEqual(still(await stage.operator.view()), still(before));
    });
  }
  await stage.end(foothold);
  await stage.proveSound();
});

/** A view without what passes by itself. */
function still(view: Awaited<ReturnType<Stage['operator']['view']>>): object {
  return { ...view, secondsLeftToDial: null };
}

test('the gateway cannot press, accept, consent, resume a pause or end in the name of the operator', async (t) => {
  const stage = await Stage.start(t);
  const held = await stage.grant(await stage.connect(), ['view']);
  await stage.operator.pause();
  const asks: readonly (readonly [string, object])[] = [
    ['/v1/press', {}],
    ['/api/press', {}],
    ['/api/notice/accept', { noticeVersion: '1' }],
    ['/api/consent', { request: 'rqst-1', activities: ['view', 'control'] }],
    ['/api/resume', {}],
    ['/api/end', {}],
  ];
  for (const [target, body] of asks) {
    const headers = { ...held.granted, authorization: `Bearer ${held.grantJWS}` };
    const answer = await held.interactive.ask('POST', target, { body, headers });
    stage.assertRefused(answer, 'unknown', 'ROUTE_NOT_FOUND');
  }
  const { session } = await stage.operator.view();
  assert.deepEqual([session?.paused, session?.activities], [true, ['view']]);
  // To end is the one thing that it may, and the journal says who it was.
  const ended = await held.interactive.ask('POST', '/v1/session/end', {
    body: { reason: 'gateway-ended' },
  });
  assert.equal(ended.status, 204);
  assert.equal((await stage.operator.view()).ended?.reason, 'gateway-ended');
  held.interactive.destroy();
  const lines = await stage.proveSound();
  assert.ok(
    lines.some((line) => line.kind === 'session-ended' && reasonOf(line) === 'gateway-ended'),
  );
});

function reasonOf(line: object): unknown {
  return 'reason' in line ? line.reason : undefined;
}

test('a gateway that speaks another version of the protocol, or does not greet, is no gateway', async (t) => {
  const stage = await Stage.start(t);
  await stage.operator.press();
  await stage.operator.accept();
  const unfriendly = await stage.gateway.connection();
  stage.assertRefused(await unfriendly.ask('GET', '/v1/journal'), 'GET journal', 'HELLO_FIRST');
  stage.assertRefused(await unfriendly.ask('PUT', '/v1/offer'), 'PUT offer', 'HELLO_FIRST');
  stage.assertRefused(await unfriendly.ask('GET', '/v2/hello'), 'unknown', 'ROUTE_NOT_FOUND');
  assert.equal((await stage.operator.view()).phase, 'dialling');
  unfriendly.destroy();
  const foothold = await stage.greet();
  await stage.end(foothold);
  await stage.proveSound();
});

/** Asks many at once, again and again, until the cart has had enough; gives the codes of all answers. */
async function flood(
  on: DeskConnection,
  asksMax: number,
  ask: () => Promise<Answer>,
): Promise<ReadonlyMap<string, number>> {
  const codes = new Map<string, number>();
  let isOver = false;
  void on.closed.then(() => {
    isOver = true;
  });
  for (let asked = 0; asked < asksMax && !isOver; asked += 50) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask().catch(() => null)));
    for (const answer of answers) {
      if (answer === null || Number.isNaN(answer.status)) continue;
      const code = answer.status === 200 ? 'taken' : String(answer.json()['code']);
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
  }
  return codes;
}

test('a flood of offers is slowed, then cut, and leaves a few lines in the journal', async (t) => {
  const stage = await Stage.start(t);
  const foothold = await stage.connect();
  const { workstation } = stage.certificates;
  const request = await workstation.request(foothold.hello);
  let turn = 0;
  const before = await stage.journalBytes();
  const codes = await flood(foothold.interactive, 5000, () => {
    turn += 1;
    // Now somebody asks, now nobody does, now somebody who forged it, another each time.
    const forged = `${request.slice(0, -6)}${String(turn).padStart(6, '0')}`;
    return offer(foothold, [[request], [], [forged, forged, forged]][turn % 3] ?? []);
  });
  assert.ok((codes.get('taken') ?? 0) <= 400, 'what costs is slowed');
  assert.ok((codes.get('RATE_LIMITED') ?? 0) > 500, [...codes].join(' '));
  await foothold.interactive.closed;
  await stage.operator.end();
  const grown = (await stage.journalBytes()) - before;
  assert.ok(grown < 32 * 1024, `the journal grew by ${grown} bytes`);
  const lines = await stage.proveSound('at least');
  assert.equal(
    lines.filter(({ kind }) => kind === 'request-shown').length,
    2,
    'and the proof’s own',
  );
});

test('a flood of asks without a right is answered, then cut, and counted in the journal', async (t) => {
  const stage = await Stage.start(t);
  const foothold = await stage.connect();
  const before = await stage.journalBytes();
  const codes = await flood(foothold.interactive, 20_000, () =>
    foothold.interactive.ask('GET', '/v1/content/images?path=image.bin'),
  );
  await foothold.interactive.closed;
  assert.deepEqual([...codes.keys()].toSorted(), ['GRANT_NOT_IN_FORCE', 'RATE_LIMITED']);
  await stage.operator.end();
  const grown = (await stage.journalBytes()) - before;
  assert.ok(grown < 8 * 1024, `the journal grew by ${grown} bytes`);
  for (const [code, count] of codes) stage.expectRefusal('GET content', code, count);
  await stage.proveSound('at least');
});

test('a gateway that breaks off again and again gains no time', async (t) => {
  const stage = await Stage.start(t, { limits: { waitingMs: 3000 } });
  let { interactive } = await stage.connect();
  const ended = stage.operator.viewWhen('the end', (view) => view.phase === 'ended');
  let isOver = false;
  void ended.then(() => {
    isOver = true;
    // The loop below may be waiting for a connection that nobody dials any more.
    stage.gateway.stopWaiting();
  });
  while (!isOver) {
    interactive.destroy();
    const again = await stage.gateway.connection().catch(() => null);
    if (again === null) break;
    interactive = again;
    await interactive.hello().catch(() => undefined);
  }
  const { ended: said } = await ended;
  assert.ok(said?.reason === 'nobody-granted' || said?.reason === 'gateway-unreachable');
  await stage.proveSound();
});

interface Broken {
  readonly name: string;
  /** Whether the whole connection goes, or the stream alone. */
  readonly ends: 'connection' | 'stream';
  readonly frames: () => readonly Buffer[];
}

const request = (stream: number, payload: Buffer, flags = END_STREAM | END_HEADERS): Buffer =>
  frame(FRAME.headers, { flags, stream, payload });
const many = (count: number, make: (n: number) => Buffer): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, n) => make(n)));

const BROKEN: readonly Broken[] = [
  {
    name: 'server push, though it is the client',
    ends: 'connection',
    frames: () => [
      frame(FRAME.pushPromise, {
        flags: END_HEADERS,
        stream: 1,
        payload: Buffer.concat([Buffer.from([0, 0, 0, 2]), getBlock('/v1/hello')]),
      }),
    ],
  },
  {
    name: 'twenty thousand SETTINGS',
    ends: 'connection',
    frames: () => [many(20_000, () => frame(FRAME.settings))],
  },
  {
    name: 'twenty thousand PINGs, and nobody reads the answers',
    ends: 'connection',
    frames: () => [many(20_000, () => frame(FRAME.ping, { payload: Buffer.alloc(8) }))],
  },
  {
    name: 'headers without an end',
    ends: 'connection',
    frames: () => [
      request(3, getBlock('/v1/hello'), 0),
      many(3000, (n) =>
        frame(FRAME.continuation, { stream: 3, payload: getBlock(`/${n}`, ['x', 'y'.repeat(99)]) }),
      ),
    ],
  },
  {
    name: 'two thousand requests, each taken back at once',
    ends: 'connection',
    frames: () => [
      many(4000, (n) =>
        Buffer.concat([
          request(2 * n + 3, getBlock('/v1/hello')),
          frame(FRAME.resetStream, { stream: 2 * n + 3, payload: Buffer.from([0, 0, 0, 8]) }),
        ]),
      ),
    ],
  },
  {
    name: 'a window without bounds',
    ends: 'connection',
    frames: () => [frame(FRAME.windowUpdate, { payload: Buffer.from([0x7f, 0xff, 0xff, 0xff]) })],
  },
  {
    name: 'a hundred headers',
    ends: 'stream',
    frames: () => [
      request(
        3,
        getBlock(
          '/v1/hello',
          ...Array.from({ length: 100 }, (_, n): [string, string] => [`x-${n}`, 'y']),
        ),
      ),
    ],
  },
  {
    name: 'headers of 30 KB',
    ends: 'stream',
    frames: () => [
      request(3, getBlock('/v1/hello', ['x', 'y'.repeat(15_000)]), END_STREAM),
      frame(FRAME.continuation, {
        flags: END_HEADERS,
        stream: 3,
        payload: headerBlock([['x', 'y'.repeat(15_000)]]),
      }),
    ],
  },
  {
    name: 'a header in capitals',
    ends: 'stream',
    frames: () => [request(3, getBlock('/v1/hello', ['X-Grant', 'y']))],
  },
  {
    name: 'a WebSocket over CONNECT',
    ends: 'stream',
    frames: () => [request(3, getBlock('/v1/hello', [':protocol', 'websocket']))],
  },
];

test('frames that break HTTP/2 cost the stream or the connection, and stand in the journal', async (t) => {
  const stage = await Stage.start(t);
  await stage.operator.press();
  await stage.operator.accept();
  for (const { name, ends, frames } of BROKEN) {
    await t.test(name, async () => {
      const raw = new RawConnection(await stage.gateway.arrival());
      await raw.hello();
      const bulk = await stage.gateway.arrival();
      raw.send(...frames());
      if (ends === 'connection') await raw.closed;
      else {
        await raw.untilReset(3);
        // The connection goes on.
        await raw.ask(5);
      }
      stage.expectRefusal('HTTP/2', 'REQUEST_MALFORMED');
      raw.destroy();
      bulk.destroy();
    });
  }
  const foothold = await stage.greet();
  await stage.end(foothold);
  await stage.proveSound('at least');
});

test('a peer that speaks garbage in a session is lost within seconds', async (t) => {
  const stage = await Stage.start(t);
  const held = await stage.grant(await stage.connect());
  held.interactive.destroy();
  const raw = new RawConnection(await stage.gateway.arrival());
  await raw.hello();
  await stage.operator.viewWhen('the connection', (view) => view.session?.link === 'returned');
  const garbage = setInterval(() => raw.send(Buffer.alloc(1024, 0xff)), 100);
  t.after(() => clearInterval(garbage));
  await stage.operator.viewWhen('the loss of it', (view) => view.session?.link === 'lost');
  clearInterval(garbage);
  stage.expectRefusal('HTTP/2', 'REQUEST_MALFORMED');
  await stage.operator.end();
  await stage.proveSound();
});

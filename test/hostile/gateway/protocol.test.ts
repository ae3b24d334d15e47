// Goal: a gateway that abuses the protocol gets a problem for what can be answered and a closed stream or connection for
// the rest; the cart stays bounded in memory, journal and time, and its operator stays in charge. Method: a scripted peer
// with the gateway's own keys, by HTTP/2 and by frames written by hand, against the real agent and its real panel.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { Answer, DeskConnection } from '@chaperone/cart/platform/testing/scripted-desk.ts';
import { ABUSES } from './abuses.ts';
import { BROKEN_FRAMES } from './broken-frames.ts';
import { RawConnection } from './raw-frames.ts';
import { offer, Stage } from './stage.ts';

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

test('a body that has no end is refused at its limit, and not waited for', async (t) => {
  const stage = await Stage.start(t);
  const foothold = await stage.connect();
  const stream = foothold.interactive.open('PUT', '/v1/offer');
  stream.write(Buffer.alloc(65 * 1024, ' '));
  const [headers] = (await once(stream, 'response')) as [{ readonly ':status': number }];
  assert.equal(headers[':status'], 413);
  stage.expectRefusal('PUT offer', 'REQUEST_TOO_LARGE');
  stream.close();
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
});

test('frames that break HTTP/2 cost the stream or the connection, and stand in the journal', async (t) => {
  const stage = await Stage.start(t);
  await stage.operator.press();
  await stage.operator.accept();
  for (const { name, ends, frames } of BROKEN_FRAMES) {
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

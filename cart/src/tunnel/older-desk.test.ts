/**
 * Goal: a desk of any earlier version keeps its connection whatever happens at the cart: it is told nothing that it would refuse, and
 * while the clinic needs the cart it hears that the session is paused. Method: a scripted desk that reads views as the desks of
 * version 1 did, by a copy of their schema that is never changed; real TLS and reverse HTTP/2.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { before, test, type TestContext } from 'node:test';
import { NOTICE_VERSION } from '@chaperone/domain/notice/notice.ts';
import { sessionView } from '@chaperone/protocol/cart-api/schema.ts';
import { PROTOCOL_VERSIONS } from '@chaperone/protocol/cart-api/version.ts';
import { z } from 'zod';
import { grant, startBench, testCertificates } from '../platform/testing/cart-bench.ts';
import type { CartBench, OpenedBench, TestCertificates } from '../platform/testing/cart-bench.ts';

/** The view as version 1 knew it. */
const FIRST_VIEW = z.strictObject({
  sequence: z.number().int().min(0),
  phase: z.enum(['waiting', 'granted', 'open', 'ended']),
  session: z.string(),
  paused: z.boolean(),
  grant: z.string().nullable(),
  activities: z.array(z.enum(['view', 'control', 'fetch-files', 'send-files'])).max(4),
  grantEndsInMs: z.number().int().nullable(),
  inputRefused: z.number().int().min(0),
  ended: z.strictObject({ reason: z.string(), receipt: z.string().nullable() }).nullable(),
});

let certificates: TestCertificates;
before(async () => {
  certificates = await testCertificates();
});

/** What a desk of this version is told from the beginning to the end of a session in which everything happens. */
async function told(t: TestContext, version: number | null): Promise<readonly unknown[]> {
  const bench = await startBench(t, { certificates });
  const opened = await connectAs(bench, version);
  const { interactive } = opened;
  const events = interactive.open('GET', '/v1/events');
  events.end();
  let text = '';
  events.setEncoding('utf8').on('data', (more: string) => (text += more));
  const views = (): readonly unknown[] =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as unknown);
  const until = async (count: number): Promise<void> => {
    while (views().length < count) await once(events, 'data');
  };
  await grant(opened, certificates.workstation);
  const { session } = bench;
  await until(views().length + 1);
  for (const act of [
    () => session.operatorTouched(),
    () => session.raiseInterlock('vendor'),
    () => session.liftInterlock(),
    () => session.pause(),
  ]) {
    const before = views().length;
    await Promise.resolve(act());
    // An older desk hears nothing of the operator's hand.
    if (version === PROTOCOL_VERSIONS.max || act.toString().includes('nterlock'))
      await until(before + 1);
  }
  session.end('operator-ended');
  await once(events, 'close');
  return views();
}

async function connectAs(bench: CartBench, version: number | null): Promise<OpenedBench> {
  bench.session.press();
  await bench.session.acceptNotice(NOTICE_VERSION);
  const interactive = await bench.desk.connection();
  const hello = await interactive.hello(version);
  const bulk = await bench.desk.connection();
  await bulk.hello(version);
  return { ...bench, interactive, bulk, hello };
}

for (const version of [null, 1, 2, 3])
  test(`a desk of version ${version ?? '1 to 3, which says none'}`, async (t) => {
    const views = await told(t, version);
    const read = views.map((view) => FIRST_VIEW.parse(view));
    const pauses = read.map(({ paused }) => paused);
    const isHeld = pauses.indexOf(true);
    assert.ok(isHeld > 0, 'the interlock is a pause to it');
    assert.ok(pauses.indexOf(false, isHeld) > isHeld, 'and over when it is lifted');
    assert.equal(read.at(-1)?.phase, 'ended');
  });

test('a desk of this version, and of a later one, is told who and what', async (t) => {
  for (const version of [PROTOCOL_VERSIONS.max, PROTOCOL_VERSIONS.max + 5]) {
    const read = (await told(t, version)).map((view) => sessionView.parse(view));
    assert.ok(read.some(({ interlock, paused }) => interlock === 'vendor' && !paused));
    if (version === PROTOCOL_VERSIONS.max)
      assert.ok(read.some(({ operatorActive }) => operatorActive));
    assert.equal(read.at(-1)?.interlock, undefined);
  }
});

test('a version that is none is refused, and nothing is begun by it', async (t) => {
  const bench = await startBench(t, { certificates });
  bench.session.press();
  await bench.session.acceptNotice(NOTICE_VERSION);
  const desk = await bench.desk.connection();
  for (const wrong of ['', '0', '-1', '4.0', '12345', 'four']) {
    const answer = await desk.ask('GET', '/v1/hello', { headers: { 'chaperone-protocol': wrong } });
    assert.deepEqual([answer.status, answer.json()['code']], [400, 'REQUEST_MALFORMED'], wrong);
  }
  assert.equal(bench.session.state.phase, 'dialling');
  await desk.hello();
  assert.equal(bench.session.state.phase, 'waiting');
});

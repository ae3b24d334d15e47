// Goal: a captured gateway gets nothing of the cart without a consent that is in force for exactly that, whichever way it
// asks: every ask is answered with a problem and stands in the cart's journal, and nothing is opened. Method: a
// scripted peer with the gateway's own keys against the real agent over TLS, and an operator at the real panel. After
// each situation an honest session works and `chaperone verify` believes the journal.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import tls from 'node:tls';
import type { ProblemCode } from '@chaperone/cart/platform/problem-table.ts';
import type { Answer, DeskConnection } from '@chaperone/cart/platform/testing/scripted-desk.ts';
import { ACTIVITIES } from '@chaperone/domain/activity/activity.ts';
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import { openViewer } from '../../harness/rfb-viewer.ts';
import type { ByteRoad } from '../../harness/rfb-viewer.ts';
import { GUARDED_ASKS } from './guarded-asks.ts';
import { anotherTechnician, offer, Stage, untilEnded } from './stage.ts';
import type { Foothold, GrantedFoothold, JournalLine } from './stage.ts';

/** Kinds of entries that tell that something of the cart was opened. */
const OPENED: ReadonlySet<string> = new Set([
  'activity-begun',
  'file-fetch-begun',
  'file-placed',
  'file-recognised',
]);

type Headers = Readonly<Record<string, string>>;

/** Asks for everything that needs a grant; each is refused with the code. */
async function assertAllRefused(
  stage: Stage,
  on: DeskConnection,
  headers: Headers,
  code: ProblemCode,
): Promise<void> {
  for (const { operation, ask } of GUARDED_ASKS) {
    stage.assertRefused(await ask(on, headers), operation, code);
  }
}

function ofSession(lines: readonly JournalLine[], { hello }: Foothold): readonly JournalLine[] {
  return lines.filter(({ sessionId }) => sessionId === hello.session);
}

function assertNothingOpened(lines: readonly JournalLine[], foothold: Foothold): void {
  const opened = ofSession(lines, foothold).filter(({ kind }) => OPENED.has(kind));
  assert.deepEqual(opened, []);
}

interface Claim {
  readonly name: string;
  /** What the gateway says it was granted. */
  readonly headers: (held: Foothold & { readonly request: string }) => Headers;
}

const CLAIMS_WITHOUT_GRANT: readonly Claim[] = [
  { name: 'with nothing', headers: () => ({}) },
  { name: 'with an empty grant', headers: () => ({ 'chaperone-grant': '' }) },
  {
    name: 'with a grant that it made up',
    headers: () => ({ 'chaperone-grant': newId('grant', randomBytes) }),
  },
  { name: 'with words', headers: () => ({ 'chaperone-grant': 'null' }) },
  { name: 'with the session', headers: ({ hello }) => ({ 'chaperone-grant': hello.session }) },
  {
    name: "with the technician's signed request as a grant",
    headers: ({ request }) => ({ 'chaperone-grant': request }),
  },
];

test('without a grant the gateway opens neither screen nor files', async (t) => {
  const stage = await Stage.start(t);
  const foothold = await stage.connect();
  const request = await stage.certificates.workstation.request(foothold.hello);
  // The request stands on the panel; the operator has not touched it.
  await offer(foothold, [request]);
  for (const { name, headers } of CLAIMS_WITHOUT_GRANT) {
    await t.test(name, async () => {
      const claimed = headers({ ...foothold, request });
      await assertAllRefused(stage, foothold.interactive, claimed, 'GRANT_NOT_IN_FORCE');
      await assertAllRefused(stage, foothold.bulk, claimed, 'GRANT_NOT_IN_FORCE');
    });
  }
  await stage.end(foothold);
  assertNothingOpened(await stage.proveSound(), foothold);
});

test("another technician's grant, from another session, opens nothing", async (t) => {
  const stage = await Stage.start(t);
  const first = await stage.grant(await stage.connect());
  await stage.end(first);
  const second = await stage.grant(
    await stage.connect(),
    ACTIVITIES,
    await anotherTechnician(stage),
  );
  const claims: readonly Headers[] = [
    first.granted,
    { 'chaperone-grant': first.grantJWS },
    { 'chaperone-grant': second.grantJWS },
    { 'chaperone-grant': `${second.grantId}, ${first.grantId}` },
    { 'chaperone-grant': second.grantId.toUpperCase() },
  ];
  for (const headers of claims) {
    await assertAllRefused(stage, second.bulk, headers, 'GRANT_NOT_IN_FORCE');
  }
  await stage.end(second);
  assertNothingOpened(await stage.proveSound(), second);
});

const SUBSETS: readonly (readonly Activity[])[] = [
  ['view'],
  ['view', 'control'],
  ['fetch-files'],
  ['send-files'],
];

test('what the operator did not switch on stays closed', async (t) => {
  const stage = await Stage.start(t);
  for (const granted of SUBSETS) {
    await t.test(`only ${granted.join(' and ')}`, async () => {
      const held = await stage.grant(await stage.connect(), granted);
      const mayAskDirectories = granted.includes('fetch-files') || granted.includes('send-files');
      for (const { operation, activity, ask } of GUARDED_ASKS) {
        if (activity === 'either' ? mayAskDirectories : granted.includes(activity)) continue;
        const answer = await ask(held.interactive, held.granted);
        stage.assertRefused(answer, operation, 'ACTIVITY_NOT_GRANTED');
      }
      await stage.end(held);
    });
  }
  const lines = await stage.proveSound();
  // The proof's own fetch is all that was opened.
  assert.equal(lines.filter(({ kind }) => OPENED.has(kind)).length, 2);
});

test('while the operator pauses, nothing new opens and what was open stands still', async (t) => {
  const stage = await Stage.start(t);
  const held = await stage.grant(await stage.connect());
  const streaming = await startLargeFetch(stage, held);
  await stage.operator.pause();
  await streaming.assertCut();
  await assertAllRefused(stage, held.interactive, held.granted, 'SESSION_PAUSED');
  await assertAllRefused(stage, held.bulk, held.granted, 'SESSION_PAUSED');
  // Only the operator lifts a pause.
  for (const target of ['/v1/session/resume', '/api/resume', '/v1/session/lift-pause']) {
    const answer = await held.interactive.ask('POST', target, { body: {} });
    const isRoute = target === '/v1/session/resume';
    stage.assertRefused(
      answer,
      isRoute ? 'POST session/resume' : 'unknown',
      isRoute ? 'REQUEST_MALFORMED' : 'ROUTE_NOT_FOUND',
    );
  }
  assert.equal((await stage.operator.view()).session?.paused, true);
  await stage.end(held);
  await stage.proveSound();
});

test('input of a gateway without control, or while the operator pauses, is dropped and counted', async (t) => {
  const stage = await Stage.start(t);
  for (const granted of [['view'], ['view', 'control']] as const) {
    const held = await stage.grant(await stage.connect(), granted);
    const viewer = await openViewer(streamRoad(held));
    await viewer.nextFrames(1);
    if (granted.length > 1) await stage.operator.pause();
    viewer.click(10, 10);
    viewer.key(0x61);
    await stage.operator.viewWhen(
      'the refused input',
      ({ session }) => (session?.inputRefused ?? 0) >= 4,
    );
    viewer.close();
    await stage.end(held);
  }
  const lines = await stage.proveSound();
  const counted = lines.filter(({ kind }) => kind === 'input-refused');
  assert.equal(
    counted.reduce((sum, { count = 0 }) => sum + count, 0),
    8,
  );
});

test('when the grant has expired everything is cut, and its id is worth nothing', async (t) => {
  const stage = await Stage.start(t, { limits: { grantMs: 4000 } });
  const held = await stage.grant(await stage.connect());
  const streaming = await startLargeFetch(stage, held);
  const screen = held.interactive.open('CONNECT', 'screen', held.granted);
  await once(screen.resume(), 'response');
  await streaming.assertCut();
  if (!screen.closed) await once(screen, 'close');
  await untilEnded(stage, 'grant-expired');
  await assertClosing(stage, held.interactive, held.granted);
  await stage.proveSound();
});

test('after End everything is cut, and its id is worth nothing', async (t) => {
  const stage = await Stage.start(t);
  const held = await stage.grant(await stage.connect());
  const streaming = await startLargeFetch(stage, held);
  await stage.operator.end();
  await streaming.assertCut();
  await assertClosing(stage, held.interactive, held.granted);
  await assertClosing(stage, held.interactive, {});
  held.interactive.destroy();
  await stage.proveSound();
});

test('a tunnel of the session before gives no way into the session that runs', async (t) => {
  const stage = await Stage.start(t);
  const first = await stage.grant(await stage.connect());
  await stage.operator.end();
  // The gateway keeps its end of the first tunnel while the second session is granted.
  const second = await stage.grant(await stage.connect());
  await assertClosing(stage, first.interactive, first.granted);
  await assertClosing(stage, first.interactive, second.granted);
  await stage.end(second);
  const lines = await stage.proveSound();
  assertNothingOpened(lines, first);
  assertNothingOpened(lines, second);
});

test('after a reconnect the grant rests until its workstation proves itself, on both tunnels', async (t) => {
  const stage = await Stage.start(t);
  const held = await stage.grant(await stage.connect());
  held.interactive.destroy();
  const again = await stage.greet();
  assert.equal(again.hello.session, held.hello.session);
  assert.notEqual(again.hello.challenge, held.hello.challenge);
  await assertAllRefused(stage, again.interactive, held.granted, 'GRANT_NOT_IN_FORCE');
  await assertAllRefused(stage, again.bulk, held.granted, 'GRANT_NOT_IN_FORCE');
  await stage.end(again);
  assertNothingOpened(await stage.proveSound(), held);
});

test('the gateway cannot dial the cart: what listens there speaks neither TLS nor to strangers', async (t) => {
  const stage = await Stage.start(t);
  const held = await stage.grant(await stage.connect());
  const { root, server } = stage.certificates;
  const { hostname, port } = new URL(stage.cart.panelUrl);
  const dialled = tls.connect({
    host: hostname,
    port: Number(port),
    ca: root.pem,
    cert: server.pem,
    key: server.keyPem,
    rejectUnauthorized: false,
    ALPNProtocols: ['chaperone-cart/1'],
  });
  const [fault] = (await once(dialled, 'error')) as [Error];
  assert.match(fault.message, /wrong version number|packet length|disconnected|ECONNRESET/);
  const answer = await fetch(`${stage.cart.panelUrl}/api/press`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${held.grantJWS}` },
    body: '{}',
  });
  assert.equal(answer.status, 403);
  stage.expectRefusal('panel press', 'PANEL_ORIGIN_REFUSED');
  await stage.end(held);
  await stage.proveSound();
});

/** The gateway's own road to the screen. */
function streamRoad({ interactive, granted }: GrantedFoothold): ByteRoad {
  const stream = interactive.open('CONNECT', 'screen', granted);
  return {
    send: (bytes) => stream.write(bytes),
    onBytes: (listener) => stream.on('data', listener),
    onClose: (listener) => stream.on('close', listener),
    close: () => stream.close(),
  };
}

const LARGE_BYTES = 64 * 1024 * 1024;

interface LargeFetch {
  /** Asserts that the cart cut the stream before the file was whole, and that nothing comes any more. */
  readonly assertCut: () => Promise<void>;
}

/** Begins to fetch a file that is too large to be in the network already, and reads a part of it. */
async function startLargeFetch(stage: Stage, held: GrantedFoothold): Promise<LargeFetch> {
  // No block of it is on the disk: making it takes no time of the grant.
  await writeFile(path.join(stage.exposed, 'large.bin'), '');
  await truncate(path.join(stage.exposed, 'large.bin'), LARGE_BYTES);
  const stream = held.bulk.open('GET', '/v1/content/images?path=large.bin', held.granted);
  stream.end();
  let received = 0;
  const closed = once(stream, 'close');
  await new Promise<void>((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      received += chunk.length;
      stream.pause();
      resolve();
    });
  });
  return {
    assertCut: async () => {
      await closed;
      assert.notEqual(stream.rstCode, 0);
      assert.ok(received > 0 && received < LARGE_BYTES);
    },
  };
}

/** What a connection answers whose session is over: everything is refused, until the cart closes it. */
async function assertClosing(stage: Stage, on: DeskConnection, headers: Headers): Promise<void> {
  for (const { operation, ask } of GUARDED_ASKS) {
    let answer: Answer;
    try {
      answer = await ask(on, headers);
    } catch {
      assert.ok(on.http2.closed || on.http2.destroyed, 'only a connection that is over is silent');
      return;
    }
    // A stream that the end of the connection overtook has no answer.
    if (Number.isNaN(answer.status)) return;
    stage.assertRefused(answer, operation, 'SESSION_NOT_CURRENT');
  }
}

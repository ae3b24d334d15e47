// Goal: a second technician sees the screen only after the operator's yes is in the journal and signed, sees what the masks leave and
// does nothing, and is gone in the same turn in which the session narrows; journal, receipt and display name them. What a desk
// forges opens nothing. Method: a scripted desk over real TLS and reverse HTTP/2 against the real session, screen and tunnel, with
// a journal in memory whose disk fails or waits at chosen moments.
import assert from 'node:assert/strict';
import { createPublicKey, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { before, test } from 'node:test';
import type { TestContext } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import type { GrantId } from '@chaperone/domain/id/id.ts';
import { maskRule } from '@chaperone/domain/mask/mask.ts';
import { sessionView } from '@chaperone/protocol/cart-api/schema.ts';
import { watchAnswer } from '@chaperone/protocol/cart-api/watching.ts';
import { sessionReceiptClaims, TYP, watchGrantClaims } from '@chaperone/protocol/signed/claims.ts';
import type { SessionRequestClaims } from '@chaperone/protocol/signed/claims.ts';
import { readStatement } from '@chaperone/protocol/signed/statement.ts';
import { connect, grant, startBench, testCertificates } from '../platform/testing/cart-bench.ts';
import type {
  BenchOptions,
  GrantedBench,
  TestCertificates,
} from '../platform/testing/cart-bench.ts';
import { LicensedWorkstation } from '../platform/testing/licensed-workstation.ts';
import { connectSource, Masking, reEncoded } from '../screen/screen.ts';
import { RecordingViewer } from '../screen/testing/recording-viewer.ts';
import type { Session } from '../session/session.ts';

let certificates: TestCertificates;
let second: LicensedWorkstation;
before(async () => {
  certificates = await testCertificates();
  second = await LicensedWorkstation.license(certificates.workstations);
});

type Change = Partial<SessionRequestClaims>;

async function start(t: TestContext, options: Partial<BenchOptions> = {}): Promise<GrantedBench> {
  const bench = await connect(await startBench(t, { certificates, ...options }));
  return await grant(bench, certificates.workstation, ['view', 'control', 'fetch-files']);
}

async function ask(bench: GrantedBench, change: Change = {}, by = second) {
  const jws = await by.request(bench.hello, {
    ...{ purpose: 'watch', grant: bench.grantId as unknown as GrantId },
    ...{ activities: ['view'], name: 'Grace Hopper' },
    ...change,
  });
  return await bench.interactive.ask('POST', '/v1/watch', {
    headers: bench.granted,
    body: { request: jws },
  });
}

async function asked(bench: GrantedBench) {
  const answer = await ask(bench);
  assert.equal(answer.status, 200, JSON.stringify(answer.json()));
  return watchAnswer.parse(answer.json());
}

/** @returns the headers of who was let in */
async function letIn(bench: GrantedBench): Promise<Readonly<Record<string, string>>> {
  const { number } = await asked(bench);
  await bench.watching.allow(number);
  return { 'chaperone-grant': bench.watching.state.watcher?.id ?? assert.fail('nobody') };
}

async function look(bench: GrantedBench, headers: Readonly<Record<string, string>>) {
  const stream = bench.interactive.open('CONNECT', 'screen', headers);
  const viewer = new RecordingViewer(stream as unknown as Duplex);
  await viewer.start();
  await viewer.nextUpdate();
  return { stream, viewer };
}

test('a yes lets the second technician see, by a statement that names them and opens nothing else', async (t) => {
  const bench = await start(t);
  const holder = await look(bench, bench.granted);
  const headers = await letIn(bench);
  const { grant: jws, asks, isAsked } = bench.watching.view ?? assert.fail('no view');
  assert.deepEqual([asks, isAsked], [1, false]);
  const key = createPublicKey(certificates.cart.key);
  const claims = await readStatement(jws ?? '', TYP.watchGrant, watchGrantClaims, key, 'ES256');
  assert.equal(claims.sub, second.technicianId);
  assert.equal(claims.name, 'Grace Hopper');
  assert.equal(claims.workstation, second.id);
  assert.equal(claims.watches, bench.grantId);
  assert.equal(claims.session, bench.session.sessionId);
  // Another kind of statement: it can never be taken for a grant of a session (RFC 8725 §3.11).
  await assert.rejects(readStatement(jws ?? '', TYP.grant, watchGrantClaims, key, 'ES256'));

  const watcher = await look(bench, headers);
  assert.equal(watcher.viewer.pixels.length, holder.viewer.pixels.length);
  for (const [method, target] of [
    ['GET', '/v1/directories'],
    ['GET', '/v1/files/images?path='],
    ['GET', '/v1/content/images?path=a.bin'],
    ['POST', '/v1/masks/ask'],
    ['POST', '/v1/watch'],
  ] as const) {
    const connection = target.startsWith('/v1/content') ? bench.bulk : bench.interactive;
    const answer = await connection.ask(method, target, { headers });
    assert.equal(answer.json()['code'], 'GRANT_NOT_IN_FORCE', target);
  }
  const { inputRefused } = bench.session.tally;
  watcher.stream.write(Buffer.from([4, 1, 0, 0, 0, 0, 0, 0x61]));
  while (bench.session.tally.inputRefused === inputRefused) await new Promise(setImmediate);

  // The holder has what they had, and the watching ends alone.
  const over = once(watcher.stream, 'close');
  bench.watching.stop('operator');
  await over;
  assert.equal(holder.stream.closed, false);
  assert.equal(bench.session.admits({ grantId: bench.grantId, activity: 'control' }), true);
  assert.equal((await bench.interactive.ask('CONNECT', 'screen', { headers })).status, 403);

  bench.session.end('operator-ended');
  const receipt = await bench.session.receipt;
  const told = await readStatement(
    receipt?.jws ?? '',
    TYP.sessionReceipt,
    sessionReceiptClaims,
    key,
    'ES256',
  );
  assert.partialDeepStrictEqual(told.watchings, [
    { sub: second.technicianId, name: 'Grace Hopper', workstation: second.id },
  ]);
  const kinds = bench.journal.kinds().filter((kind) => kind.startsWith('watch-'));
  assert.deepEqual(kinds, ['watch-asked', 'watch-granted', 'watch-ended']);
});

test('asking shows nothing, silence and a no show nothing, and neither does a desk’s own invention', async (t) => {
  const bench = await start(t);
  const made = newId('grant', randomBytes) as unknown as string;
  const tries = async (...grants: readonly string[]): Promise<void> => {
    for (const id of grants) {
      const headers = { 'chaperone-grant': id };
      const answer = await bench.interactive.ask('CONNECT', 'screen', { headers });
      assert.equal(answer.json()['code'], 'GRANT_NOT_IN_FORCE');
    }
  };
  await asked(bench);
  assert.equal(bench.watching.isAsking, true);
  await tries(made, '', 'watch');
  bench.watching.refuse();
  await tries(made);
  assert.equal((await ask(bench)).json()['code'], 'WATCH_ASKED_TOO_SOON');
  await assert.rejects(bench.watching.allow(1), { code: 'WATCH_NOT_ASKED' });
  assert.deepEqual(bench.journal.of('watch-granted'), []);
});

test('what no second workstation has signed for exactly this is refused, and the operator is not asked', async (t) => {
  const bench = await start(t);
  const stranger = await LicensedWorkstation.license((await testCertificates()).workstations);
  const holderId = certificates.workstation.technicianId;
  const refused: readonly [string, Change, LicensedWorkstation?][] = [
    ['REQUEST_STALE', { purpose: 'request', grant: null }],
    ['REQUEST_STALE', { purpose: 'resume' }],
    ['REQUEST_STALE', { grant: newId('grant', randomBytes) }],
    ['REQUEST_STALE', { challenge: randomBytes(32).toString('base64url') }],
    ['REQUEST_STALE', { case: newId('case', randomBytes) }],
    ['REQUEST_STALE', { session: newId('session', randomBytes) }],
    ['REQUEST_UNTRUSTED', { iss: certificates.workstation.id }],
    ['REQUEST_UNTRUSTED', {}, stranger],
    ['WATCH_INVALID', { activities: ['view', 'control'] }],
    ['WATCH_INVALID', { activities: ['fetch-files'] }],
    ['WATCH_INVALID', { sub: holderId }],
    ['REQUEST_INVALID', { name: 'turned \u202e around' }],
  ];
  for (const [code, change, by] of refused) {
    assert.equal((await ask(bench, change, by)).json()['code'], code, JSON.stringify(change));
    assert.equal(bench.watching.isAsking, false);
  }
  await asked(bench);
  assert.equal((await ask(bench)).json()['code'], 'WATCH_TAKEN');
});

const NARROWING: Readonly<Record<string, (session: Session) => void>> = {
  pause: (session) => session.pause(),
  end: (session) => session.end('operator-ended'),
  'the interlock': (session) => session.raiseInterlock('new-exam'),
  'a lost connection': (session) => session.linkLost(),
  'a withdrawn view': (session) => session.withdraw('view'),
};

for (const [name, narrow] of Object.entries(NARROWING)) {
  test(`${name} ends the watching in the same turn, and going on lets nobody back in`, async (t) => {
    const bench = await start(t);
    const headers = await letIn(bench);
    const { stream } = await look(bench, headers);
    const over = once(stream, 'close');
    narrow(bench.session);
    assert.equal(bench.watching.state.watcher, null);
    await over;
    assert.equal(bench.journal.of('watch-ended').at(-1)?.why, 'session');
    const { paused, interlock } = bench.session.state as { paused?: boolean; interlock?: object };
    if (interlock !== undefined) await bench.session.liftInterlock();
    else if (paused === true) await bench.session.liftPause();
    else return;
    const again = await bench.interactive.ask('CONNECT', 'screen', { headers });
    assert.equal(again.json()['code'], 'GRANT_NOT_IN_FORCE');
  });

  test(`${name} while a yes is being written: nobody watches`, async (t) => {
    const bench = await start(t);
    const { number } = await asked(bench);
    const written = Promise.withResolvers<void>();
    const writing = Promise.withResolvers<void>();
    const append = bench.journal.append.bind(bench.journal);
    bench.journal.append = async (facts) => {
      writing.resolve();
      await written.promise;
      await append(facts);
    };
    const allowing = bench.watching.allow(number);
    await writing.promise;
    narrow(bench.session);
    written.resolve();
    await assert.rejects(allowing);
    assert.equal(bench.watching.state.watcher, null);
    assert.equal(bench.journal.of('watch-granted').length, 1);
    assert.equal(bench.journal.of('watch-ended').length, 1, 'the journal takes it back');
  });
}

test('with a full disk nobody is let in, and who watches is put out all the same', async (t) => {
  const bench = await start(t);
  const { number } = await asked(bench);
  bench.journal.isFull = true;
  await assert.rejects(bench.watching.allow(number), { code: 'JOURNAL_UNWRITABLE' });
  assert.equal(bench.watching.state.watcher, null);
  bench.journal.isFull = false;
  await bench.watching.allow(number);
  bench.journal.isFull = true;
  bench.watching.stop('operator');
  assert.equal(bench.watching.state.watcher, null);
});

test('who watches sees no more than the masks leave, and the holder’s masks are known when they have gone', async (t) => {
  const masking = new Masking(maskRule('configured', [], 'Bench'));
  const screenSource = reEncoded(connectSource({ kind: 'demo' }), {
    ...{ videoProgram: null, masking },
    onFilmUnavailable: () => undefined,
  });
  const bench = await start(t, { masking, screenSource });
  const holder = await look(bench, bench.granted);
  const watcher = await look(bench, await letIn(bench));
  assert.ok(masking.askable.length > 0);
  const colours = (pixels: Uint32Array): ReadonlySet<number> => new Set(pixels);
  // The picture comes in parts.
  for (const { viewer } of [holder, watcher])
    await viewer.until(() => colours(viewer.pixels).size === 1);
  assert.deepEqual(colours(watcher.viewer.pixels), colours(holder.viewer.pixels));
  bench.watching.stop('watcher');
  await once(watcher.stream, 'close');
  assert.ok(
    masking.askable.length > 0,
    'the screen that is still open tells what can be asked for',
  );
});

test('the desk is told of question and answer, and leaves by itself', async (t) => {
  const bench = await start(t);
  const events = bench.interactive.open('GET', '/v1/events');
  events.end();
  const { number } = await asked(bench);
  await bench.watching.allow(number);
  let told = '';
  for await (const chunk of events) {
    told += String(chunk);
    const last = told.trim().split('\n').at(-1) ?? '';
    if (last.endsWith('}') && sessionView.parse(JSON.parse(last)).watch?.grant != null) break;
  }
  const left = await bench.interactive.ask('POST', '/v1/watch/leave', { body: {} });
  assert.equal(left.status, 204);
  assert.equal(bench.journal.of('watch-ended').at(-1)?.why, 'watcher');
});

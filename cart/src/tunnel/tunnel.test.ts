// Goal: the desk gets exactly what the operator granted, and a problem answer and a journal entry for everything else.
// Method: a scripted desk over real TLS and reverse HTTP/2 against the cart's session, files and tunnel in one process.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import { NOTICE_VERSION } from '@chaperone/domain/notice/notice.ts';
import { hello as helloSchema, sessionView } from '@chaperone/protocol/cart-api/schema.ts';
import { sessionReceiptClaims, TYP } from '@chaperone/protocol/signed/claims.ts';
import { readStatement } from '@chaperone/protocol/signed/statement.ts';
import { connect, grant, startBench, testCertificates } from '../platform/testing/cart-bench.ts';
import type { CartBench, TestCertificates } from '../platform/testing/cart-bench.ts';
import { LicensedWorkstation, TEST_CASE } from '../platform/testing/licensed-workstation.ts';
import { answerOf } from '../platform/testing/scripted-desk.ts';
import type { Answer, DeskConnection } from '../platform/testing/scripted-desk.ts';

let certificates: TestCertificates;
before(async () => {
  certificates = await testCertificates();
});

function assertProblem(answer: Answer, status: number, code: string): void {
  assert.equal(answer.headers['content-type'], 'application/problem+json');
  assert.deepEqual([answer.status, answer.json()['code']], [status, code]);
}

function refusals({ journal }: CartBench): readonly string[] {
  return journal.of('operation-refused').map(({ operation, code }) => `${operation} ${code}`);
}

/** Everything that needs a grant, as an honest desk would ask it. */
const GUARDED: readonly [string, string, string][] = [
  ['GET directories', 'GET', '/v1/directories'],
  ['GET files', 'GET', '/v1/files/images?path='],
  ['GET content', 'GET', '/v1/content/images?path=a.bin'],
  ['POST inbox', 'POST', '/v1/inbox'],
  ['GET inbox', 'GET', `/v1/inbox/${newId('transfer', randomBytes)}`],
  ['PATCH inbox', 'PATCH', `/v1/inbox/${newId('transfer', randomBytes)}`],
  ['DELETE inbox', 'DELETE', `/v1/inbox/${newId('transfer', randomBytes)}`],
  ['DELETE deidentification', 'DELETE', `/v1/deidentification/${newId('transfer', randomBytes)}`],
  ['CONNECT screen', 'CONNECT', 'screen'],
  ['POST masks/ask', 'POST', '/v1/masks/ask'],
  ['POST watch', 'POST', '/v1/watch'],
];

async function assertAllRefused(
  bench: CartBench,
  desk: DeskConnection,
  headers: Readonly<Record<string, string>>,
  code: string,
): Promise<void> {
  for (const [operation, method, target] of GUARDED) {
    assertProblem(await desk.ask(method, target, { headers }), 403, code);
    assert.ok(refusals(bench).includes(`${operation} ${code}`), operation);
  }
}

test('nothing is dialled before the notice is accepted', async (t) => {
  const bench = await startBench(t, { certificates });
  bench.session.press();
  bench.session.declineNotice();
  bench.session.press();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(bench.desk.waiting, 0);
  await bench.session.acceptNotice(NOTICE_VERSION);
  await bench.desk.arrival();
});

test('the cart is connected only after the first request, and hello says what the protocol says', async (t) => {
  const bench = await startBench(t, { certificates });
  bench.session.press();
  await bench.session.acceptNotice(NOTICE_VERSION);
  const desk = await bench.desk.connection();
  assert.equal(bench.session.state.phase, 'dialling');
  const hello = helloSchema.parse(await desk.hello());
  assert.equal(bench.session.state.phase, 'waiting');
  assert.equal(hello.connection, 'interactive');
  assert.equal(hello.session, bench.session.sessionId);
  assert.equal(hello.grant, null);
});

test('a connection begins with hello', async (t) => {
  const bench = await startBench(t, { certificates });
  bench.session.press();
  await bench.session.acceptNotice(NOTICE_VERSION);
  const desk = await bench.desk.connection();
  assertProblem(await desk.ask('PUT', '/v1/offer', { body: {} }), 409, 'HELLO_FIRST');
  assert.equal(bench.session.state.phase, 'dialling');
});

test('without a grant everything that needs one is refused and written down', async (t) => {
  const bench = await connect(await startBench(t, { certificates }));
  await assertAllRefused(bench, bench.interactive, {}, 'GRANT_NOT_IN_FORCE');
});

test('another grant than the one in force opens nothing', async (t) => {
  const bench = await grant(
    await connect(await startBench(t, { certificates })),
    certificates.workstation,
  );
  const headers = { 'chaperone-grant': newId('grant', randomBytes) };
  await assertAllRefused(bench, bench.interactive, headers, 'GRANT_NOT_IN_FORCE');
});

test('an activity that was not granted is refused, one that was is not', async (t) => {
  const bench = await grant(
    await connect(await startBench(t, { certificates })),
    certificates.workstation,
    ['send-files'],
  );
  const headers = bench.granted;
  assertProblem(
    await bench.bulk.ask('GET', '/v1/files/images?path=', { headers }),
    403,
    'ACTIVITY_NOT_GRANTED',
  );
  assertProblem(
    await bench.interactive.ask('CONNECT', 'screen', { headers }),
    403,
    'ACTIVITY_NOT_GRANTED',
  );
  const directories = await bench.interactive.ask('GET', '/v1/directories', { headers });
  assert.equal(directories.status, 200);
});

test('while paused nothing is admitted, and afterwards it is again', async (t) => {
  const bench = await grant(
    await connect(await startBench(t, { certificates })),
    certificates.workstation,
  );
  bench.session.pause();
  await assertAllRefused(bench, bench.interactive, bench.granted, 'SESSION_PAUSED');
  await bench.session.liftPause();
  const { status } = await bench.bulk.ask('GET', '/v1/files/images?path=', {
    headers: bench.granted,
  });
  assert.equal(status, 200);
});

test('a grant ends at its time, by itself', async (t) => {
  const limits = { grantMs: 300 };
  const bench = await grant(
    await connect(await startBench(t, { certificates, limits })),
    certificates.workstation,
  );
  await bench.until(({ phase }) => phase === 'ended');
  assert.ok(
    bench.session.state.phase === 'ended' && bench.session.state.reason === 'grant-expired',
  );
});

test('End cuts what is streaming, tells a last view with the receipt, and closes both connections', async (t) => {
  const bench = await grant(
    await connect(await startBench(t, { certificates })),
    certificates.workstation,
  );
  await writeFile(path.join(bench.exposed, 'large.bin'), Buffer.alloc(64 * 1024 * 1024));
  const events = answerOf(bench.interactive.open('GET', '/v1/events').end());
  const content = bench.bulk.open('GET', '/v1/content/images?path=large.bin', {
    ...bench.granted,
    'chaperone-transfer': newId('transfer', randomBytes),
  });
  content.end();
  await once(content, 'response');
  content.once('data', () => {
    content.pause();
    bench.session.end('operator-ended');
  });
  await Promise.all([bench.bulk.closed, bench.interactive.closed]);
  const lines = (await events).body.toString('utf8').trim().split('\n');
  const views = lines.map((line) => sessionView.parse(JSON.parse(line)));
  const last = views.at(-1);
  assert.equal(last?.phase, 'ended');
  assert.equal(last.ended?.reason, 'operator-ended');
  assert.deepEqual(
    views.map(({ sequence }) => sequence),
    views.map((_, n) => n + (views[0]?.sequence ?? 0)),
  );
  const receipt = await readStatement(
    last.ended?.receipt ?? '',
    TYP.sessionReceipt,
    sessionReceiptClaims,
    certificates.cart.publicKey,
    'ES256',
  );
  assert.equal(receipt.journalSize, bench.journal.size);
  assert.equal(receipt.filesFetched, 0);
  const kinds = bench.journal.kinds();
  assert.ok(kinds.includes('file-fetch-begun') && kinds.includes('file-fetch-broken'));
});

test('after the end the last lines of the journal are answered, and everything else is refused', async (t) => {
  const bench = await grant(
    await connect(await startBench(t, { certificates })),
    certificates.workstation,
  );
  bench.session.end('operator-ended');
  const directories = bench.interactive.ask('GET', '/v1/directories', { headers: bench.granted });
  const journal = bench.interactive.ask('GET', '/v1/journal?from=0');
  assert.equal((await directories).status, 403);
  assert.equal((await journal).status, 200);
  // The desk never closes: the cart does.
  await bench.interactive.closed;
});

test('a forged signature is not shown, and the journal says so once', async (t) => {
  const bench = await connect(await startBench(t, { certificates }));
  const impostor = await LicensedWorkstation.license(certificates.root);
  const forged = await impostor.request(bench.hello);
  const genuine = await certificates.workstation.request(bench.hello);
  for (let n = 0; n < 3; n += 1) {
    const answer = await bench.interactive.ask('PUT', '/v1/offer', {
      body: { case: TEST_CASE, requests: [forged, genuine] },
    });
    const { shown, refused } = answer.json() as { shown: unknown[]; refused: unknown[] };
    assert.equal(shown.length, 1);
    assert.deepEqual(refused, [{ index: 0, code: 'REQUEST_UNTRUSTED' }]);
  }
  assert.deepEqual(
    bench.journal.of('request-refused').map(({ code }) => code),
    ['REQUEST_UNTRUSTED'],
  );
  assert.equal(bench.journal.of('request-shown').length, 1);
});

test('a request that was signed for another connection is stale', async (t) => {
  const bench = await startBench(t, { certificates });
  const first = await connect(bench);
  const jws = await certificates.workstation.request(first.hello);
  first.interactive.destroy();
  await bench.until(({ phase }) => phase === 'dialling');
  const again = await bench.desk.connection();
  await again.hello();
  const answer = await again.ask('PUT', '/v1/offer', {
    body: { case: TEST_CASE, requests: [jws] },
  });
  assert.deepEqual(answer.json()['refused'], [{ index: 0, code: 'REQUEST_STALE' }]);
});

test('an offer replaces the one before', async (t) => {
  const bench = await connect(await startBench(t, { certificates }));
  const jws = await certificates.workstation.request(bench.hello);
  await bench.interactive.ask('PUT', '/v1/offer', { body: { case: TEST_CASE, requests: [jws] } });
  await bench.interactive.ask('PUT', '/v1/offer', { body: { case: null, requests: [] } });
  const { state } = bench.session;
  assert.ok(state.phase === 'waiting');
  assert.equal(state.offered, null);
  assert.deepEqual(state.requests, []);
});

test('the lease: the same workstation resumes, nobody else, nothing more', async (t) => {
  const bench = await grant(
    await connect(await startBench(t, { certificates })),
    certificates.workstation,
    ['view', 'fetch-files'],
  );
  bench.interactive.destroy();
  await bench.bulk.closed;
  await bench.until((state) => 'link' in state && state.link.is === 'lost');
  const back = await bench.desk.connection();
  const hello = await back.hello();
  assert.equal(hello.phase, 'granted');
  assert.notEqual(hello.grant, null);
  assert.notEqual(hello.challenge, bench.hello.challenge);
  await assertAllRefused(bench, back, bench.granted, 'GRANT_NOT_IN_FORCE');

  const right = { purpose: 'resume', grant: bench.grantId, activities: ['view', 'fetch-files'] };
  const other = await LicensedWorkstation.license(certificates.workstations);
  const { workstation } = certificates;
  const resume = async (jws: string) =>
    back.ask('POST', '/v1/session/resume', { body: { request: jws } });
  const sign = async (who: LicensedWorkstation, change: object, to = hello) =>
    who.sign({ ...who.claims(to), ...right, ...change });
  assertProblem(await resume(await sign(other, {})), 403, 'RESUME_REFUSED');
  assertProblem(
    await resume(await sign(other, { sub: workstation.technicianId })),
    403,
    'RESUME_REFUSED',
  );
  assertProblem(await resume(await sign(workstation, {}, bench.hello)), 403, 'REQUEST_STALE');
  assertProblem(
    await resume(await sign(workstation, { grant: newId('grant', randomBytes) })),
    403,
    'REQUEST_STALE',
  );
  const more = ['view', 'control', 'fetch-files'];
  assertProblem(await resume(await sign(workstation, { activities: more })), 403, 'RESUME_REFUSED');
  const good = await sign(workstation, {});
  assert.equal((await resume(good)).status, 204);
  assert.equal(bench.session.state.phase, 'granted');
  assertProblem(await resume(good), 403, 'RESUME_REFUSED');
  const bulk = await bench.desk.connection();
  await bulk.hello();
  const { status } = await bulk.ask('GET', '/v1/files/images?path=', { headers: bench.granted });
  assert.equal(status, 200);
});

test('the desk can end the session, and nothing else about it', async (t) => {
  const bench = await grant(
    await connect(await startBench(t, { certificates })),
    certificates.workstation,
  );
  const bad = await bench.interactive.ask('POST', '/v1/session/end', {
    body: { reason: 'operator-ended' },
  });
  assertProblem(bad, 400, 'REQUEST_MALFORMED');
  const good = await bench.interactive.ask('POST', '/v1/session/end', {
    body: { reason: 'case-resolved' },
  });
  assert.equal(good.status, 204);
  assert.ok(
    bench.session.state.phase === 'ended' && bench.session.state.reason === 'case-resolved',
  );
});

test('what has no meaning gets a problem, not a guess', async (t) => {
  const bench = await connect(await startBench(t, { certificates }));
  const desk = bench.interactive;
  assertProblem(await desk.ask('GET', '/v1/nothing'), 404, 'ROUTE_NOT_FOUND');
  assertProblem(await desk.ask('CONNECT', 'shell'), 404, 'ROUTE_NOT_FOUND');
  assertProblem(await desk.ask('DELETE', '/v1/hello'), 404, 'ROUTE_NOT_FOUND');
  assertProblem(await desk.ask('GET', '/v1/journal?from=-1'), 400, 'REQUEST_MALFORMED');
  assertProblem(await desk.ask('GET', '/v1/journal?to=1'), 400, 'REQUEST_MALFORMED');
  const offer = async (body: string | Buffer) => desk.ask('PUT', '/v1/offer', { body });
  assertProblem(await offer('{'), 400, 'REQUEST_MALFORMED');
  assertProblem(await offer(Buffer.from([0xff, 0xfe])), 400, 'REQUEST_MALFORMED');
  assertProblem(await offer('{"case":null,"requests":[],"more":1}'), 400, 'REQUEST_MALFORMED');
  assertProblem(await offer(Buffer.alloc(65 * 1024, 0x20)), 413, 'REQUEST_TOO_LARGE');
  assert.equal(bench.session.state.phase, 'waiting');
});

test('a flood of requests is answered with refusals, then cut, and the journal stays short', async (t) => {
  const bench = await connect(await startBench(t, { certificates }));
  let answered = 0;
  let isClosed = false;
  void bench.interactive.closed.then(() => {
    isClosed = true;
  });
  while (!isClosed && answered < 20_000) {
    const some = Array.from({ length: 50 }, () =>
      bench.interactive.ask('GET', '/v1/directories').catch(() => null),
    );
    answered += (await Promise.all(some)).length;
  }
  assert.ok(isClosed, 'the connection was cut');
  assert.ok(bench.journal.of('operation-refused').length < 20);
});

test('a peer that never reads its events costs one view', async (t) => {
  const bench = await grant(
    await connect(await startBench(t, { certificates })),
    certificates.workstation,
  );
  const stream = bench.interactive.open('GET', '/v1/events');
  await once(stream, 'response');
  stream.pause();
  for (let n = 0; n < 5000; n += 1) {
    bench.session.pause();
    await bench.session.liftPause();
  }
  const lines = answerOf(stream);
  bench.session.end('operator-ended');
  stream.resume();
  const body = (await lines).body.toString('utf8').trim();
  const last = sessionView.parse(JSON.parse(body.slice(body.lastIndexOf('\n') + 1)));
  assert.equal(last.phase, 'ended');
  assert.ok(body.length < 5000 * 100, `${body.length} bytes were kept for it`);
});

test('the screen is shown under its grant, input is refused without control, and withdrawing ends it', async (t) => {
  const bench = await grant(
    await connect(await startBench(t, { certificates })),
    certificates.workstation,
    ['view', 'fetch-files'],
  );
  const stream = bench.interactive.open('CONNECT', 'screen', bench.granted);
  const [headers] = await once(stream, 'response');
  assert.equal((headers as Record<string, unknown>)[':status'], 200);
  const [version] = (await once(stream, 'data')) as [Buffer];
  assert.equal(version.toString('latin1').slice(0, 12), 'RFB 003.008\n');
  assert.equal(bench.session.isScreenOpen, true);
  assert.deepEqual(
    bench.journal.of('activity-begun').map(({ activity }) => activity),
    ['view'],
  );
  bench.session.withdraw('view');
  await once(stream, 'close');
  await bench.until(() => !bench.session.isScreenOpen);
  assert.equal(bench.session.state.phase, 'open', 'files are still granted');
});

test('a file is fetched with its digest, and the journal knows before the first byte', async (t) => {
  const bench = await grant(
    await connect(await startBench(t, { certificates })),
    certificates.workstation,
  );
  const content = randomBytes(3_000_000);
  await writeFile(path.join(bench.exposed, 'a.bin'), content);
  const headers = { ...bench.granted, 'chaperone-transfer': newId('transfer', randomBytes) };
  const whole = await bench.bulk.ask('GET', '/v1/content/images?path=a.bin', { headers });
  assert.equal(whole.status, 200);
  assert.ok(whole.body.equals(content));
  const digest = `sha-256=:${createHash('sha256').update(content).digest('base64')}:`;
  assert.equal(whole.trailers['repr-digest'], digest);
  const rest = await bench.bulk.ask('GET', '/v1/content/images?path=a.bin', {
    headers: { ...headers, range: 'bytes=2999990-', 'if-match': String(whole.headers['etag']) },
  });
  assert.equal(rest.status, 206);
  assert.ok(rest.body.equals(content.subarray(2_999_990)));
  assert.equal(rest.trailers['repr-digest'], digest);
  assert.equal(bench.session.tally.filesFetched, 1);
  assert.deepEqual(
    bench.journal.kinds().filter((kind) => kind.startsWith('file')),
    ['file-fetch-begun', 'file-fetched', 'file-fetch-begun', 'file-fetched'],
  );
  assert.doesNotMatch(JSON.stringify(bench.journal.facts), /a\.bin/);
});

test('with a full disk no file leaves the cart', async (t) => {
  const bench = await grant(
    await connect(await startBench(t, { certificates })),
    certificates.workstation,
  );
  await writeFile(path.join(bench.exposed, 'a.bin'), 'content');
  const headers = { ...bench.granted, 'chaperone-transfer': newId('transfer', randomBytes) };
  await bench.session.begin({ grantId: bench.grantId, activity: 'fetch-files' });
  bench.journal.isFull = true;
  const answer = await bench.bulk.ask('GET', '/v1/content/images?path=a.bin', { headers });
  assertProblem(answer, 507, 'JOURNAL_UNWRITABLE');
});

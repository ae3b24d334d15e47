// Goal: an offer shows each request once, in words that are seen as they are, and nothing once the operator has chosen; the
// journal tells of what was shown and refused without a line for each repetition. Method: a scripted desk over real TLS
// against the cart's session and tunnel.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { connect, grant, startBench, testCertificates } from '../platform/testing/cart-bench.ts';
import type { OpenedBench, TestCertificates } from '../platform/testing/cart-bench.ts';
import { TEST_CASE } from '../platform/testing/licensed-workstation.ts';
import type { Answer } from '../platform/testing/scripted-desk.ts';

let certificates: TestCertificates;
before(async () => {
  certificates = await testCertificates();
});

async function put(
  { interactive }: OpenedBench,
  requests: readonly string[],
  offered: object = TEST_CASE,
): Promise<Answer> {
  return interactive.ask('PUT', '/v1/offer', { body: { case: offered, requests } });
}

test('one request that is offered twice is shown once', async (t) => {
  const bench = await connect(await startBench(t, { certificates }));
  const jws = await certificates.workstation.request(bench.hello);
  const { shown, refused } = (await put(bench, [jws, jws])).json();
  assert.equal((shown as unknown[]).length, 1);
  assert.deepEqual(refused, [{ index: 1, code: 'REQUEST_INVALID' }]);
  assert.ok(bench.session.state.phase === 'waiting' && bench.session.state.requests.length === 1);
  assert.equal(bench.journal.of('request-shown').length, 1);
});

test('requests that come and go again and again are written once', async (t) => {
  const bench = await connect(await startBench(t, { certificates }));
  const jws = await certificates.workstation.request(bench.hello);
  for (let n = 0; n < 20; n += 1) {
    await put(bench, [jws]);
    await put(bench, []);
  }
  assert.equal(bench.journal.of('request-shown').length, 1);
});

test('an offer that comes after the choice is refused request by request, and written down', async (t) => {
  const bench = await connect(await startBench(t, { certificates }));
  const granted = await grant(bench, certificates.workstation, ['view']);
  const late = await certificates.workstation.request(bench.hello);
  const answer = await put(granted, [late]);
  assert.deepEqual(answer.json(), { shown: [], refused: [{ index: 0, code: 'OUT_OF_TURN' }] });
  assert.deepEqual(
    bench.journal.of('operation-refused').map(({ operation, code }) => `${operation} ${code}`),
    ['PUT offer OUT_OF_TURN'],
  );
});

test('what would turn the text on the panel around is seen as a mark, and is refused in a number', async (t) => {
  const bench = await connect(await startBench(t, { certificates }));
  await put(bench, [], { ...TEST_CASE, facility: 'St.\u202e erehwesle\n' });
  const { state } = bench.session;
  assert.ok(state.phase === 'waiting');
  assert.equal(state.offered?.facility, 'St.\ufffd erehwesle\ufffd');
  const answer = await put(bench, [], { ...TEST_CASE, number: 'SC-2026\u200b-0042' });
  assert.deepEqual([answer.status, answer.json()['code']], [400, 'REQUEST_MALFORMED']);
});

test('a request for what the licence does not include is not shown, and the desk is told why', async (t) => {
  const licensed = ['view', 'control'] as const;
  const bench = await connect(await startBench(t, { certificates, licensed }));
  const within = await certificates.workstation.request(bench.hello, { activities: ['view'] });
  const beyond = await certificates.workstation.request(bench.hello, {
    activities: ['view', 'fetch-files'],
  });
  const { shown, refused } = (await put(bench, [beyond, within])).json();
  assert.equal((shown as unknown[]).length, 1);
  assert.deepEqual(refused, [{ index: 0, code: 'FEATURE_NOT_LICENSED' }]);
  assert.ok(bench.session.state.phase === 'waiting' && bench.session.state.requests.length === 1);
});

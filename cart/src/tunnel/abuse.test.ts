// Goal: what HTTP/2 itself resets, what says that it is no JSON, and answers that nobody takes are bounded, and the journal
// tells of them. Method: a scripted desk over real TLS against the cart's session, files and tunnel.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import { before, test } from 'node:test';
import { connect, grant, startBench, testCertificates } from '../platform/testing/cart-bench.ts';
import type { CartBench, TestCertificates } from '../platform/testing/cart-bench.ts';

let certificates: TestCertificates;
before(async () => {
  certificates = await testCertificates();
});

function refusals({ journal }: CartBench): readonly string[] {
  return journal.of('operation-refused').map(({ operation, code }) => `${operation} ${code}`);
}

test('a request that HTTP/2 resets by itself is in the journal', async (t) => {
  const bench = await connect(await startBench(t, { certificates }));
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`x-${n}`, 'y']));
  const stream = bench.interactive.open('GET', '/v1/hello', many);
  await new Promise((resolve) => stream.once('close', resolve));
  assert.equal(stream.rstCode, http2.constants.NGHTTP2_ENHANCE_YOUR_CALM);
  assert.equal((await bench.interactive.ask('GET', '/v1/hello')).status, 200);
  assert.deepEqual(refusals(bench), ['HTTP/2 REQUEST_MALFORMED']);
});

test('a connection whose requests are all in order says nothing of the kind', async (t) => {
  const bench = await connect(await startBench(t, { certificates }));
  for (let n = 0; n < 10; n += 1) await bench.interactive.hello();
  bench.interactive.destroy();
  await bench.until(({ phase }) => phase === 'dialling');
  assert.deepEqual(refusals(bench), []);
});

test('a body that says it is something else than JSON is refused unread', async (t) => {
  const bench = await connect(await startBench(t, { certificates }));
  const put = async (type: string): Promise<number> => {
    const asked = { headers: { 'content-type': type }, body: { case: null, requests: [] } };
    return (await bench.interactive.ask('PUT', '/v1/offer', asked)).status;
  };
  assert.equal(await put('application/json'), 200);
  assert.equal(await put('application/json; charset=utf-8'), 200);
  assert.equal(await put('application/jsonp'), 415);
  assert.equal(await put('text/plain'), 415);
  assert.deepEqual(refusals(bench), ['PUT offer MEDIA_TYPE_UNSUPPORTED']);
});

test('only so many long answers wait for a desk that does not take them', async (t) => {
  const bench = await grant(
    await connect(await startBench(t, { certificates })),
    certificates.workstation,
  );
  // A window of nothing: no byte of an answer is taken.
  bench.interactive.http2.settings({ initialWindowSize: 0 });
  const open = () => {
    const stream = bench.interactive.open('GET', '/v1/files/images?path=', bench.granted);
    return stream.end();
  };
  const waiting = Array.from({ length: 4 }, open);
  await Promise.all(waiting.map((stream) => once(stream, 'response')));
  const [headers] = (await once(open(), 'response')) as [{ ':status': number }];
  assert.equal(headers[':status'], 429);
  for (const stream of waiting) stream.close(http2.constants.NGHTTP2_CANCEL);
  bench.interactive.http2.settings({ initialWindowSize: 65_535 });
  const ask = async (): Promise<number> => {
    const asked = { headers: bench.granted };
    return (await bench.interactive.ask('GET', '/v1/files/images?path=', asked)).status;
  };
  let status = await ask();
  // The cart may hear of the last cancelled stream after this request.
  for (let tries = 0; status === 429 && tries < 50; tries += 1) status = await ask();
  assert.equal(status, 200);
});

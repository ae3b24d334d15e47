// Goal: a file that is sent or fetched over the tunnel is whole or not there, whatever becomes of the stream under way.
// Method: a scripted desk that cuts, overfills, resets and repeats, over real HTTP/2 against a real inbox.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { constants } from 'node:http2';
import path from 'node:path';
import { before, test } from 'node:test';
import type { TestContext } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import { connect, grant, startBench, testCertificates } from '../platform/testing/cart-bench.ts';
import type { GrantedBench, TestCertificates } from '../platform/testing/cart-bench.ts';
import type { Answer } from '../platform/testing/scripted-desk.ts';

let certificates: TestCertificates;
before(async () => {
  certificates = await testCertificates();
});

async function start(t: TestContext): Promise<GrantedBench> {
  const bench = await startBench(t, { certificates, inboxBytesMax: 1_000_000 });
  return grant(await connect(bench), certificates.workstation);
}

function announced(name: string, content: Uint8Array) {
  return {
    transfer: newId('transfer', randomBytes),
    name,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('base64'),
  };
}

function refused(answer: Answer): readonly [number, unknown] {
  return [answer.status, answer.json()['code']];
}

async function announce(bench: GrantedBench, body: object): Promise<Answer> {
  return bench.bulk.ask('POST', '/v1/inbox', { headers: bench.granted, body });
}

async function patch(
  bench: GrantedBench,
  transfer: string,
  offset: number,
  body: Buffer,
): Promise<Answer> {
  const headers = { ...bench.granted, 'upload-offset': String(offset) };
  return bench.bulk.ask('PATCH', `/v1/inbox/${transfer}`, { headers, body });
}

async function progress(bench: GrantedBench, transfer: string) {
  return (await bench.bulk.ask('GET', `/v1/inbox/${transfer}`, { headers: bench.granted })).json();
}

/** Waits until the operator's view of the last transfer fits. */
async function untilRow(bench: GrantedBench, state: string): Promise<void> {
  await bench.until(() => bench.files.transfers().at(-1)?.state === state);
}

test('an upload that is cut off goes on where it ended, and the inbox shows nothing until it is whole', async (t) => {
  const bench = await start(t);
  const content = randomBytes(600_000);
  const file = announced('a.bin', content);
  assert.equal((await announce(bench, file)).status, 201);
  const stream = bench.bulk.open('PATCH', `/v1/inbox/${file.transfer}`, {
    ...bench.granted,
    'upload-offset': '0',
  });
  stream.write(content.subarray(0, 200_000));
  await bench.until(() => (bench.files.transfers().at(-1)?.bytes ?? 0) === 200_000);
  stream.close(constants.NGHTTP2_CANCEL);
  await untilRow(bench, 'interrupted');
  assert.deepEqual(
    (await readdir(bench.inbox)).filter((name) => !name.startsWith('.')),
    [],
  );
  const { received } = await progress(bench, file.transfer);
  assert.equal(received, 200_000);
  assert.deepEqual(
    bench.journal.of('operation-refused'),
    [],
    'what the technician takes back is nothing that was refused',
  );
  const done = await patch(bench, file.transfer, 200_000, content.subarray(200_000));
  assert.deepEqual(done.json(), { transfer: file.transfer, received: 600_000, state: 'placed' });
  assert.ok((await readFile(path.join(bench.inbox, 'a.bin'))).equals(content));
  assert.equal(bench.session.tally.filesPlaced, 1);
});

test('too many bytes, a wrong digest and a wrong place are told apart, and leave nothing', async (t) => {
  const bench = await start(t);
  const content = randomBytes(1000);
  const long = announced('long', content);
  await announce(bench, long);
  assert.deepEqual(refused(await patch(bench, long.transfer, 1, content)), [
    409,
    'UPLOAD_OFFSET_MISMATCH',
  ]);
  assert.deepEqual(
    refused(await patch(bench, long.transfer, 0, Buffer.concat([content, content]))),
    [413, 'UPLOAD_TOO_LONG'],
  );
  const wrong = { ...announced('wrong', content), sha256: announced('', Buffer.alloc(1)).sha256 };
  await announce(bench, wrong);
  assert.deepEqual(refused(await patch(bench, wrong.transfer, 0, content)), [
    422,
    'DIGEST_MISMATCH',
  ]);
  assert.deepEqual(refused(await announce(bench, announced('large', Buffer.alloc(1_000_001)))), [
    413,
    'FILE_TOO_LARGE',
  ]);
  assert.deepEqual(refused(await announce(bench, announced('../up', content))), [
    400,
    'FILE_NAME_REFUSED',
  ]);
  assert.deepEqual(refused(await announce(bench, { ...announced('x', content), mode: 7 })), [
    400,
    'REQUEST_MALFORMED',
  ]);
  assert.deepEqual(await readdir(bench.inbox), []);
});

test('a pause stops an upload at once, and what has come waits to go on', async (t) => {
  const bench = await start(t);
  const content = randomBytes(100_000);
  const file = announced('a', content);
  await announce(bench, file);
  const stream = bench.bulk.open('PATCH', `/v1/inbox/${file.transfer}`, {
    ...bench.granted,
    'upload-offset': '0',
  });
  stream.write(content.subarray(0, 50_000));
  await bench.until(() => (bench.files.transfers().at(-1)?.bytes ?? 0) === 50_000);
  bench.session.pause();
  await once(stream, 'close');
  assert.deepEqual(refused(await patch(bench, file.transfer, 50_000, content.subarray(50_000))), [
    403,
    'SESSION_PAUSED',
  ]);
  await bench.session.liftPause();
  const done = await patch(bench, file.transfer, 50_000, content.subarray(50_000));
  assert.equal(done.json()['state'], 'placed');
  const codes = new Set(bench.journal.of('operation-refused').map(({ code }) => code));
  assert.deepEqual([...codes], ['SESSION_PAUSED']);
});

test('End removes what was staged and keeps what was placed', async (t) => {
  const bench = await start(t);
  const placed = announced('placed', Buffer.from('x'));
  await announce(bench, placed);
  await patch(bench, placed.transfer, 0, Buffer.from('x'));
  await announce(bench, announced('arriving', Buffer.alloc(10)));
  bench.session.end('operator-ended');
  await bench.interactive.closed;
  await bench.bulk.closed;
  // The staged bytes are removed beside the closing of the connections; both are awaited when the tunnel closes.
  while ((await readdir(bench.inbox)).length > 1)
    await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(await readdir(bench.inbox), ['placed']);
});

test('a technician who deletes an upload leaves nothing of it', async (t) => {
  const bench = await start(t);
  const file = announced('a', Buffer.alloc(10));
  await announce(bench, file);
  await patch(bench, file.transfer, 0, Buffer.alloc(5));
  const removed = await bench.bulk.ask('DELETE', `/v1/inbox/${file.transfer}`, {
    headers: bench.granted,
  });
  assert.equal(removed.status, 204);
  assert.deepEqual(await readdir(bench.inbox), []);
  assert.deepEqual(
    bench.files.transfers().map(({ state }) => state),
    ['cancelled'],
  );
});

test('a fetch that is reset is cancelled, one that is paused or lost is interrupted', async (t) => {
  const bench = await start(t);
  await writeFile(path.join(bench.exposed, 'a'), Buffer.alloc(64 * 1024 * 1024));
  const fetch = async () => {
    const stream = bench.bulk.open('GET', '/v1/content/images?path=a', {
      ...bench.granted,
      'chaperone-transfer': newId('transfer', randomBytes),
    });
    stream.end();
    await once(stream, 'response');
    return stream;
  };
  (await fetch()).close(constants.NGHTTP2_CANCEL);
  await untilRow(bench, 'cancelled');
  const paused = await fetch();
  bench.session.pause();
  await once(paused, 'close');
  await untilRow(bench, 'interrupted');
  await bench.session.liftPause();
  await fetch();
  bench.bulk.destroy();
  await untilRow(bench, 'interrupted');
  assert.equal(bench.session.state.phase, 'open', 'the interactive connection lives on');
  const ends = bench.journal.kinds().filter((kind) => kind.startsWith('file-fetch'));
  assert.equal(ends.filter((kind) => kind === 'file-fetch-broken').length, 3);
});

test('a file that changes while it is sent ends without a digest, and its old tag no longer matches', async (t) => {
  const bench = await start(t);
  const file = path.join(bench.exposed, 'a');
  await writeFile(file, Buffer.alloc(16 * 1024 * 1024));
  const headers = { ...bench.granted, 'chaperone-transfer': newId('transfer', randomBytes) };
  const stream = bench.bulk.open('GET', '/v1/content/images?path=a', headers);
  stream.end();
  const [response] = (await once(stream, 'response')) as [Record<string, string>];
  await writeFile(file, 'x', { flag: 'a' });
  let hasTrailers = false;
  stream.on('trailers', () => {
    hasTrailers = true;
  });
  stream.resume();
  await new Promise((resolve) => stream.once('close', resolve));
  assert.equal(stream.rstCode, constants.NGHTTP2_INTERNAL_ERROR);
  assert.equal(hasTrailers, false);
  const again = await bench.bulk.ask('GET', '/v1/content/images?path=a', {
    headers: { ...headers, 'if-match': String(response['etag']), range: 'bytes=10-' },
  });
  assert.deepEqual(refused(again), [412, 'FILE_CHANGED']);
});

test('nothing outside the exposed directory is fetched over the tunnel, however it is written', async (t) => {
  const bench = await start(t);
  await writeFile(path.join(bench.exposed, 'a'), 'x');
  const targets = [
    '/v1/content/images?path=../secret',
    '/v1/content/images?path=%2e%2e%2fsecret',
    '/v1/content/images?path=..%5csecret',
    '/v1/content/images?path=%2fetc%2fpasswd',
    '/v1/content/images?path=a%00',
    '/v1/content/images?path=a&path=b',
    '/v1/content/images?path=a&other=b',
    '/v1/content/../images?path=a',
    '/v1/content/%2e%2e?path=a',
    '/v1/content/images/a?path=a',
    '/v1/content/other?path=a',
  ];
  for (const target of targets) {
    const headers = { ...bench.granted, 'chaperone-transfer': newId('transfer', randomBytes) };
    const { status } = await bench.bulk.ask('GET', target, { headers });
    assert.ok(status === 400 || status === 404, `${target}: ${status}`);
  }
  assert.equal(bench.journal.of('file-fetch-begun').length, 0);
  assert.ok(bench.journal.of('operation-refused').length > 0);
});

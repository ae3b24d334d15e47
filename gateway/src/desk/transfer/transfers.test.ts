/**
 * Goal: only whole and true files become records or reach a cart; interruptions cost nothing, lies and cancels leave nothing.
 * Method: a real gateway and vault, and a cart that breaks off, lies, and pauses.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  factOf,
  factsOf,
  newTestGateway,
  someBytes,
} from '../../composition/testing/gateway-harness.ts';
import type { Technician, TestGateway } from '../../composition/testing/gateway-harness.ts';
import {
  uploadFile,
  uploadHeaders,
  uploadedRecord,
} from '../../composition/testing/upload-file.ts';
import {
  fetchFile,
  grantSession,
  openCase,
  resumeSession,
  sessionIs,
  transferIs,
} from '../../composition/testing/session-script.ts';
import type { TestCase } from '../../composition/testing/session-script.ts';
import type { ScriptedCart } from '../tunnel/testing/scripted-cart.ts';

let gateway: TestGateway;
let tara: Technician;
let serials = 0;
before(async () => {
  gateway = await newTestGateway();
  tara = await gateway.signedIn('tara');
});
after(async () => await gateway[Symbol.asyncDispose]());

async function inSession(): Promise<{
  readonly cart: ScriptedCart;
  readonly serviceCase: TestCase;
}> {
  serials += 1;
  const serial = `US-${5000 + serials}`;
  const cart = await gateway.enrolCart(serial);
  const serviceCase = await openCase(tara, serial);
  await cart.connect();
  await grantSession(tara, cart, serviceCase);
  // Not before the gateway has what was sent, however long that takes it: it goes on from there.
  cart.beforeBreak = async (sentBytes) => {
    while (await isOnItsWay(serviceCase, sentBytes)) await delay(10);
  };
  return { cart, serviceCase };
}

/** Whether a transfer has not got so far and will. */
const isOnItsWay = async ({ id }: TestCase, sentBytes: number): Promise<boolean> => {
  const { body } = await tara.ask('GET', `/api/cases/${id}`);
  const { transfers = [] } = body as { transfers?: readonly { state: string; bytes: number }[] };
  return transfers.some(
    ({ state, bytes }) => ['queued', 'moving'].includes(state) && bytes < sentBytes,
  );
};
const records = async ({ id }: TestCase): Promise<readonly { name: string; sha256: string }[]> => {
  const { body } = await tara.ask('GET', `/api/cases/${id}`);
  return body['recordList'] as { name: string; sha256: string }[];
};
const PREPARING_BYTES = 9_000_000_000;

/** Makes a cart answer that it is preparing what it is asked for. */
class Preparing {
  count = 0;
  /** Settles with the address when the work on a file is cancelled. */
  readonly cancelled = Promise.withResolvers<string>();
  readonly #cart: ScriptedCart;
  #heard: () => void = () => undefined;

  constructor(cart: ScriptedCart) {
    this.#cart = cart;
    cart.interfere = (stream, headers) => {
      if (headers[':method'] === 'DELETE') {
        stream.respond({ ':status': 204 }, { endStream: true });
        this.cancelled.resolve(String(headers[':path']));
        return true;
      }
      if (!String(headers[':path']).startsWith('/v1/content/')) return false;
      this.count += 1;
      stream.respond({
        ':status': 503,
        'content-type': 'application/problem+json',
        'retry-after': '1',
      });
      const preparation = { bytes: this.count, bytesTotal: PREPARING_BYTES };
      const about = { type: 'x', status: 503, title: 'x', code: 'CONTENT_PREPARING' };
      stream.end(JSON.stringify({ ...about, preparation }));
      this.#heard();
      return true;
    };
  }

  async asked(times: number): Promise<void> {
    while (this.count < times) await new Promise<void>((resolve) => (this.#heard = resolve));
  }

  end(): void {
    this.#cart.interfere = () => false;
  }
}
const put = async ({ id }: TestCase, name: string, bytes: Uint8Array) =>
  await uploadFile(tara, id, name, bytes);

test('a fetch that breaks again and again goes on each time from where it was', async () => {
  const { cart, serviceCase } = await inSession();
  const file = someBytes(4_000_000);
  cart.files.set('a.dcm', file);
  cart.breakAfterBytes = 1_000_000;
  const transfer = await fetchFile(tara, serviceCase, 'a.dcm');
  for (let breaks = 0; breaks < 2; breaks += 1) {
    await transferIs(tara, serviceCase, transfer, 'interrupted');
    await sessionIs(tara, serviceCase, 'interrupted');
    if (breaks === 0) cart.breakAfterBytes = 1_000_000;
    await cart.connect();
    assert.equal((await resumeSession(tara, cart, serviceCase)).status, 200);
  }
  await transferIs(tara, serviceCase, transfer, 'done');
  const [record] = await records(serviceCase);
  assert.equal(record?.sha256, createHash('sha256').update(file).digest('base64url'));
  const starts = cart.ranges.map((range) => Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0));
  assert.deepEqual(
    starts.toSorted((a, b) => a - b),
    starts,
  );
  assert.ok((starts.at(-1) ?? 0) > 500_000);
});

test('a cart that names a wrong digest makes no record', async () => {
  const { cart, serviceCase } = await inSession();
  cart.files.set('a.dcm', someBytes(10_000));
  cart.digestOf = () => createHash('sha256').update('something else').digest('base64');
  const failed = await transferIs(
    tara,
    serviceCase,
    await fetchFile(tara, serviceCase, 'a.dcm'),
    'failed',
  );
  assert.equal(failed.failure, 'RECORD_DIGEST_MISMATCH');
  assert.deepEqual(await records(serviceCase), []);
  await factOf(gateway.running, 'transfer-failed', ({ transferId }) => transferId === failed.id);
});

test('a cart that names no digest at all loses its connection', async () => {
  const { cart, serviceCase } = await inSession();
  cart.files.set('a.dcm', someBytes(10_000));
  cart.digestOf = () => null;
  const failed = await transferIs(
    tara,
    serviceCase,
    await fetchFile(tara, serviceCase, 'a.dcm'),
    'failed',
  );
  assert.equal(failed.failure, 'CART_MISBEHAVED');
  assert.deepEqual(await records(serviceCase), []);
});

test('a file that changes under way fails instead of becoming two halves', async () => {
  const { cart, serviceCase } = await inSession();
  cart.files.set('a.dcm', someBytes(3_000_000));
  cart.breakAfterBytes = 1_000_000;
  const transfer = await fetchFile(tara, serviceCase, 'a.dcm');
  await transferIs(tara, serviceCase, transfer, 'interrupted');
  cart.files.set('a.dcm', someBytes(3_000_000));
  await sessionIs(tara, serviceCase, 'interrupted');
  await cart.connect();
  assert.equal((await resumeSession(tara, cart, serviceCase)).status, 200);
  const failed = await transferIs(tara, serviceCase, transfer, 'failed');
  assert.equal(failed.failure, 'FILE_CHANGED');
});

test('when the session ends, what is under way is held, and goes on in the next one from where it was', async () => {
  const { cart, serviceCase } = await inSession();
  const file = someBytes(3_000_000);
  cart.files.set('a.dcm', file);
  cart.breakAfterBytes = 1_000_000;
  const transfer = await fetchFile(tara, serviceCase, 'a.dcm');
  await transferIs(tara, serviceCase, transfer, 'interrupted');
  await tara.ask('POST', `/api/cases/${serviceCase.id}/session/leave`);
  await transferIs(tara, serviceCase, transfer, 'paused');
  await factOf(gateway.running, 'transfer-paused', ({ transferId }) => transferId === transfer);
  const act = `/api/cases/${serviceCase.id}/transfers/act`;
  const resume = async () => await tara.ask('POST', act, { body: { act: 'resume', transfer } });
  assert.equal((await resume()).body['code'], 'NO_SESSION', 'not without a session');
  cart.renew();
  await cart.connect();
  await grantSession(tara, cart, serviceCase);
  assert.deepEqual((await resume()).body, { changed: 1 });
  await transferIs(tara, serviceCase, transfer, 'done');
  await factOf(gateway.running, 'transfer-resumed', ({ transferId }) => transferId === transfer);
  const [record] = await records(serviceCase);
  assert.equal(record?.sha256, createHash('sha256').update(file).digest('base64url'));
  assert.ok(Number(/bytes=(\d+)-/.exec(cart.ranges.at(-1) ?? '')?.[1]) > 500_000);
  assert.equal((await resume()).body['code'], 'TRANSFER_NOT_HELD');
});

test('a transfer is held and goes on by the technician’s wish; another technician cannot go on with it', async () => {
  const { cart, serviceCase } = await inSession();
  cart.files.set('a.dcm', someBytes(3_000_000));
  cart.breakAfterBytes = 1_000_000;
  const transfer = await fetchFile(tara, serviceCase, 'a.dcm');
  await transferIs(tara, serviceCase, transfer, 'interrupted');
  const path = `/api/cases/${serviceCase.id}/transfers/act`;
  const ask = async (body: object) => await tara.ask('POST', path, { body });
  assert.deepEqual((await ask({ act: 'pause', transfer })).body, { changed: 1 });
  assert.deepEqual((await ask({ act: 'pause', transfer })).body, { changed: 0 });
  await cart.connect();
  assert.equal((await resumeSession(tara, cart, serviceCase)).status, 200);
  await transferIs(tara, serviceCase, transfer, 'paused');
  assert.deepEqual((await ask({ act: 'resume', transfer })).body, { changed: 1 });
  await transferIs(tara, serviceCase, transfer, 'done');
  assert.equal(
    (await ask({ act: 'resume', transfer: 'xfer-none' })).body['code'],
    'TRANSFER_UNKNOWN',
  );
  for (const body of [
    { act: 'pause' },
    { act: 'pause', transfer, batch: 'b' },
    { act: 'stop', transfer },
  ])
    assert.equal((await ask(body)).status, 400);
});

test('a held transfer that is cancelled leaves nothing', async () => {
  const { cart, serviceCase } = await inSession();
  cart.files.set('a.dcm', someBytes(3_000_000));
  cart.breakAfterBytes = 1_000_000;
  const transfer = await fetchFile(tara, serviceCase, 'a.dcm');
  await transferIs(tara, serviceCase, transfer, 'interrupted');
  await tara.ask('POST', `/api/cases/${serviceCase.id}/session/leave`);
  await transferIs(tara, serviceCase, transfer, 'paused');
  const cancel = `/api/cases/${serviceCase.id}/transfers/${transfer}/cancel`;
  assert.equal((await tara.ask('POST', cancel)).body['state'], 'cancelled');
  await factOf(gateway.running, 'transfer-cancelled', ({ transferId }) => transferId === transfer);
});

test('a cancelled fetch leaves nothing, and cancelling again changes nothing', async () => {
  const { cart, serviceCase } = await inSession();
  cart.files.set('a.dcm', someBytes(3_000_000));
  cart.breakAfterBytes = 1_000_000;
  const transfer = await fetchFile(tara, serviceCase, 'a.dcm');
  await transferIs(tara, serviceCase, transfer, 'interrupted');
  const cancel = `/api/cases/${serviceCase.id}/transfers/${transfer}/cancel`;
  for (let times = 0; times < 2; times += 1) {
    const answer = await tara.ask('POST', cancel);
    assert.equal(answer.body['state'], 'cancelled', answer.text);
  }
  assert.deepEqual(await records(serviceCase), []);
  await factOf(gateway.running, 'transfer-cancelled', ({ transferId }) => transferId === transfer);
  const unknown = await tara.ask('POST', `/api/cases/${serviceCase.id}/transfers/xfer-none/cancel`);
  assert.equal(unknown.body['code'], 'TRANSFER_UNKNOWN');
});

test('a file that its cart de-identifies for longer than an answer may take comes all the same', async () => {
  const { cart, serviceCase } = await inSession();
  const file = someBytes(10_000);
  cart.files.set('a.dcm', file);
  const preparing = new Preparing(cart);
  const transfer = await fetchFile(tara, serviceCase, 'a.dcm');
  const shown = await transferIs(tara, serviceCase, transfer, 'preparing');
  assert.equal(shown.bytesTotal, PREPARING_BYTES);
  // More than the 10 s that an answer may take, asked again each second.
  await preparing.asked(12);
  preparing.end();
  await transferIs(tara, serviceCase, transfer, 'done');
  const [record] = await records(serviceCase);
  assert.equal(record?.sha256, createHash('sha256').update(file).digest('base64url'));
});

test('what is being de-identified can be held and cancelled; its cart is told, and asked no more', async () => {
  const { cart, serviceCase } = await inSession();
  cart.files.set('a.dcm', someBytes(10_000));
  const preparing = new Preparing(cart);
  const transfer = await fetchFile(tara, serviceCase, 'a.dcm');
  const act = async (wish: 'pause' | 'resume' | 'cancel') =>
    await tara.ask('POST', `/api/cases/${serviceCase.id}/transfers/act`, {
      body: { act: wish, transfer },
    });
  await transferIs(tara, serviceCase, transfer, 'preparing');
  assert.deepEqual((await act('pause')).body, { changed: 1 });
  await transferIs(tara, serviceCase, transfer, 'paused');
  assert.deepEqual((await act('resume')).body, { changed: 1 });
  await transferIs(tara, serviceCase, transfer, 'preparing');
  assert.deepEqual((await act('cancel')).body, { changed: 1 });
  await transferIs(tara, serviceCase, transfer, 'cancelled');
  assert.equal(await preparing.cancelled.promise, `/v1/deidentification/${transfer}`);
  const { count } = preparing;
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.equal(preparing.count, count);
  assert.deepEqual(await records(serviceCase), []);
});

test('an empty file is a file', async () => {
  const { cart, serviceCase } = await inSession();
  cart.files.set('empty.log', Buffer.alloc(0));
  await transferIs(tara, serviceCase, await fetchFile(tara, serviceCase, 'empty.log'), 'done');
  const uploaded = uploadedRecord(await put(serviceCase, 'nothing.bin', new Uint8Array()));
  const sending = await tara.ask('POST', `/api/cases/${serviceCase.id}/sends`, {
    body: { record: uploaded.id },
  });
  await transferIs(tara, serviceCase, String(sending.body['id']), 'done');
});

test('a send goes on from what the cart holds, and a fetched record cannot be sent', async () => {
  const { cart, serviceCase } = await inSession();
  const tool = someBytes(7_000_000);
  const uploaded = uploadedRecord(await put(serviceCase, 'tool.bin', tool));
  const offsets: number[] = [];
  let kept = 0;
  cart.interfere = (stream, headers) => {
    if (headers[':method'] !== 'PATCH') return false;
    offsets.push(Number(headers['upload-offset']));
    if (offsets.length > 1) return false;
    const [held] = cart.inbox.values();
    assert.ok(held);
    // Keeps what comes until it has a third of the file, then the network goes.
    stream.on('data', (chunk: Buffer) => {
      if (kept > tool.length / 3) return;
      held.data = Buffer.concat([held.data, chunk]);
      kept = held.data.length;
      if (kept > tool.length / 3) cart.drop();
    });
    return true;
  };
  const sending = await tara.ask('POST', `/api/cases/${serviceCase.id}/sends`, {
    body: { record: uploaded.id },
  });
  const transfer = String(sending.body['id']);
  await transferIs(tara, serviceCase, transfer, 'interrupted');
  await sessionIs(tara, serviceCase, 'interrupted');
  await cart.connect();
  assert.equal((await resumeSession(tara, cart, serviceCase)).status, 200);
  await transferIs(tara, serviceCase, transfer, 'done');
  assert.ok([...cart.inbox.values()].some(({ data }) => data.equals(tool)));
  // What the cart holds was not sent again.
  assert.deepEqual(offsets, [0, kept]);
  cart.files.set('a.dcm', someBytes(10));
  const done = await transferIs(
    tara,
    serviceCase,
    await fetchFile(tara, serviceCase, 'a.dcm'),
    'done',
  );
  const refused = await tara.ask('POST', `/api/cases/${serviceCase.id}/sends`, {
    body: { record: done.record },
  });
  assert.equal(refused.body['code'], 'RECORD_NOT_TO_SEND');
});

test('names and paths that lead out, hide or break are refused before anything is asked', async () => {
  const { cart, serviceCase } = await inSession();
  const asked = cart.asked.length;
  for (const path of [
    '../secret',
    'a/../../b',
    '/etc/passwd',
    'a\u0000b',
    'con',
    'a\\b',
    `${'x'.repeat(300)}`,
  ]) {
    const body = { directory: 'exports', path };
    const answer = await tara.ask('POST', `/api/cases/${serviceCase.id}/fetches`, { body });
    assert.equal(answer.body['code'], 'FILE_NAME_REFUSED', path);
  }
  for (const name of ['../x', 'a/b', 'nul.txt', 'x'.repeat(256)]) {
    assert.equal(
      (await put(serviceCase, name, someBytes(3))).body['code'],
      'FILE_NAME_REFUSED',
      name,
    );
  }
  assert.equal(cart.asked.length, asked);
});

test('an upload that breaks off leaves no record, and waits to be gone on with', async () => {
  const { serviceCase } = await inSession();
  const url = new URL(gateway.running.consoleUrl);
  const request = httpRequest({
    host: '127.0.0.1',
    port: url.port,
    method: 'POST',
    path: `/api/cases/${serviceCase.id}/uploads`,
    headers: {
      ...uploadHeaders('half.bin', 1_000_000),
      host: url.host,
      origin: url.origin,
      cookie: tara.cookie,
      'content-length': '1000000',
    },
    agent: false,
  });
  request.on('error', () => undefined);
  await new Promise((resolve) => request.write(someBytes(100_000), resolve));
  request.destroy();
  // Another upload passes through the same road afterwards, so the broken one has been seen.
  uploadedRecord(await put(serviceCase, 'whole.bin', someBytes(10)));
  assert.deepEqual(
    (await records(serviceCase)).map(({ name }) => name),
    ['whole.bin'],
  );
  const left = await tara.ask('GET', `/api/cases/${serviceCase.id}/uploads`);
  const [half] = left.body['uploads'] as readonly { readonly name: string }[];
  assert.equal(half?.name, 'half.bin', left.text);
});

test('what no activity covers is refused, and what a pause holds up is told', async () => {
  serials += 1;
  const serial = `US-${5000 + serials}`;
  const cart = await gateway.enrolCart(serial);
  const serviceCase = await openCase(tara, serial);
  await cart.connect();
  await grantSession(tara, cart, serviceCase, ['view', 'fetch-files']);
  cart.files.set('a.dcm', someBytes(10));
  const uploaded = uploadedRecord(await put(serviceCase, 'tool.bin', someBytes(10)));
  const send = { body: { record: uploaded.id } };
  const refused = await tara.ask('POST', `/api/cases/${serviceCase.id}/sends`, send);
  assert.equal(refused.body['code'], 'ACTIVITY_NOT_GRANTED');
  cart.show({ paused: true });
  await sessionIs(tara, serviceCase, 'granted', ({ paused }) => paused === true);
  const body = { directory: 'exports', path: 'a.dcm' };
  const paused = await tara.ask('POST', `/api/cases/${serviceCase.id}/fetches`, { body });
  assert.equal(paused.body['code'], 'SESSION_PAUSED');
  const kinds = (await factsOf(gateway.running)).filter(
    (fact) => 'caseId' in fact && fact.caseId === serviceCase.id,
  );
  assert.ok(kinds.every(({ kind }) => kind !== 'fetch-begun' && kind !== 'send-begun'));
});

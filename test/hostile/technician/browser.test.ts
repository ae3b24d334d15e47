// Goal: a page of another origin, a browser that bends HTTP, and a technician's browser that floods get a refusal that says
// why, change nothing, and fill neither ledger nor log; others go on meanwhile.
// Method: a gateway in this process with a log that is read; requests as a browser, and as no browser, would send them.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { factsOf } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import { uploadFile, uploadHeaders } from '@chaperone/gateway/composition/testing/upload-file.ts';
import { startStage } from './stage.ts';
import type { Stage } from './stage.ts';

let stage: Stage;
before(async () => {
  stage = await startStage();
});
after(async () => await stage[Symbol.asyncDispose]());

const size = async (): Promise<number> => (await factsOf(stage.gateway.running)).length;

test('browser: a page of another origin changes nothing, whatever it sends and however', async () => {
  const { technician, opened } = stage.tara;
  const before = await size();
  const notes = `/api/cases/${opened.id}/notes`;
  const json = JSON.stringify({ text: 'from elsewhere' });
  const origins = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: '' },
    { origin: `${stage.gateway.running.consoleUrl}.evil.example` },
    { origin: stage.gateway.running.consoleUrl.replace('http', 'https') },
    { origin: stage.gateway.running.consoleUrl, 'sec-fetch-site': 'cross-site' },
    { origin: stage.gateway.running.consoleUrl, 'sec-fetch-site': 'same-site' },
  ];
  for (const headers of origins) {
    const answer = await technician.ask('POST', notes, {
      bytes: Buffer.from(json),
      headers: { ...headers, 'content-type': 'application/json' },
    });
    assert.equal(
      answer.body['code'],
      'ORIGIN_REFUSED',
      `${JSON.stringify(headers)} ${answer.text}`,
    );
  }
  // What a form can send without asking first: refused by its origin, and even from here by its type.
  for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data']) {
    const bytes = Buffer.from(json);
    const foreign = { origin: 'https://evil.example', 'content-type': type };
    const there = await technician.ask('POST', notes, { bytes, headers: foreign });
    assert.equal(there.body['code'], 'ORIGIN_REFUSED', there.text);
    const here = await technician.ask('POST', notes, { bytes, headers: { 'content-type': type } });
    assert.ok([400, 415].includes(here.status), here.text);
  }
  const headers = { origin: 'https://evil.example' };
  const upload = await uploadFile(technician, opened.id, 'a.bin', Buffer.of(1), { headers });
  assert.equal(upload.body['code'], 'ORIGIN_REFUSED');
  // A method in a header is no method.
  const overridden = await technician.ask('GET', `/api/cases/${opened.id}`, {
    headers: { 'x-http-method-override': 'POST' },
  });
  assert.equal(overridden.status, 200);
  assert.equal(await size(), before);
});

test('browser: a WebSocket of another origin, or without one, is not opened', async () => {
  const { technician, opened } = stage.tara;
  const screen = `/api/cases/${opened.id}/session/screen`;
  for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { origin: '' }]) {
    const socket = technician.webSocket(screen, headers);
    socket.on('error', () => undefined);
    const [, response] = await once(socket, 'unexpected-response');
    assert.equal(response.statusCode, 403);
    socket.terminate();
  }
  assert.ok(stage.tara.cart.asked.every((each) => !each.startsWith('CONNECT')));
});

test('browser: bodies that are too large, too deep or dishonest about their length are refused', async () => {
  const { technician, opened } = stage.tara;
  const before = await size();
  const notes = `/api/cases/${opened.id}/notes`;
  const headers = { 'content-type': 'application/json' };
  const sent: readonly (readonly [string, Buffer, number])[] = [
    ['a large body', Buffer.from(JSON.stringify({ text: 'x'.repeat(400_000) })), 413],
    ['a long note', Buffer.from(JSON.stringify({ text: 'x'.repeat(4_001) })), 400],
    ['deep nesting', Buffer.from('['.repeat(100_000)), 400],
    ['a member too many', Buffer.from(JSON.stringify({ text: 'x', by: 'somebody' })), 400],
    ['a prototype', Buffer.from('{"text":"x","__proto__":{"roles":["lead"]}}'), 400],
    ['no UTF-8', Buffer.of(0x7b, 0xff, 0xfe, 0x7d), 400],
    ['nothing', Buffer.alloc(0), 400],
  ];
  for (const [what, bytes, status] of sent) {
    const answer = await technician.ask('POST', notes, { bytes, headers });
    assert.equal(answer.status, status, `${what}: ${answer.text}`);
    assert.match(String(answer.body['code']), /^REQUEST_/);
  }
  assert.equal(await size(), before);
});

test('browser: uploads with hostile names, and lengths that do not hold, become no record', async () => {
  const { technician, opened } = stage.tara;
  const records = async (): Promise<unknown> =>
    (await technician.ask('GET', `/api/cases/${opened.id}`)).body['recordList'];
  const before = JSON.stringify(await records());
  const names = [
    '../../authority/root.key.pem',
    '..',
    '/etc/passwd',
    'a\\b',
    'a\0b',
    'a\r\nset-cookie: x',
    'CON',
    'trailing.',
    '\u202etxt.exe',
    'x'.repeat(256),
    '',
  ];
  for (const name of names) {
    const answer = await uploadFile(technician, opened.id, name, Buffer.of(1));
    assert.equal(answer.status, 400, `${JSON.stringify(name)} ${answer.text}`);
  }
  // A name twice, one that is no base64, and none.
  for (const said of ['filename YQ==,filename Yg==', 'filename <>', 'folder YQ==', '']) {
    const headers = { 'upload-metadata': said };
    const answer = await uploadFile(technician, opened.id, 'a', Buffer.of(1), { headers });
    assert.equal(answer.status, 400, `${said} ${answer.text}`);
  }
  assert.equal(JSON.stringify(await records()), before);
  // It says more than it sends, and goes: what came waits to be gone on with, and it is no fault of the gateway.
  const base = new URL(stage.gateway.running.consoleUrl);
  for (const length of ['1000000', '99999999999999999999', '-1', '1e3', '+5']) {
    const socket = connect({ host: '127.0.0.1', port: Number(base.port) });
    socket.on('error', () => undefined);
    const said = Object.entries(uploadHeaders('short.bin', 1_000_000));
    const head = [
      `POST /api/cases/${opened.id}/uploads HTTP/1.1`,
      `host: ${base.host}`,
      `origin: ${base.origin}`,
      `cookie: ${technician.cookie}`,
      ...said.map(([name, value]) => `${name}: ${value}`),
      `content-length: ${length}`,
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\nabc`);
    const text = await readAll(socket).catch(() => '');
    assert.ok(text === '' || / (?:400|413) /.test(text.slice(0, 20)), text.slice(0, 200));
  }
  assert.equal(JSON.stringify(await records()), before);
  assert.deepEqual(stage.faults(), []);
});

test('browser: ranges that are many, backward, negative or beyond all numbers give no more than the file', async () => {
  const { technician, opened, fetched } = stage.tara;
  const target = `/api/cases/${opened.id}/records/${fetched}/content`;
  const whole = (await technician.ask('GET', target)).text;
  const ranges: readonly (readonly [string, number])[] = [
    [`bytes=${Array.from({ length: 1_000 }, (_, at) => `${at}-${at + 1}`).join(',')}`, 200],
    ['bytes=5-1', 200],
    ['bytes=-0', 416],
    ['bytes=--5', 200],
    ['bytes=999999999999999-', 416],
    [`bytes=${'9'.repeat(400)}-`, 200],
    [`bytes=0-${'9'.repeat(15)}`, 206],
    ['bytes=-999999999999999', 206],
    ['bytes=0x10-', 200],
    ['items=0-1', 200],
    ['bytes=0-0', 206],
    ['bytes=', 200],
  ];
  for (const [range, status] of ranges) {
    const answer = await technician.ask('GET', target, { headers: { range } });
    const what = `${range.slice(0, 40)}: ${answer.status}`;
    assert.equal(answer.status, status, what);
    if (status === 416) assert.equal(answer.headers['content-range'], `bytes */${whole.length}`);
    else assert.ok(whole.includes(answer.text), what);
  }
});

test('browser: floods are answered 429 with Retry-After and a problem, and others go on', async () => {
  const { tara, otto } = stage;
  const flood = async (method: string, target: string, options: object): Promise<void> => {
    let refused = 0;
    const before = await size();
    for (let rounds = 0; rounds < 14 && refused === 0; rounds += 1) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, async () => await tara.technician.ask(method, target, options)),
      );
      for (const { status, body, headers } of answers) {
        if (status !== 429) continue;
        // A case has places for 64 files under way, whoever asks.
        if (body['code'] === 'TOO_MANY_TRANSFERS') continue;
        assert.equal(body['code'], 'REQUESTS_TOO_MANY');
        assert.match(String(headers['retry-after']), /^\d+$/);
        refused += 1;
      }
    }
    assert.ok(refused > 0, `${method} ${target} has no pace`);
    // Three facts of a transfer at most: begun, sealed or failed, and the digest.
    assert.ok((await size()) - before < 260 * 3, 'the ledger is not filled');
  };
  const base = `/api/cases/${tara.opened.id}`;
  await flood('POST', `${base}/notes`, { body: { text: 'again' } });
  await flood('GET', `${base}/evidence`, {});
  const own = await otto.technician.ask('POST', `/api/cases/${otto.opened.id}/notes`, {
    body: { text: 'mine' },
  });
  assert.equal(own.status, 200, own.text);
  assert.equal((await tara.technician.ask('GET', base)).status, 200);
});

test('browser: pages that listen without end leave places for those of others', async () => {
  const { tara, otto } = stage;
  const open = await Promise.all(
    Array.from({ length: 24 }, async () => await tara.technician.listen()),
  );
  const refused = await tara.technician.ask('GET', '/api/events');
  assert.equal(refused.body['code'], 'TOO_MANY_LISTENERS', refused.text);
  const heard = await otto.technician.listen();
  await otto.technician.ask('POST', `/api/cases/${otto.opened.id}/notes`, { body: { text: 'x' } });
  await heard.until((event) => event['case'] === otto.opened.id);
  for (const each of [...open, heard]) each.close();
  // All of this file was somebody else's fault.
  assert.deepEqual(stage.faults(), []);
});

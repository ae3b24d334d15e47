/**
 * Goal: an upload goes on over cuts and restarts and becomes exactly the file, a spoilt piece is found and sent again, and nobody
 * else's can be touched. Method: a real gateway, and requests by hand, also such as break the rules; the client that the
 * console uses resumes in `test/scenario/tus-peer.test.ts`, and in Chromium in `test/pages/upload-resumes.test.ts`.
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, before, mock, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { newTestGateway, someBytes } from '../../composition/testing/gateway-harness.ts';
import type { Technician, TestGateway } from '../../composition/testing/gateway-harness.ts';
import { openCase } from '../../composition/testing/session-script.ts';
import { uploadFile, uploadedRecord } from '../../composition/testing/upload-file.ts';
import type { TestCase } from '../../composition/testing/session-script.ts';
import { openDatabase } from '../../platform/database/database.ts';
import type { UploadRow, UploadTables } from './tables.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let gateway: TestGateway;
let tara: Technician;
let serviceCase: TestCase;
before(async () => {
  // What runs by the hour is turned by hand.
  mock.timers.enable({ apis: ['setInterval'] });
  gateway = await newTestGateway();
  tara = await gateway.signedIn('tara');
  await gateway.enrolCart('US-7100');
  serviceCase = await openCase(tara, 'US-7100');
});
after(async () => await gateway[Symbol.asyncDispose]());

/** Does something with the rows of uploads behind the gateway's back. */
async function rows<T>(act: (db: Kysely<UploadTables>) => Promise<T>): Promise<T> {
  const file = path.join(gateway.configuration.dataDirectory, 'gateway.db');
  const database = await openDatabase({ location: { kind: 'sqlite', file } });
  try {
    return await act(database.db<UploadTables>());
  } finally {
    await database.close();
  }
}

const TUS = { 'tus-resumable': '1.0.0' };
const b64 = (text: string): string => Buffer.from(text).toString('base64');
const at = (rest = '', { id } = serviceCase): string => `/api/cases/${id}/uploads${rest}`;
const records = async (): Promise<readonly { name: string; folder: string; sha256: string }[]> => {
  const { body } = await tara.ask('GET', `/api/cases/${serviceCase.id}`);
  return body['recordList'] as { name: string; folder: string; sha256: string }[];
};
const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('base64url');

async function begin(name: string, bytes: number, folder = ''): Promise<string> {
  const said = `filename ${b64(name)},folder ${b64(folder)}`;
  const headers = { ...TUS, 'upload-length': String(bytes), 'upload-metadata': said };
  const answer = await tara.ask('POST', at(), { headers });
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.headers['location'], at(`/${String(answer.body['id'])}`));
  return String(answer.body['id']);
}

async function patch(id: string, offset: number, bytes: Uint8Array, more: object = {}) {
  const type = { 'content-type': 'application/offset+octet-stream' };
  const headers = { ...TUS, ...type, 'upload-offset': String(offset), ...more };
  return await tara.ask('PATCH', at(`/${id}`), { headers, bytes });
}

const offsetOf = async (id: string): Promise<number> => {
  const answer = await tara.ask('HEAD', at(`/${id}`), { headers: TUS });
  assert.equal(answer.headers['tus-resumable'], '1.0.0');
  return Number(answer.headers['upload-offset']);
};

test('a file in pieces becomes a record in its folder, once', async () => {
  const file = randomBytes(3_000_000);
  const id = await begin('a.dcm', file.length, 'study/1');
  const first = await patch(id, 0, file.subarray(0, 1_000_000));
  assert.deepEqual([first.status, first.headers['upload-offset']], [204, '1000000'], first.text);
  assert.equal(await offsetOf(id), 1_000_000);
  const wrong = await patch(id, 5, file.subarray(0, 10));
  assert.deepEqual([wrong.status, wrong.body['code']], [409, 'UPLOAD_OFFSET_MISMATCH']);
  const last = await patch(id, 1_000_000, file.subarray(1_000_000));
  assert.equal(last.status, 204);
  assert.match(String(last.headers['chaperone-record']), /^recd-/);
  const found = (await records()).filter(({ name }) => name === 'a.dcm');
  assert.deepEqual(
    found.map(({ folder, sha256: digest }) => [folder, digest]),
    [['study/1', sha256(file)]],
  );
  // The answer may have been lost: whoever asks again is told.
  const again = await tara.ask('GET', at(`/${id}`), { headers: TUS });
  assert.equal(again.headers['chaperone-record'], last.headers['chaperone-record']);
  assert.deepEqual((await tara.ask('GET', at())).body, { uploads: [] });
});

test('a small file comes with its announcement; the first piece of a large one may, too', async () => {
  const asked = await tara.ask('OPTIONS', at());
  assert.equal(asked.status, 204, asked.text);
  assert.equal(asked.headers['tus-version'], '1.0.0');
  assert.match(String(asked.headers['tus-extension']), /\bcreation-with-upload\b/);
  assert.equal(asked.headers['tus-checksum-algorithm'], 'sha256');
  assert.match(String(asked.headers['tus-max-size']), /^\d+$/);
  const small = randomBytes(5_000);
  const whole = await uploadFile(tara, serviceCase.id, 's.bin', small, { folder: 'small' });
  assert.equal(whole.headers['upload-offset'], '5000', whole.text);
  assert.equal(whole.headers['chaperone-record'], uploadedRecord(whole).id);
  const found = (await records()).find(({ name }) => name === 's.bin');
  assert.deepEqual([found?.folder, found?.sha256], ['small', sha256(small)]);

  const large = randomBytes(100_000);
  const part = large.subarray(0, 40_000);
  const announced = { 'upload-length': '100000' };
  const begun = await uploadFile(tara, serviceCase.id, 'l.bin', part, { headers: announced });
  assert.deepEqual([begun.status, begun.headers['upload-offset']], [201, '40000'], begun.text);
  const id = String(begun.body['id']);
  assert.equal((await patch(id, 40_000, large.subarray(40_000))).status, 204);
  assert.equal((await records()).find(({ name }) => name === 'l.bin')?.sha256, sha256(large));

  // What is refused of the piece leaves an upload that its sender can find and go on with.
  const wrong = createHash('sha256').update('another').digest('base64');
  const spoilt = { 'upload-checksum': `sha256 ${wrong}` };
  const refused = await uploadFile(tara, serviceCase.id, 'w.bin', small, { headers: spoilt });
  assert.deepEqual([refused.status, refused.body['code']], [460, 'UPLOAD_CHECKSUM_MISMATCH']);
  const address = String(refused.headers['location']);
  const standing = await tara.ask('HEAD', address, { headers: TUS });
  assert.equal(standing.headers['upload-offset'], '0');
  assert.equal((await tara.ask('DELETE', address, { headers: TUS })).status, 204);
  const more = await uploadFile(tara, serviceCase.id, 'm.bin', small, {
    headers: { 'upload-length': '4999' },
  });
  assert.equal(more.body['code'], 'FILE_TOO_LARGE', more.text);
  await tara.ask('DELETE', String(more.headers['location']), { headers: TUS });
  assert.deepEqual((await tara.ask('GET', at())).body, { uploads: [] });
});

test('a piece that is not what was sent leaves nothing of itself', async () => {
  const file = randomBytes(200_000);
  const id = await begin('b.bin', file.length);
  const half = file.subarray(0, 100_000);
  const checksum = (bytes: Uint8Array) => ({
    'upload-checksum': `sha256 ${createHash('sha256').update(bytes).digest('base64')}`,
  });
  const spoilt = Buffer.from(half);
  spoilt.writeUInt8(spoilt.readUInt8(50_000) ^ 1, 50_000);
  const refused = await patch(id, 0, spoilt, checksum(half));
  assert.deepEqual([refused.status, refused.body['code']], [460, 'UPLOAD_CHECKSUM_MISMATCH']);
  assert.equal(await offsetOf(id), 0);
  assert.equal((await patch(id, 0, half, checksum(half))).status, 204);
  assert.equal(
    (await patch(id, 100_000, file.subarray(100_000), checksum(file.subarray(100_000)))).status,
    204,
  );
  assert.equal((await records()).find(({ name }) => name === 'b.bin')?.sha256, sha256(file));
});

test('an upload is there after a restart, and goes on from what is on the disk', async () => {
  const file = someBytes(5_000_000);
  const id = await begin('c.bin', file.length);
  assert.equal((await patch(id, 0, file.subarray(0, 4_000_000))).status, 204);
  await gateway.restart();
  tara.moveTo(gateway.running);
  const [left] = (await tara.ask('GET', at())).body['uploads'] as {
    id: string;
    bytes: number;
    name: string;
  }[];
  assert.deepEqual([left?.id, left?.name], [id, 'c.bin']);
  const offset = await offsetOf(id);
  assert.ok(offset > 1_900_000 && offset <= 4_000_000, String(offset));
  assert.equal((await patch(id, offset, file.subarray(offset))).status, 204);
  assert.equal((await records()).find(({ name }) => name === 'c.bin')?.sha256, sha256(file));
});

test('empty files, removed ones, too long ones, other versions, malformed ones', async () => {
  const empty = await begin('empty', 0);
  assert.equal(await offsetOf(empty), 0);
  assert.ok((await records()).some(({ name }) => name === 'empty'));
  const id = await begin('d.bin', 10);
  assert.equal((await patch(id, 0, Buffer.alloc(11))).body['code'], 'FILE_TOO_LARGE');
  assert.equal((await patch(id, 0, Buffer.alloc(1), { 'tus-resumable': '0.2.2' })).status, 412);
  assert.equal((await patch(id, 0, Buffer.alloc(1), { 'content-type': 'text/plain' })).status, 400);
  assert.equal((await patch(id, 0, Buffer.alloc(1), { 'upload-offset': 'x' })).status, 400);
  assert.equal((await tara.ask('DELETE', at(`/${id}`), { headers: TUS })).status, 204);
  assert.equal((await patch(id, 0, Buffer.alloc(10))).body['code'], 'UPLOAD_UNKNOWN');
  const headers = { ...TUS, 'upload-length': '5', 'upload-metadata': `filename ${b64('../x')}` };
  assert.equal((await tara.ask('POST', at(), { headers })).body['code'], 'FILE_NAME_REFUSED');
  const huge = {
    ...headers,
    'upload-metadata': `filename ${b64('x')}`,
    'upload-length': '9'.repeat(15),
  };
  assert.equal((await tara.ask('POST', at(), { headers: huge })).body['code'], 'FILE_TOO_LARGE');
});

test('an upload of another case is not there', async () => {
  const id = await begin('e.bin', 10);
  await gateway.enrolCart('US-7101');
  const other = await openCase(tara, 'US-7101');
  const asked = await tara.ask('GET', at(`/${id}`, other), { headers: TUS });
  assert.equal(asked.body['code'], 'UPLOAD_UNKNOWN', asked.text);
  assert.deepEqual((await tara.ask('GET', at('', other))).body, { uploads: [] });
});

test('a kill between the record and the end of its row blocks nobody, then and a day later', async () => {
  const file = someBytes(1000);
  const id = await begin('f.bin', file.length);
  const row = await rowOf(id);
  assert.equal((await patch(id, 0, file)).status, 204);
  await leave(row);
  assert.equal(await offsetOf(id), file.length);
  await leave(row);
  const listed = (await tara.ask('GET', at())).body['uploads'] as { readonly id: string }[];
  assert.ok(!listed.some((each) => each.id === id));
  await leave(row);
  assert.equal((await patch(id, 5, file)).body['code'], 'UPLOAD_OFFSET_MISMATCH');
  await leave({ ...row, begun_at: row.begun_at - DAY_MS });
  await begin('g.bin', 10);
  assert.equal((await records()).filter(({ name }) => name === 'f.bin').length, 1);
  const again = await tara.ask('GET', at(`/${id}`), { headers: TUS });
  assert.match(String(again.headers['chaperone-record']), /^recd-/);
});

test('what nobody goes on with is gone after a day, though nobody asks for it', async () => {
  const id = await begin('h.bin', 3_000_000);
  assert.equal((await patch(id, 0, someBytes(2_500_000))).status, 204);
  const vault = path.join(gateway.configuration.dataDirectory, 'vault');
  const staged = path.join(vault, 'staging', serviceCase.id, `${id}.age`);
  assert.ok(existsSync(staged));
  const row = await rowOf(id);
  await leave({ ...row, begun_at: row.begun_at - DAY_MS });
  mock.timers.tick(HOUR_MS);
  while (existsSync(staged)) await delay(10);
  // Its row goes behind its bytes.
  let code: unknown = null;
  for (let tries = 0; tries < 500 && code !== 'UPLOAD_UNKNOWN'; tries += 1) {
    await delay(10);
    code = (await tara.ask('GET', at(`/${id}`), { headers: TUS })).body['code'];
  }
  assert.equal(code, 'UPLOAD_UNKNOWN');
});

async function rowOf(id: string): Promise<UploadRow> {
  return await rows(
    async (db) =>
      await db.selectFrom('case_upload').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
  );
}

/** Leaves a row as a kill would, or one as old as it says. */
async function leave(row: UploadRow): Promise<void> {
  await rows(async (db) => {
    await db.deleteFrom('case_upload').where('id', '=', row.id).execute();
    await db.insertInto('case_upload').values(row).execute();
  });
}

test('what is announced, looked at, listed or removed takes room from nobody', async () => {
  // Together more than the case may hold, though nothing of it has come.
  const size = 4 * 2 ** 30;
  const ids: string[] = [];
  for (let n = 0; n < 18; n += 1) ids.push(await begin(`announced-${n}`, size));
  for (const id of ids) assert.equal(await offsetOf(id), 0);
  const listed = await tara.ask('GET', at());
  assert.equal(listed.status, 200, listed.text);
  const small = await begin('small.bin', 3);
  assert.equal((await patch(small, 0, Buffer.from('abc'))).status, 204);
  assert.equal((await patch(String(ids[0]), 0, Buffer.from('abc'))).status, 204);
  for (const id of ids) {
    const gone = await tara.ask('DELETE', at(`/${id}`), { headers: TUS });
    assert.equal(gone.status, 204, gone.text);
  }
});

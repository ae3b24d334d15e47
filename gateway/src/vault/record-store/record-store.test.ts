/**
 * Goal: each kind of store keeps the same promise: an object is there when it is whole and was compared, and what is
 * removed is gone in every form. Method: one suite on a directory and on a real S3-compatible store, with and without
 * versions; and that store behind a road on which requests and answers are lost, cut, refused and flipped.
 */
import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import { systemRandom } from '../../platform/random/random.ts';
import { RecordUnknown, VaultUnavailable } from '../contract.ts';
import { contentOf } from '../testing/content.ts';
import { openFaultyRoad } from '../testing/faulty-road.ts';
import type { Fault, FaultyRoad, RoadIdentity } from '../testing/faulty-road.ts';
import { startSwift } from '../testing/swift-server.ts';
import type { SwiftServer } from '../testing/swift-server.ts';
import { connectS3 } from './s3-connection.ts';
import { listUploads, listVersions } from './s3-names.ts';
import { openRecordStore } from './record-store.ts';
import type { RecordPlace, RecordStore, RecordStoreSettings, S3Settings } from './record-store.ts';

/** The smallest that a store takes. */
const PART_BYTES = 5 * 1_048_576;
/** Two parts of an upload and a piece. */
const LARGE = contentOf(2 * PART_BYTES + 17);
const SMALL = contentOf(70_003);

const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-record-store-'));
let swift: SwiftServer | undefined;
before(async () => {
  swift = await startSwift();
});
after(async () => {
  await swift?.stop();
  rmSync(folder, { recursive: true, force: true });
});

let made = 0;
function newFolder(): string {
  const directory = path.join(folder, String((made += 1)));
  mkdirSync(path.join(directory, 'staging'), { recursive: true });
  return directory;
}
function stage(directory: string, content: Uint8Array): string {
  const file = path.join(directory, 'staging', `${(made += 1)}.age`);
  writeFileSync(file, content);
  return file;
}
const newPlace = (): RecordPlace => ({
  caseId: newId('case', systemRandom),
  recordId: newId('record', systemRandom),
});
async function bucket(versions = false): Promise<S3Settings> {
  if (swift === undefined) throw new Error('Swift has not started.');
  return { ...(await swift.newBucket({ versions })), partBytes: PART_BYTES };
}
async function wholeOf(store: RecordStore, place: RecordPlace): Promise<Buffer> {
  const object = await store.open(place);
  const parts: Buffer[] = [];
  for (let at = 0; at < object.sealedBytes; at += store.readBytesAtOnce)
    parts.push(await object.read(at, store.readBytesAtOnce));
  await object.close();
  return Buffer.concat(parts);
}

const KINDS: readonly [string, () => Promise<RecordStoreSettings>][] = [
  ['a directory', async () => ({ kind: 'directory' })],
  ['an S3 store', async () => ({ kind: 's3', ...(await bucket()) })],
  ['an S3 store that keeps versions', async () => ({ kind: 's3', ...(await bucket(true)) })],
];

for (const [kind, settings] of KINDS) {
  describe(kind, () => {
    test('takes, gives back in ranges, and removes', async () => {
      const directory = newFolder();
      const store = await openRecordStore(await settings(), directory);
      const [place, other] = [newPlace(), newPlace()];
      for (const each of [place, other]) await store.makeRoom(each.caseId);
      equal(await store.has(place), false);
      await rejects(store.open(place), RecordUnknown);
      for (const [where, content] of [
        [place, LARGE],
        [other, SMALL],
      ] as const) {
        const file = stage(directory, content);
        await store.take(file, where);
        equal(existsSync(file), false);
        ok(content.equals(await wholeOf(store, where)));
      }
      const object = await store.open(place);
      equal(object.sealedBytes, LARGE.length);
      for (const [at, bytes] of [
        [0, 1],
        [PART_BYTES - 3, 7],
        [LARGE.length - 5, 100],
        [LARGE.length, 10],
      ] as const)
        deepEqual(await object.read(at, bytes), LARGE.subarray(at, at + bytes));
      await object.close();
      ok((await store.countOf(place.caseId)) > 0);
      await store.remove(place);
      equal(await store.has(place), false);
      await store.remove(place);
      await store.removeCase(place.caseId);
      equal(await store.countOf(place.caseId), 0);
      ok((await store.countOf(other.caseId)) > 0);
      await store.removeCase(other.caseId);
      equal(await store.countOf(other.caseId), 0);
      await store.close();
    });
  });
}

test('nothing of a removed case is left on the disks of a store that keeps versions', async () => {
  const directory = newFolder();
  const settings = await bucket(true);
  const store = await openRecordStore({ kind: 's3', ...settings }, directory);
  const before = swift?.contentFiles().length;
  const place = newPlace();
  await store.take(stage(directory, LARGE), place);
  // Once more, as after a crash: the first one becomes an older version.
  await store.take(stage(directory, SMALL), place);
  await leaveUpload(settings, `vault/records/${place.caseId}/unfinished.age`);
  equal(await store.countOf(place.caseId), 3);
  await store.removeCase(place.caseId);
  equal(await store.countOf(place.caseId), 0);
  deepEqual(swift?.contentFiles().length, before);
  await store.close();
});

test('a bucket that does not exist, or credentials that are wrong, are said at opening', async () => {
  const settings = await bucket();
  const open = async (changed: Partial<S3Settings>): Promise<RecordStore> =>
    await openRecordStore({ kind: 's3', ...settings, ...changed }, newFolder());
  await rejects(open({ bucket: 'nobodys' }), /does not have the bucket/);
  await rejects(open({ secretKey: 'wrong' }), /refuses the gateway’s credentials/);
  await rejects(open({ endpoint: 'http://127.0.0.1:1' }), VaultUnavailable);
});

describe('a store on a bad road', () => {
  let road: FaultyRoad | undefined;
  let settings: S3Settings | undefined;
  let store: RecordStore | undefined;
  const directory = newFolder();
  before(async () => {
    settings = await bucket();
    road = await openFaultyRoad(swift?.port ?? 0);
    settings = { ...settings, endpoint: `http://127.0.0.1:${road.port}` };
    store = await openRecordStore({ kind: 's3', ...settings }, directory);
  });
  after(async () => {
    await store?.close();
    await road?.close();
  });

  const isPart = (method: string, url: string): boolean =>
    method === 'PUT' && url.includes('partNumber=2');
  const isEnd = (method: string, url: string): boolean =>
    method === 'POST' && url.includes('uploadId=');
  const isRead = (method: string): boolean => method === 'GET';
  const isWhole = (method: string): boolean => method === 'PUT';
  const cases: readonly [string, Fault, (method: string, url: string) => boolean, Buffer][] = [
    ['a part is refused', 'error', isPart, LARGE],
    ['a part’s connection is cut', 'cut', isPart, LARGE],
    ['a part is changed on its way', 'flip-request', isPart, LARGE],
    ['the end of the upload is cut', 'cut', isEnd, LARGE],
    ['a small object is changed on its way', 'flip-request', isWhole, SMALL],
    ['what is read back was changed', 'flip-answer', isRead, LARGE],
    ['what is read back is cut off', 'truncate', isRead, SMALL],
  ];
  for (const [what, fault, picks, content] of cases) {
    test(`${what}: nothing is taken, the file is as it was, and goes in later`, async () => {
      if (road === undefined || store === undefined || settings === undefined)
        throw new Error('the road was not opened');
      const place = newPlace();
      const file = stage(directory, content);
      road.set(fault, picks);
      await rejects(store.take(file, place), VaultUnavailable);
      ok(content.equals(readFileSync(file)));
      road.set(null);
      await store.take(file, place);
      ok(content.equals(await wholeOf(store, place)));
      await store.removeCase(place.caseId);
      equal(await store.countOf(place.caseId), 0);
    });
  }

  test('an answer that is lost once is asked for again', async () => {
    if (road === undefined || store === undefined) throw new Error('the road was not opened');
    const place = newPlace();
    let left = 1;
    road.set('lose-answer', (method, url) => isPart(method, url) && (left -= 1) >= 0);
    await store.take(stage(directory, LARGE), place);
    left = 1;
    road.set('truncate', (method) => isRead(method) && (left -= 1) >= 0);
    ok(LARGE.equals(await wholeOf(store, place)));
    road.set(null);
    await store.removeCase(place.caseId);
  });

  test('an upload that a crash cut off is given up before the next one', async () => {
    if (store === undefined || settings === undefined) throw new Error('the road was not opened');
    const place = newPlace();
    await leaveUpload(settings, `vault/records/${place.caseId}/${place.recordId}.age`);
    await store.take(stage(directory, SMALL), place);
    const connection = await connectS3(settings);
    equal((await listUploads(connection, settings.bucket, 'vault/')).length, 0);
    equal((await listVersions(connection, settings.bucket, 'vault/')).length, 1);
    connection.close();
    await store.removeCase(place.caseId);
  });
});

test('over TLS the store’s certificate has to be of the authorities that are named', async () => {
  const [own, strange] = [certificate('own'), certificate('strange')];
  const road = await openFaultyRoad(swift?.port ?? 0, own);
  const settings = { ...(await bucket()), endpoint: `https://127.0.0.1:${road.port}` };
  const open = async (authorities?: string): Promise<RecordStore> =>
    await openRecordStore(
      { kind: 's3', ...settings, ...(authorities === undefined ? {} : { authorities }) },
      newFolder(),
    );
  try {
    await rejects(open(), VaultUnavailable);
    await rejects(open(strange.cert), VaultUnavailable);
    equal(road.seen.length, 0);
    const store = await open(own.cert);
    equal(await store.countOf(newPlace().caseId), 0);
    await store.close();
  } finally {
    await road.close();
  }
});

function certificate(name: string): RoadIdentity {
  const directory = newFolder();
  const [key, cert] = [path.join(directory, 'key.pem'), path.join(directory, 'cert.pem')];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'],
      ...['-keyout', key, '-out', cert],
    ],
    { stdio: 'ignore' },
  );
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}

/** Begins an upload with one part and leaves it, as a process that is killed does. */
async function leaveUpload(settings: S3Settings, key: string): Promise<void> {
  const connection = await connectS3(settings);
  const object = { Bucket: settings.bucket, Key: key };
  await connection.ask(async (client, library) => {
    const { UploadId } = await client.send(new library.CreateMultipartUploadCommand(object));
    const part = { ...object, UploadId, PartNumber: 1, Body: LARGE.subarray(0, 6_000_000) };
    await client.send(new library.UploadPartCommand(part));
  });
  connection.close();
}

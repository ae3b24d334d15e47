// Goal: under a genuine grant the gateway reads nothing but the regular files of the exposed directories. Method: a scripted
// peer with the gateway's own keys against the real agent and a real file system with links, pipes and files that
// change while they are read.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { link, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { ProblemCode } from '@chaperone/cart/platform/problem-table.ts';
import type { Answer } from '@chaperone/cart/platform/testing/scripted-desk.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import { IMAGE, SECRET, Stage } from './stage.ts';

const run = promisify(execFile);

interface Outside {
  readonly name: string;
  /** The query as it goes over the wire. */
  readonly query: string;
  readonly code: ProblemCode;
  readonly directory?: string;
}

const refused = (name: string, query: string): Outside => ({
  name,
  query: `path=${query}`,
  code: 'FILE_NAME_REFUSED',
});
const notFound = (name: string, query: string, directory = 'images'): Outside => ({
  name,
  query: `path=${query}`,
  code: 'FILE_NOT_FOUND',
  directory,
});

/** What lies beside the exposed directory is `secret.txt`; each of these would lead there, or out in another way. */
const OUTSIDE: readonly Outside[] = [
  refused('the directory above', '..%2Fsecret.txt'),
  refused('the directory above, not encoded', '../secret.txt'),
  refused('above by way of below', 'study/../../secret.txt'),
  refused('above with a backslash', '..%5Csecret.txt'),
  refused('above, after a NUL', 'image.bin%00/../../secret.txt'),
  refused('an absolute path', '%2Fetc%2Fpasswd'),
  refused('two slashes at the beginning', '//etc/passwd'),
  refused('a path with an end of nothing', 'study%2F'),
  refused('an empty segment', 'study//one.bin'),
  refused('this directory', './image.bin'),
  refused('a NUL', 'image.bin%00'),
  refused('a line feed', 'image.bin%0Ax'),
  refused('a stream of another file system', 'image.bin:secret'),
  refused('a home', '%7E/../secret.txt'),
  refused('a path of 3 KB', 'a/'.repeat(1500) + 'b'),
  refused('a name of 300 bytes', 'a'.repeat(300)),
  notFound('dots that are encoded twice', '%252e%252e%252fsecret.txt'),
  notFound('dots in overlong UTF-8', '%C0%AE%C0%AE%C0%AFsecret.txt'),
  notFound('dots in full width', '%EF%BC%8E%EF%BC%8E%EF%BC%8Fsecret.txt'),
  notFound('a name in another normal form', 'e%CC%81tude.bin'),
  notFound('a name in other letters', 'IMAGE.BIN'),
  notFound('a symbolic link out', 'link-out'),
  notFound('through a symbolic link to a directory', 'link-up/secret.txt'),
  notFound('a symbolic link to a file inside', 'link-in'),
  notFound('a symbolic link to nothing', 'link-nowhere'),
  notFound('a pipe', 'pipe'),
  notFound('a directory as a file', 'study'),
  notFound('a file as a directory', 'image.bin/image.bin'),
  notFound('the exposed directory itself', ''),
  notFound('another directory', 'image.bin', 'other'),
  notFound('the inbox as a directory', 'sent.bin', 'inbox'),
  notFound('a property of every object', 'image.bin', 'constructor'),
  {
    name: 'two paths',
    query: 'path=image.bin&path=..%2Fsecret.txt',
    code: 'REQUEST_MALFORMED',
  },
  {
    name: 'a path and something else',
    query: 'path=image.bin&root=%2F',
    code: 'REQUEST_MALFORMED',
  },
];

async function stageWithTraps(...given: Parameters<typeof Stage.start>): Promise<Stage> {
  const stage = await Stage.start(...given);
  const inside = (name: string): string => path.join(stage.exposed, name);
  await writeFile(inside('étude.bin'.normalize('NFC')), IMAGE);
  await symlink('../secret.txt', inside('link-out'));
  await symlink('..', inside('link-up'));
  await symlink('image.bin', inside('link-in'));
  await symlink('nowhere', inside('link-nowhere'));
  await run('mkfifo', [inside('pipe')]);
  return stage;
}

function assertNothingLeaked(answer: Answer): void {
  assert.ok(!answer.body.includes(SECRET) && !answer.body.includes('root:'));
}

test('whatever is asked for outside of the exposed directories is not there', async (t) => {
  const stage = await stageWithTraps(t);
  const held = await stage.grant(await stage.connect(), ['fetch-files']);
  for (const { name, query, code, directory = 'images' } of OUTSIDE) {
    await t.test(name, async () => {
      const headers = {
        ...held.granted,
        'chaperone-transfer': newId('transfer', randomBytes),
      };
      const answer = await held.bulk.ask('GET', `/v1/content/${directory}?${query}`, { headers });
      stage.assertRefused(answer, 'GET content', code);
      assertNothingLeaked(answer);
    });
  }
  await stage.end(held);
  const lines = await stage.proveSound();
  assert.equal(
    lines.filter(({ kind }) => kind === 'file-fetch-begun').length,
    1,
    'the proof’s own',
  );
});

const OUTSIDE_LISTINGS = OUTSIDE.filter(
  ({ name }) => !/exposed directory itself|directory as a file/.test(name),
);

test('no directory outside is listed, and a listing names nothing that cannot be fetched', async (t) => {
  const stage = await stageWithTraps(t);
  const held = await stage.grant(await stage.connect(), ['fetch-files']);
  const list = (target: string): Promise<Answer> =>
    held.interactive.ask('GET', `/v1/files/${target}`, { headers: held.granted });
  for (const { query, code, directory = 'images' } of OUTSIDE_LISTINGS) {
    stage.assertRefused(await list(`${directory}?${query}`), 'GET files', code);
  }
  for (const target of ['images?path=..', 'images?path=link-up', 'images?path=study%2F..']) {
    const code = target.includes('link') ? 'FILE_NOT_FOUND' : 'FILE_NAME_REFUSED';
    stage.assertRefused(await list(target), 'GET files', code);
  }
  const entries = (await list('images?path=')).json()['entries'] as readonly { name: string }[];
  assert.deepEqual(
    entries.map(({ name }) => name),
    ['image.bin', 'study', 'étude.bin'.normalize('NFC')],
  );
  await stage.end(held);
  await stage.proveSound();
});

test('a directory that is swapped for a symbolic link while it is asked for never leads outside', async (t) => {
  const stage = await Stage.start(t);
  const held = await stage.grant(await stage.connect(), ['fetch-files']);
  const outside = path.join(stage.enrolled.directory, 'outside');
  const place = path.join(stage.exposed, 'swapped');
  const aside = path.join(stage.exposed, 'aside');
  await mkdir(outside);
  await writeFile(path.join(outside, 'one.bin'), SECRET);
  await mkdir(place);
  await writeFile(path.join(place, 'one.bin'), IMAGE);
  let isOver = false;
  const swapping = (async () => {
    while (!isOver) {
      await rename(place, aside);
      await symlink(outside, place);
      await rm(place);
      await rename(aside, place);
    }
  })();
  const seen = new Map<number, number>();
  for (let n = 0; n < 120; n += 1) {
    const headers = { ...held.granted, 'chaperone-transfer': newId('transfer', randomBytes) };
    const answer = await held.bulk.ask('GET', '/v1/content/images?path=swapped/one.bin', {
      headers,
    });
    seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
    assertNothingLeaked(answer);
    if (answer.status === 200) assert.ok(answer.body.equals(IMAGE));
    else stage.assertRefused(answer, 'GET content', 'FILE_NOT_FOUND');
  }
  isOver = true;
  await swapping;
  assert.ok((seen.get(404) ?? 0) > 0, 'the swap was met at least once');
  await stage.end(held);
  await stage.proveSound();
});

test('a file that is swapped or written to while it is read is not taken for a whole one', async (t) => {
  const stage = await Stage.start(t);
  const held = await stage.grant(await stage.connect(), ['fetch-files']);
  const large = path.join(stage.exposed, 'large.bin');
  await writeFile(large, Buffer.alloc(32 * 1024 * 1024));
  const stream = held.bulk.open('GET', '/v1/content/images?path=large.bin', held.granted);
  stream.end();
  stream.on('error', () => undefined);
  const trailers: unknown[] = [];
  stream.on('trailers', (found) => trailers.push(found));
  await once(stream, 'data');
  stream.pause();
  // The name now leads outside; the file that is held open grows.
  await link(large, path.join(stage.exposed, 'kept.bin'));
  await rm(large);
  await symlink('../secret.txt', large);
  await writeFile(path.join(stage.exposed, 'kept.bin'), 'changed', { flag: 'a' });
  let hasLeaked = false;
  const closed = new Promise((resolve) => stream.once('close', resolve));
  stream.on('data', (chunk: Buffer) => {
    hasLeaked ||= chunk.includes(SECRET);
  });
  stream.resume();
  await closed;
  assert.equal(hasLeaked, false);
  assert.notEqual(stream.rstCode, 0);
  assert.deepEqual(trailers, []);
  await stage.end(held);
  await stage.proveSound();
});

interface BadRequest {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly code: ProblemCode;
}

const BAD_FETCHES: readonly BadRequest[] = [
  { name: 'no transfer', headers: { 'chaperone-transfer': '' }, code: 'MALFORMED_ID' },
  {
    name: 'a transfer with a path in it',
    headers: { 'chaperone-transfer': '../../x' },
    code: 'MALFORMED_ID',
  },
  { name: 'a range behind the end', headers: { range: 'bytes=9999-' }, code: 'RANGE_REFUSED' },
  { name: 'many ranges', headers: { range: 'bytes=0-1,3-4' }, code: 'RANGE_REFUSED' },
  { name: 'a range of a negative', headers: { range: 'bytes=-1' }, code: 'RANGE_REFUSED' },
  { name: 'a tag of an older file', headers: { 'if-match': '"old"' }, code: 'FILE_CHANGED' },
];

test('a fetch in another form is refused before the journal says that it has begun', async (t) => {
  const stage = await Stage.start(t);
  const held = await stage.grant(await stage.connect(), ['fetch-files']);
  for (const { name, headers, code } of BAD_FETCHES) {
    await t.test(name, async () => {
      const answer = await held.bulk.ask('GET', '/v1/content/images?path=image.bin', {
        headers: { ...held.granted, ...headers },
      });
      stage.assertRefused(answer, 'GET content', code);
    });
  }
  await stage.end(held);
  const lines = await stage.proveSound();
  assert.equal(
    lines.filter(({ kind }) => kind === 'file-fetch-begun').length,
    1,
    'the proof’s own',
  );
});

// Goal: nothing outside the exposed directories is ever read, and what is read is one whole version of a file. Method: real
// directories with every trick that a file system knows. What the session allows is not the matter here: the right is
// a recorder.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, rename, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import type { Files, FileRight } from './files.ts';
import { digest, startFiles } from './testing/files-bench.ts';

const order = (filePath: string, range?: string, ifMatch?: string) => ({
  directory: 'images',
  path: filePath,
  transferId: newId('transfer', randomBytes),
  range,
  ifMatch,
});

async function readAll(files: Files, right: FileRight, filePath: string): Promise<Buffer> {
  const fetch = await files.fetch(order(filePath), right);
  try {
    return Buffer.concat(await collect(fetch.read()));
  } finally {
    await fetch.settle('fetched');
  }
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

test('an ordinary file is read whole, from a byte on, and with the digest of the whole', async (t) => {
  const { exposed, files, right } = await startFiles(t);
  const content = randomBytes(700_001);
  await mkdir(path.join(exposed, 'a', 'b'), { recursive: true });
  await writeFile(path.join(exposed, 'a', 'b', 'c.bin'), content);
  for (const from of [0, 1, 262_143, 262_144, 700_000]) {
    const fetch = await files.fetch(order('a/b/c.bin', `bytes=${from}-`), right);
    assert.ok(Buffer.concat(await collect(fetch.read())).equals(content.subarray(from)));
    assert.equal(fetch.digest(), digest(content));
    await fetch.settle('fetched');
  }
  assert.equal(right.files, 5);
});

test('the room of a chunk is used again once the network has taken it, and not before', async (t) => {
  const { exposed, files, right } = await startFiles(t);
  const content = randomBytes(3_000_000);
  await writeFile(path.join(exposed, 'a'), content);
  const fetch = await files.fetch(order('a'), right);
  const rooms = new Set<ArrayBufferLike>();
  const underWay: Buffer[] = [];
  let at = 0;
  for await (const chunk of fetch.read()) {
    underWay.push(chunk);
    rooms.add(chunk.buffer);
    const oldest = underWay.length > 2 ? underWay.shift() : undefined;
    if (oldest === undefined) continue;
    assert.ok(oldest.equals(content.subarray(at, at + oldest.length)));
    at += oldest.length;
    fetch.sent(oldest);
  }
  for (const chunk of underWay) {
    assert.ok(chunk.equals(content.subarray(at, at + chunk.length)));
    at += chunk.length;
  }
  assert.equal(at, content.length);
  assert.equal(rooms.size, 3);
  await fetch.settle('fetched');
});

test('an empty file is read', async (t) => {
  const { exposed, files, right } = await startFiles(t);
  await writeFile(path.join(exposed, 'empty'), '');
  assert.equal((await readAll(files, right, 'empty')).length, 0);
});

test('the beginning of a fetch is recorded before it can be read, and refused with the record', async (t) => {
  const { exposed, files, right } = await startFiles(t);
  await writeFile(path.join(exposed, 'a'), 'x');
  const fetch = await files.fetch(order('a'), right);
  assert.deepEqual(right.kinds(), ['file-fetch-begun']);
  await fetch.settle('broken');
  await fetch.settle('fetched');
  assert.deepEqual(right.kinds(), ['file-fetch-begun', 'file-fetch-broken']);
  right.isOver = true;
  await assert.rejects(files.fetch(order('a'), right), { code: 'GRANT_NOT_IN_FORCE' });
});

test('ranges that are not served and files that are not the same any more are refused', async (t) => {
  const { exposed, files, right } = await startFiles(t);
  const file = path.join(exposed, 'a');
  await writeFile(file, 'content');
  for (const range of [
    'bytes=7-',
    'bytes=8-',
    'bytes=6-7',
    'bytes=2-1',
    'bytes=-1',
    'bytes=0-,2-',
    'items=0-',
    'bytes=99999999999999999-',
  ]) {
    await assert.rejects(files.fetch(order('a', range), right), { code: 'RANGE_REFUSED' });
  }
  const fetch = await files.fetch(order('a'), right);
  const { etag } = fetch;
  await fetch.settle('broken');
  await (await files.fetch(order('a', undefined, etag), right)).settle('broken');
  await utimes(file, 1, 1);
  await assert.rejects(files.fetch(order('a', undefined, etag), right), { code: 'FILE_CHANGED' });
});

test('a file that is written to, or cut short, while it is read fails', async (t) => {
  const { exposed, files, right } = await startFiles(t);
  const file = path.join(exposed, 'a');
  for (const change of [
    () => writeFile(file, 'y', { flag: 'a' }),
    () => truncate(file, 10),
    () => utimes(file, 1, 1),
  ]) {
    await writeFile(file, Buffer.alloc(1_000_000));
    const fetch = await files.fetch(order('a'), right);
    const reading = fetch.read();
    await reading.next();
    await change();
    await assert.rejects(collect(reading), { code: 'FILE_CHANGED' });
    await fetch.settle('failed');
  }
});

const TRICKS: readonly [string, string, string][] = [
  ['the directory above', '../secret.txt', 'FILE_NAME_REFUSED'],
  ['further in and then above', 'a/../../secret.txt', 'FILE_NAME_REFUSED'],
  ['an absolute path', '/etc/passwd', 'FILE_NAME_REFUSED'],
  ['NUL', 'a\u0000', 'FILE_NAME_REFUSED'],
  ['a backslash', '..\\secret.txt', 'FILE_NAME_REFUSED'],
  ['a reserved name', 'NUL', 'FILE_NAME_REFUSED'],
  ['a name of 256 bytes', 'a'.repeat(256), 'FILE_NAME_REFUSED'],
  ['a name of 255 bytes that is not there', 'a'.repeat(255), 'FILE_NOT_FOUND'],
  ['a symbolic link to a file outside', 'link-to-file', 'FILE_NOT_FOUND'],
  ['a symbolic link to a file inside', 'link-inside', 'FILE_NOT_FOUND'],
  ['a path through a symbolic link', 'link-to-directory/secret.txt', 'FILE_NOT_FOUND'],
  ['a directory', 'a', 'FILE_NOT_FOUND'],
  ['a path through a file', 'plain/x', 'FILE_NOT_FOUND'],
  ['a pipe that nobody writes to', 'pipe', 'FILE_NOT_FOUND'],
  ['a socket', 'socket', 'FILE_NOT_FOUND'],
  ['a device', 'zero', 'FILE_NOT_FOUND'],
  ['the directory itself', '', 'FILE_NOT_FOUND'],
  ['a file that is arriving', '.chaperone-staging-x', 'FILE_NOT_FOUND'],
];

async function withTricks(t: TestContext) {
  const started = await startFiles(t);
  const { directory, exposed } = started;
  await mkdir(path.join(exposed, 'a'));
  await writeFile(path.join(exposed, 'plain'), 'plain');
  await writeFile(path.join(exposed, '.chaperone-staging-x'), 'arriving');
  await symlink(path.join(directory, 'secret.txt'), path.join(exposed, 'link-to-file'));
  await symlink('plain', path.join(exposed, 'link-inside'));
  await symlink(directory, path.join(exposed, 'link-to-directory'));
  execFileSync('mkfifo', [path.join(exposed, 'pipe')]);
  try {
    execFileSync('mknod', [path.join(exposed, 'zero'), 'c', '1', '5'], { stdio: 'ignore' });
  } catch {
    // Not root: the name is simply not there, and refused the same.
  }
  const server = net.createServer().listen(path.join(exposed, 'socket'));
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => server.close());
  return started;
}

test('no trick of names and links reads anything that is not a regular file inside', async (t) => {
  const { files, right } = await withTricks(t);
  for (const [what, filePath, code] of TRICKS) {
    await assert.rejects(files.fetch(order(filePath), right), { code }, what);
  }
  await assert.rejects(files.fetch({ ...order('plain'), directory: 'other' }, right), {
    code: 'FILE_NOT_FOUND',
  });
  assert.deepEqual(right.facts, []);
  assert.equal((await readAll(files, right, 'plain')).toString(), 'plain');
});

test('a listing shows what can be fetched, and directories, and nothing else', async (t) => {
  const { exposed, files } = await withTricks(t);
  await writeFile(Buffer.from(`${exposed}/bad-\xff`, 'latin1'), 'not UTF-8');
  await writeFile(path.join(exposed, 'trailing.'), 'refused name');
  const { entries, truncated } = await files.list('images', '');
  assert.deepEqual(
    entries.map(({ name, kind }) => `${kind} ${name}`),
    ['directory a', 'file plain'],
  );
  assert.equal(entries[1]?.bytes, 5);
  assert.equal(truncated, false);
  for (const [directory, listed] of [
    ['images', '..'],
    ['images', 'link-to-directory'],
    ['images', 'plain'],
    ['x', ''],
  ] as const) {
    await assert.rejects(files.list(directory, listed), (error: Error & { code: string }) =>
      ['FILE_NAME_REFUSED', 'FILE_NOT_FOUND'].includes(error.code),
    );
  }
});

test('a large directory is listed in part and says so', async (t) => {
  const { exposed, files } = await startFiles(t);
  for (let n = 0; n < 5001; n += 1) await writeFile(path.join(exposed, `f${n}`), '');
  const { entries, truncated } = await files.list('images', '');
  assert.equal(entries.length, 5000);
  assert.equal(truncated, true);
});

test('a directory that is swapped for a symbolic link again and again never leads outside', async (t) => {
  const { directory, exposed, files, right } = await startFiles(t);
  const outside = path.join(directory, 'outside');
  await mkdir(outside);
  await writeFile(path.join(outside, 'f'), 'secret');
  await mkdir(path.join(exposed, 'real'));
  await writeFile(path.join(exposed, 'real', 'f'), 'inside');
  await symlink(outside, path.join(exposed, 'link'));
  await rename(path.join(exposed, 'real'), path.join(exposed, 'd'));
  let isOver = false;
  const swapping = (async () => {
    while (!isOver) {
      await rename(path.join(exposed, 'd'), path.join(exposed, 'real'));
      await rename(path.join(exposed, 'link'), path.join(exposed, 'd'));
      await rename(path.join(exposed, 'd'), path.join(exposed, 'link'));
      await rename(path.join(exposed, 'real'), path.join(exposed, 'd'));
    }
  })();
  let inside = 0;
  let refused = 0;
  for (let n = 0; n < 400; n += 1) {
    try {
      assert.equal((await readAll(files, right, 'd/f')).toString(), 'inside');
      inside += 1;
    } catch (refusal) {
      assert.equal((refusal as { code?: string }).code, 'FILE_NOT_FOUND');
      refused += 1;
    }
  }
  isOver = true;
  await swapping;
  assert.equal(inside + refused, 400);
  assert.ok(inside > 0 && refused > 0, 'both sides of the swap were met');
});

test('the journal names no file, and two transfers of one file cannot be told to be the same', async (t) => {
  const { directory, exposed, files, right, open } = await startFiles(t);
  await writeFile(path.join(exposed, 'name-of-a-patient'), '');
  await readAll(files, right, 'name-of-a-patient');
  await readAll(await open(), right, 'name-of-a-patient');
  assert.doesNotMatch(JSON.stringify(right.facts), /patient/);
  const commitments = right.facts.map((fact) =>
    'nameCommitment' in fact ? fact.nameCommitment : '',
  );
  assert.equal(new Set(commitments).size, 2);
  assert.equal((await stat(path.join(directory, 'name-commitment.secret'))).mode & 0o777, 0o600);
});

// Goal: nothing outside the exposed directories is ever read or written, and a file has its name only when it is whole.
// Method: real directories with every trick that a file system knows, a small tmpfs that fills up, and a journal that
// can refuse. What the session allows is not the matter here: the right is a recorder.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import type { TransferId } from '@chaperone/domain/id/id.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { Files } from './files.ts';
import type { FileRight } from './files.ts';

class Refused extends DomainError {
  readonly code = 'GRANT_NOT_IN_FORCE';
}

class RecordingRight implements FileRight {
  readonly sessionId = newId('session', randomBytes);
  readonly grantId = newId('grant', randomBytes);
  readonly facts: JournalFact[] = [];
  isOver = false;
  files = 0;

  async recordFirst(facts: readonly JournalFact[]): Promise<void> {
    if (this.isOver) throw new Refused('The session is over.');
    this.facts.push(...facts);
  }
  recordAfter(facts: readonly JournalFact[]): void {
    this.facts.push(...facts);
  }
  moved(change: { readonly filesFetched?: number; readonly filesPlaced?: number }): void {
    this.files += (change.filesFetched ?? 0) + (change.filesPlaced ?? 0);
  }
  kinds(): readonly string[] {
    return this.facts.map(({ kind }) => kind);
  }
}

async function start(t: TestContext, inboxPath?: string, bytesMax = 10_000_000) {
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-files-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const exposed = path.join(directory, 'exposed');
  const inbox = inboxPath ?? path.join(directory, 'inbox');
  await mkdir(exposed);
  await mkdir(inbox, { recursive: true });
  await writeFile(path.join(directory, 'secret.txt'), 'secret');
  const open = async (): Promise<Files> =>
    Files.open({
      dataDirectory: directory,
      directories: [{ id: 'images', label: 'Images', path: exposed }],
      inbox: { path: inbox, label: 'Inbox', bytesMax },
      onTransfers: () => undefined,
    });
  const files = await open();
  t.after(() => files.endSession());
  return { directory, exposed, inbox, files, open, right: new RecordingRight() };
}

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

const digest = (content: Uint8Array): string =>
  createHash('sha256').update(content).digest('base64');
function announced(name: string, content: Uint8Array, transfer = newId('transfer', randomBytes)) {
  return { transfer, name, bytes: content.length, sha256: digest(content) };
}
/** Mounts a small file system; false, and the test skipped, where this machine does not allow it. */
function smallDisk(t: TestContext, directory: string, bytes: number): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', directory], {
      stdio: 'ignore',
    });
  } catch {
    t.skip('mounting a tmpfs is not permitted here');
    return false;
  }
  return true;
}

test('an ordinary file is read whole, from a byte on, and with the digest of the whole', async (t) => {
  const { exposed, files, right } = await start(t);
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

test('an empty file is read', async (t) => {
  const { exposed, files, right } = await start(t);
  await writeFile(path.join(exposed, 'empty'), '');
  assert.equal((await readAll(files, right, 'empty')).length, 0);
});

test('the beginning of a fetch is recorded before it can be read, and refused with the record', async (t) => {
  const { exposed, files, right } = await start(t);
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
  const { exposed, files, right } = await start(t);
  const file = path.join(exposed, 'a');
  await writeFile(file, 'content');
  for (const range of [
    'bytes=7-',
    'bytes=8-',
    'bytes=0-1',
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
  const { exposed, files, right } = await start(t);
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
  const started = await start(t);
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
  const { exposed, files } = await start(t);
  for (let n = 0; n < 5001; n += 1) await writeFile(path.join(exposed, `f${n}`), '');
  const { entries, truncated } = await files.list('images', '');
  assert.equal(entries.length, 5000);
  assert.equal(truncated, true);
});

test('a directory that is swapped for a symbolic link again and again never leads outside', async (t) => {
  const { directory, exposed, files, right } = await start(t);
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

test('a file arrives in pieces, is checked, and then has its name', async (t) => {
  const { inbox, files, right } = await start(t);
  const content = randomBytes(300_000);
  const file = announced('report.pdf', content);
  const first = await files.announce(file, right);
  assert.deepEqual(first, {
    isNew: true,
    progress: { transfer: file.transfer, received: 0, state: 'receiving' },
  });
  await files.write(file.transfer, 0, Readable.from([content.subarray(0, 100_000)]), right);
  assert.equal(files.progress(file.transfer).received, 100_000);
  const staged = await readdir(inbox);
  assert.equal(staged.length, 1);
  assert.match(staged[0] ?? '', /^\.chaperone-staging-/);
  assert.equal((await stat(path.join(inbox, staged[0] ?? ''))).mode & 0o777, 0o600);
  const done = await files.write(
    file.transfer,
    100_000,
    Readable.from([content.subarray(100_000)]),
    right,
  );
  assert.deepEqual(done, { transfer: file.transfer, received: 300_000, state: 'placed' });
  assert.deepEqual(await readdir(inbox), ['report.pdf']);
  assert.ok((await readFile(path.join(inbox, 'report.pdf'))).equals(content));
  assert.deepEqual(right.kinds(), ['file-placed']);
  assert.deepEqual((await files.announce(file, right)).isNew, false);
  assert.equal(files.transfers().at(-1)?.state, 'done');
});

test('an empty file is placed as soon as it is announced', async (t) => {
  const { inbox, files, right } = await start(t);
  const { progress } = await files.announce(announced('empty', Buffer.alloc(0)), right);
  assert.equal(progress.state, 'placed');
  assert.deepEqual(await readdir(inbox), ['empty']);
});

test('names that are refused, files that are too large and names that are taken are refused at once', async (t) => {
  const { inbox, files, right } = await start(t, undefined, 100);
  const content = Buffer.alloc(10);
  for (const name of [
    '..',
    '../x',
    'a/b',
    'CON',
    'a\u0000',
    `.chaperone-staging-${newId('transfer', randomBytes)}`,
  ]) {
    await assert.rejects(files.announce(announced(name, content), right), {
      code: 'FILE_NAME_REFUSED',
    });
  }
  await assert.rejects(files.announce(announced('a', Buffer.alloc(101)), right), {
    code: 'FILE_TOO_LARGE',
  });
  await writeFile(path.join(inbox, 'taken'), 'before');
  await symlink('/nowhere', path.join(inbox, 'dangling'));
  for (const name of ['taken', 'dangling']) {
    await assert.rejects(files.announce(announced(name, content), right), { code: 'FILE_EXISTS' });
  }
  assert.deepEqual((await readdir(inbox)).sort(), ['dangling', 'taken']);
});

test('a name that is taken while the file arrives is not overwritten', async (t) => {
  const { inbox, files, right } = await start(t);
  const content = Buffer.from('after');
  const file = announced('a', content);
  await files.announce(file, right);
  await writeFile(path.join(inbox, 'a'), 'before');
  await assert.rejects(files.write(file.transfer, 0, Readable.from([content]), right), {
    code: 'FILE_EXISTS',
  });
  assert.equal(await readFile(path.join(inbox, 'a'), 'utf8'), 'before');
  assert.deepEqual(await readdir(inbox), ['a']);
  assert.deepEqual(right.kinds(), ['file-refused']);
});

test('a wrong digest and too many bytes leave nothing behind', async (t) => {
  const { inbox, files, right } = await start(t);
  const wrong = { ...announced('a', Buffer.alloc(10)), sha256: digest(Buffer.alloc(9)) };
  await files.announce(wrong, right);
  await assert.rejects(files.write(wrong.transfer, 0, Readable.from([Buffer.alloc(10)]), right), {
    code: 'DIGEST_MISMATCH',
  });
  const longer = announced('b', Buffer.alloc(10));
  await files.announce(longer, right);
  await assert.rejects(files.write(longer.transfer, 0, Readable.from([Buffer.alloc(11)]), right), {
    code: 'UPLOAD_TOO_LONG',
  });
  assert.deepEqual(await readdir(inbox), []);
  assert.throws(() => files.progress(wrong.transfer), { code: 'TRANSFER_UNKNOWN' });
  assert.deepEqual(right.kinds(), ['file-refused', 'file-refused']);
});

test('bytes go on only where the last ones ended, and a transfer keeps what it was announced as', async (t) => {
  const { files, right } = await start(t);
  const file = announced('a', Buffer.alloc(10));
  await files.announce(file, right);
  await assert.rejects(files.write(file.transfer, 1, Readable.from([Buffer.alloc(1)]), right), {
    code: 'UPLOAD_OFFSET_MISMATCH',
  });
  await assert.rejects(files.announce({ ...file, name: 'b' }, right), {
    code: 'TRANSFER_CONFLICT',
  });
  await assert.rejects(files.write(newId('transfer', randomBytes), 0, Readable.from([]), right), {
    code: 'TRANSFER_UNKNOWN',
  });
});

test('a piece that broke off is kept, and the next one takes over from a piece that hangs', async (t) => {
  const { inbox, files, right } = await start(t);
  const content = randomBytes(1000);
  const file = announced('a', content);
  await files.announce(file, right);
  const hanging = new PassThrough();
  hanging.write(content.subarray(0, 400));
  const first = files.write(file.transfer, 0, hanging, right).catch(() => 'broken');
  while (files.progress(file.transfer).received < 400)
    await new Promise((resolve) => setImmediate(resolve));
  const done = await files.write(file.transfer, 400, Readable.from([content.subarray(400)]), right);
  assert.equal(await first, 'broken');
  assert.equal(done.state, 'placed');
  assert.ok((await readFile(path.join(inbox, 'a'))).equals(content));
});

test('a whole file is not placed when the session no longer allows it, and can be when it does again', async (t) => {
  const { inbox, files, right } = await start(t);
  const content = randomBytes(10);
  const file = announced('a', content);
  await files.announce(file, right);
  right.isOver = true;
  await assert.rejects(files.write(file.transfer, 0, Readable.from([content]), right), {
    code: 'GRANT_NOT_IN_FORCE',
  });
  assert.equal((await readdir(inbox)).includes('a'), false);
  right.isOver = false;
  const { state } = await files.write(file.transfer, 10, Readable.from([]), right);
  assert.equal(state, 'placed');
});

test('removing a transfer, ending a session and starting anew leave no staged bytes', async (t) => {
  const { inbox, files, right, open } = await start(t);
  const begin = async (name: string): Promise<TransferId> => {
    const file = announced(name, Buffer.alloc(10));
    await files.announce(file, right);
    await files.write(file.transfer, 0, Readable.from([Buffer.alloc(5)]), right);
    return file.transfer;
  };
  await files.remove(await begin('a'));
  assert.deepEqual(await readdir(inbox), []);
  await begin('b');
  await files.endSession();
  assert.deepEqual(await readdir(inbox), []);
  assert.equal(
    files.transfers().every(({ state }) => state === 'cancelled'),
    true,
  );
  await begin('c');
  await writeFile(path.join(inbox, 'kept'), '');
  await open();
  assert.deepEqual(await readdir(inbox), ['kept']);
  await files.endSession();
});

test('not more than a number of files arrive at once', async (t) => {
  const { files, right } = await start(t);
  for (let n = 0; n < 16; n += 1) await files.announce(announced(`f${n}`, Buffer.alloc(10)), right);
  await assert.rejects(files.announce(announced('one more', Buffer.alloc(10)), right), {
    code: 'TRANSFER_LIMIT',
  });
  await files.endSession();
});

test('a disk that is too small refuses a file before a byte of it, and one that fills up leaves nothing', async (t) => {
  const disk = await mkdtemp(path.join(tmpdir(), 'chaperone-disk-'));
  const isMounted = smallDisk(t, disk, 1024 * 1024);
  t.after(async () => {
    if (isMounted) execFileSync('umount', ['-l', disk]);
    await rm(disk, { recursive: true, force: true });
  });
  if (!isMounted) return;
  const { files, right } = await start(t, disk);
  const full = { code: 'INSUFFICIENT_STORAGE' };
  await assert.rejects(files.announce(announced('a', Buffer.alloc(2_000_000)), right), full);
  const content = randomBytes(800_000);
  const file = announced('b', content);
  await files.announce(file, right);
  // Somebody else fills the disk while the file arrives.
  await writeFile(path.join(disk, 'others'), Buffer.alloc(600_000));
  const pieces = Array.from({ length: 8 }, (_, n) =>
    content.subarray(n * 100_000, (n + 1) * 100_000),
  );
  await assert.rejects(files.write(file.transfer, 0, Readable.from(pieces), right), full);
  assert.deepEqual(await readdir(disk), ['others']);
  assert.deepEqual(right.kinds(), ['file-refused']);
  await rm(path.join(disk, 'others'));
  const again = announced('b', content);
  await files.announce(again, right);
  await files.write(again.transfer, 0, Readable.from(pieces), right);
  assert.equal((await lstat(path.join(disk, 'b'))).size, 800_000);
});

test('the journal names no file, and two transfers of one file cannot be told to be the same', async (t) => {
  const { directory, exposed, files, right, open } = await start(t);
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

// Goal: a file that is sent has its name only when it is whole, and nothing of it is left otherwise. Method: a real inbox,
// pieces that break, hang, overfill and lie, and a small tmpfs that fills up.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import type { TransferId } from '@chaperone/domain/id/id.ts';
import { announced, digest, startFiles } from './testing/files-bench.ts';

/** Mounts a small file system. @throws where this machine does not allow it, saying what is needed */
function smallDisk(directory: string, bytes: number): void {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', directory], {
      stdio: 'ignore',
    });
  } catch (cause) {
    throw new Error('This test needs to mount a tmpfs: run it as root.', { cause });
  }
}

test('a file arrives in pieces, is checked, and then has its name', async (t) => {
  const { inbox, files, right } = await startFiles(t);
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
  const { inbox, files, right } = await startFiles(t);
  const { progress } = await files.announce(announced('empty', Buffer.alloc(0)), right);
  assert.equal(progress.state, 'placed');
  assert.deepEqual(await readdir(inbox), ['empty']);
});

test('names that are refused, files that are too large and names that are taken are refused at once', async (t) => {
  const { inbox, files, right } = await startFiles(t, undefined, 100);
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
  const { inbox, files, right } = await startFiles(t);
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
  const { inbox, files, right } = await startFiles(t);
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
  const { files, right } = await startFiles(t);
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
  const { inbox, files, right } = await startFiles(t);
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
  const { inbox, files, right } = await startFiles(t);
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
  const { inbox, files, right, open } = await startFiles(t);
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
  const { files, right } = await startFiles(t);
  for (let n = 0; n < 16; n += 1) await files.announce(announced(`f${n}`, Buffer.alloc(10)), right);
  await assert.rejects(files.announce(announced('one more', Buffer.alloc(10)), right), {
    code: 'TRANSFER_LIMIT',
  });
  await files.endSession();
});

test('a disk that is too small refuses a file before a byte of it, and one that fills up leaves nothing', async (t) => {
  const disk = await mkdtemp(path.join(tmpdir(), 'chaperone-disk-'));
  smallDisk(disk, 1024 * 1024);
  t.after(async () => {
    execFileSync('umount', ['-l', disk]);
    await rm(disk, { recursive: true, force: true });
  });
  const { files, right } = await startFiles(t, disk);
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

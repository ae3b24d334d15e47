// Goal: what is spoilt, on either side, is found by its block and moved again alone, and folders are made where they belong and
// nowhere else. Method: real files that are changed behind the agent's back, agents that start anew, links that lead astray.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import { BLOCK_BYTES, differingBlocks } from '@chaperone/domain/transfer/block.ts';
import type { Files } from './files.ts';
import { announcedInBlocks, digest, startFiles } from './testing/files-bench.ts';

const CONTENT = randomBytes(3 * BLOCK_BYTES + 1000);

function blocksOf(content: Buffer): Buffer {
  const digests: Buffer[] = [];
  for (let at = 0; at < content.length; at += BLOCK_BYTES) {
    digests.push(
      createHash('sha256')
        .update(content.subarray(at, at + BLOCK_BYTES))
        .digest(),
    );
  }
  return Buffer.concat(digests);
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(Buffer.from(chunk));
  return Buffer.concat(all);
}

async function digestsOf(
  files: Files,
  transfer: Parameters<Files['blocks']>[0],
): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for await (const each of (await files.blocks(transfer)).digests) all.push(each);
  return all;
}

/** Flips a bit of a file as a failing disk does. */
async function flip(file: string, at: number): Promise<void> {
  await using handle = await open(file, 'r+');
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, at);
  await handle.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, at);
}

const newTransfer = () => newId('transfer', randomBytes);
const order = (range: string, blocks?: string, transferId = newTransfer()) => ({
  directory: 'images',
  path: 'a',
  transferId,
  range,
  blocks,
  ifMatch: undefined,
});

test('a fetch that goes on brings the digests of the blocks before it, one of a part the digest of the part', async (t) => {
  const { exposed, files, right } = await startFiles(t);
  await writeFile(path.join(exposed, 'a'), CONTENT);
  const size = CONTENT.length;
  const going = newTransfer();
  for (const from of [BLOCK_BYTES, 3 * BLOCK_BYTES, size]) {
    const id = from === size ? going : newTransfer();
    const fetch = await files.fetch(order(`bytes=${from}-`, String(BLOCK_BYTES), id), right);
    const list = blocksOf(CONTENT.subarray(0, from));
    assert.equal(fetch.blockCount * 32, list.length);
    assert.ok((await collect(fetch.read())).equals(Buffer.concat([list, CONTENT.subarray(from)])));
    assert.equal(fetch.digest(), digest(CONTENT));
    await fetch.settle('fetched');
  }
  assert.equal(right.files, 3);
  const range = `bytes=${BLOCK_BYTES}-${2 * BLOCK_BYTES - 1}`;
  const part = await files.fetch(order(range, undefined, going), right);
  const block = CONTENT.subarray(BLOCK_BYTES, 2 * BLOCK_BYTES);
  assert.ok((await collect(part.read())).equals(block));
  assert.equal(part.digest(), digest(block));
  await part.settle('fetched');
  assert.equal(right.files, 3, 'a part is no file');
  for (const [refused, blocks] of [
    [`bytes=${BLOCK_BYTES + 1}-`, String(BLOCK_BYTES)],
    [`bytes=${BLOCK_BYTES}-`, '65536'],
    [`bytes=0-${BLOCK_BYTES}`, String(BLOCK_BYTES)],
    [`bytes=0-${size}`, undefined],
  ] as const) {
    await assert.rejects(files.fetch(order(refused, blocks), right), { code: 'RANGE_REFUSED' });
  }
});

test('a bit that flips in a staged file is found by its block, which alone is replaced', async (t) => {
  const { inbox, files, right } = await startFiles(t);
  const file = announcedInBlocks('a', CONTENT);
  await files.announce(file, right);
  const half = 2 * BLOCK_BYTES + 500;
  await files.write(file.transfer, 0, Readable.from([CONTENT.subarray(0, half)]), right);
  // The reading brings what waits in memory to the disk.
  await digestsOf(files, file.transfer);
  const [staged = ''] = await readdir(inbox);
  await flip(path.join(inbox, staged), BLOCK_BYTES + 7);
  const held = await digestsOf(files, file.transfer);
  assert.deepEqual(differingBlocks(held, blocksOf(CONTENT.subarray(0, half))), [1]);
  const rest = Readable.from([CONTENT.subarray(half)]);
  assert.equal((await files.write(file.transfer, half, rest, right)).state, 'differs');
  assert.equal(files.transfers().at(-1)?.state, 'interrupted');
  assert.deepEqual(await readdir(inbox), [staged], 'nothing has its name');
  const block = CONTENT.subarray(BLOCK_BYTES, 2 * BLOCK_BYTES);
  await files.mend(file.transfer, BLOCK_BYTES, Readable.from([block]), right);
  const done = await files.write(file.transfer, CONTENT.length, Readable.from([]), right);
  assert.equal(done.state, 'placed');
  assert.ok((await readFile(path.join(inbox, 'a'))).equals(CONTENT));
});

test('a file that is never what was announced is given up, and a block goes only where one is', async (t) => {
  const { inbox, files, right } = await startFiles(t);
  const file = { ...announcedInBlocks('a', CONTENT), sha256: digest(Buffer.alloc(1)) };
  await files.announce(file, right);
  const first = await files.write(file.transfer, 0, Readable.from([CONTENT]), right);
  assert.equal(first.state, 'differs');
  const nowhere = { code: 'UPLOAD_OFFSET_MISMATCH' };
  const block = Buffer.alloc(BLOCK_BYTES);
  for (const offset of [1, 4 * BLOCK_BYTES, 2 ** 50]) {
    await assert.rejects(files.mend(file.transfer, offset, Readable.from([block]), right), nowhere);
  }
  await assert.rejects(
    files.mend(file.transfer, 0, Readable.from([block.subarray(1)]), right),
    nowhere,
  );
  await assert.rejects(files.mend(file.transfer, 0, Readable.from([block, block]), right), {
    code: 'UPLOAD_TOO_LONG',
  });
  const again = async () =>
    await files.write(file.transfer, CONTENT.length, Readable.from([]), right);
  assert.equal((await again()).state, 'differs');
  assert.equal((await again()).state, 'differs');
  await assert.rejects(again(), { code: 'DIGEST_MISMATCH' });
  assert.deepEqual(await readdir(inbox), []);
  assert.deepEqual(right.kinds(), ['file-refused']);
});

test('an agent that was killed goes on with what is staged, by whole blocks; what nobody wants goes', async (t) => {
  const { inbox, files, right, open: start } = await startFiles(t);
  const file = announcedInBlocks('a', CONTENT);
  await files.announce(file, right);
  const half = 2 * BLOCK_BYTES + 500;
  await files.write(file.transfer, 0, Readable.from([CONTENT.subarray(0, half)]), right);
  await digestsOf(files, file.transfer);
  const next = await start();
  assert.equal((await readdir(inbox)).length, 1);
  const { progress } = await next.announce(file, right);
  assert.equal(progress.received, 2 * BLOCK_BYTES);
  const rest = CONTENT.subarray(2 * BLOCK_BYTES);
  const done = await next.write(file.transfer, 2 * BLOCK_BYTES, Readable.from([rest]), right);
  assert.equal(done.state, 'placed');
  assert.ok((await readFile(path.join(inbox, 'a'))).equals(CONTENT));

  const left = path.join(inbox, `.chaperone-staging-${newId('transfer', randomBytes)}`);
  await writeFile(left, CONTENT);
  await start();
  assert.equal((await readdir(inbox)).length, 2, 'it may still be wanted');
  await utimes(left, 1, 1);
  await start();
  assert.deepEqual(await readdir(inbox), ['a'], 'after a day it is not');
  await writeFile(left, CONTENT);
  await next.endSession();
  assert.deepEqual(await readdir(inbox), ['a'], 'nothing staged outlives a session that ends');
});

test('a desk of version 1 begins anew', async (t) => {
  const { files, right, open: start } = await startFiles(t);
  const { blocks: _, ...file } = announcedInBlocks('a', CONTENT);
  await files.announce(file, right);
  await files.write(file.transfer, 0, Readable.from([CONTENT.subarray(0, 2_000_000)]), right);
  const { progress } = await (await start()).announce(file, right);
  assert.equal(progress.received, 0);
});

test('a file of a folder is placed in it, and the folder is made with it', async (t) => {
  const { inbox, files, right } = await startFiles(t);
  for (const name of ['1.dcm', '2.dcm']) {
    const file = announcedInBlocks(name, Buffer.from(name), 'study/series 1');
    await files.announce(file, right);
    assert.equal(
      (await readdir(inbox)).includes('study'),
      name === '2.dcm',
      'not before it is whole',
    );
    const done = await files.write(file.transfer, 0, Readable.from([Buffer.from(name)]), right);
    assert.equal(done.state, 'placed');
  }
  assert.deepEqual(await readdir(path.join(inbox, 'study', 'series 1')), ['1.dcm', '2.dcm']);
  assert.equal((await stat(path.join(inbox, 'study'))).mode & 0o777, 0o750);
  assert.deepEqual(
    right.settledFiles.map(({ name }) => name),
    ['study/series 1/1.dcm', 'study/series 1/2.dcm'],
  );
  await assert.rejects(
    files.announce(announcedInBlocks('1.dcm', Buffer.from('x'), 'study/series 1'), right),
    {
      code: 'FILE_EXISTS',
    },
  );
});

test('no folder leads out of the inbox, over a link, or through a file', async (t) => {
  const { directory, inbox, files, right } = await startFiles(t);
  const content = Buffer.from('x');
  const deep = Array.from({ length: 33 }, () => 'd').join('/');
  for (const folder of [
    '..',
    'a/../..',
    '/etc',
    'a//b',
    'CON',
    '.chaperone-staging-x',
    'a\\b',
    deep,
  ]) {
    await assert.rejects(files.announce(announcedInBlocks('a', content, folder), right), {
      code: 'FILE_NAME_REFUSED',
    });
  }
  await mkdir(path.join(directory, 'elsewhere'));
  await symlink(path.join(directory, 'elsewhere'), path.join(inbox, 'link'));
  await writeFile(path.join(inbox, 'file'), '');
  for (const folder of ['link', 'link/deeper', 'file', 'file/deeper']) {
    await assert.rejects(files.announce(announcedInBlocks('a', content, folder), right), {
      code: 'FILE_EXISTS',
    });
  }
  // Somebody puts the link there while the file arrives.
  const file = announcedInBlocks('a', content, 'later/deeper');
  await files.announce(file, right);
  await symlink(path.join(directory, 'elsewhere'), path.join(inbox, 'later'));
  await assert.rejects(files.write(file.transfer, 0, Readable.from([content]), right), {
    code: 'FILE_EXISTS',
  });
  assert.deepEqual(await readdir(path.join(directory, 'elsewhere')), []);
  assert.deepEqual((await readdir(inbox)).sort(), ['file', 'later', 'link']);
});

test('what the technician holds is shown as held, and what waits is counted', async (t) => {
  const { files, right } = await startFiles(t);
  const file = announcedInBlocks('a', CONTENT);
  await files.announce(file, right);
  const none = { files: 0, bytes: 0 };
  files.queue({ fetching: { files: 7, bytes: 9 }, sending: none, paused: [file.transfer] });
  assert.deepEqual(files.waiting(), { fetching: 7, sending: 0 });
  await files.write(file.transfer, 0, Readable.from([CONTENT.subarray(0, 10)]), right);
  assert.equal(files.transfers().at(-1)?.state, 'paused');
  files.queue({ fetching: none, sending: none, paused: [] });
  assert.equal(files.transfers().at(-1)?.state, 'interrupted');
  files.forget();
  assert.deepEqual(files.waiting(), { fetching: 0, sending: 0 });
});

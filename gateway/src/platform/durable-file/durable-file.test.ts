/**
 * Goal: a file is whole or not there, and a full disk is an error that leaves everything as it was.
 * Method: another process that writes is killed at any moment; a program runs on a disk of its own of 2 MB.
 */
import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { contentOf } from '../testing/file-writer.ts';
import { killPrograms, startProgram, startProgramOnSmallDisk } from '../testing/test-program.ts';
import {
  DiskFull,
  DurableFileExists,
  StagedFile,
  clearLeftovers,
  readDiskFault,
  removeDurably,
  writeDurably,
} from './durable-file.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'chaperone-durable-'));
});
afterEach(() => {
  killPrograms();
  rmSync(directory, { recursive: true });
});

test('a killed writer leaves whole files, the last acknowledged or the one after, and leftovers that are recognised', async () => {
  let leftovers = 0;
  for (const acknowledgements of [1, 5, 30]) {
    const here = join(directory, String(acknowledgements));
    mkdirSync(here);
    const writer = startProgram('file-writer', [here]);
    await writer.line(acknowledgements);
    await writer.kill();
    const acknowledged = Number(writer.lines.at(-1));

    const whole = readFileSync(join(here, 'whole'), 'utf8');
    assert([contentOf(acknowledged), contentOf(acknowledged + 1)].includes(whole));

    leftovers += (await clearLeftovers(directory)).length;
    assert.deepEqual(readdirSync(here), ['whole']);
  }
  assert(leftovers <= 3, 'one write at a time leaves one leftover at most');
});

test('on a full disk everything stays as it was, and goes on once there is room', async () => {
  const program = startProgramOnSmallDisk('full-disk', directory, 2_048);
  assert.equal(await program.ended(), 0, program.errors.join('\n'));
  assert.deepEqual(JSON.parse(program.lines[0] ?? ''), {
    full: {
      fileCode: 'DISK_FULL',
      fileWhole: true,
      leftovers: [],
      databaseCode: 'DATABASE_FULL',
      rows: [true, true],
    },
    after: { file: 'after', rows: true },
  });
});

test('a file is made for its owner alone, replaced, and removed', async () => {
  const file = join(directory, 'a');
  await writeDurably(file, 'one');
  await writeDurably(file, Uint8Array.of(1, 2));
  assert.deepEqual([...readFileSync(file)], [1, 2]);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  await removeDurably(file);
  await removeDurably(file);
  assert.deepEqual(readdirSync(directory), []);
});

test('a file that is made once is never replaced', async () => {
  const file = join(directory, 'key');
  await writeDurably(file, 'one', { never: 'replace' });
  await assert.rejects(writeDurably(file, 'two', { never: 'replace' }), DurableFileExists);
  assert.equal(readFileSync(file, 'utf8'), 'one');
  assert.deepEqual(readdirSync(directory), ['key']);
});

test('a staged file has no name before it is committed, and none after it is abandoned', async () => {
  const file = join(directory, 'record');
  const staged = await StagedFile.open(file);
  await staged.write(Buffer.from('half'));
  assert(!readdirSync(directory).includes('record'));
  await staged.abandon();
  await staged.abandon();
  assert.deepEqual(readdirSync(directory), []);
  await assert.rejects(staged.write(Buffer.from('x')), /committed or abandoned/);
});

test('only leftovers are cleared away, in folders within, too', async () => {
  mkdirSync(join(directory, 'deep'));
  const kept = ['a.partial', '.a.partial', '.a.0123456789abcdef.partial.txt', '.hidden'];
  for (const name of kept) writeFileSync(join(directory, name), '');
  writeFileSync(join(directory, 'deep', '.a.0123456789abcdef.partial'), '');
  const cleared = await clearLeftovers(directory);
  assert.deepEqual(cleared, [join(directory, 'deep', '.a.0123456789abcdef.partial')]);
  assert.deepEqual(readdirSync(directory).toSorted(), [...kept, 'deep'].toSorted());
});

test('each way in which a system says "no room" is a full disk, and nothing else is', () => {
  for (const code of ['ENOSPC', 'EDQUOT', 'EFBIG']) {
    assert(readDiskFault(Object.assign(new Error(code), { code })) instanceof DiskFull);
  }
  const other = Object.assign(new Error('EACCES'), { code: 'EACCES' });
  assert.equal(readDiskFault(other), other);
});

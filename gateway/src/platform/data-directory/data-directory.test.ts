/**
 * Goal: one gateway at a time owns a data directory, nobody else can read it, and the lock never outlives its process.
 * Method: real processes take the same directory; one is killed with `kill -9`.
 */
import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { killPrograms, startProgram } from '../testing/test-program.ts';
import {
  DataDirectoryExposed,
  DataDirectoryForeign,
  DataDirectoryInUse,
  DataDirectoryNewer,
  openDataDirectory,
} from './data-directory.ts';

let parent = '';
let directory = '';
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'chaperone-data-'));
  directory = join(parent, 'data');
});
afterEach(() => {
  killPrograms();
  rmSync(parent, { recursive: true });
});

test('a second gateway is refused by the first one’s process number, until that one is killed', async () => {
  const owner = startProgram('directory-owner', [directory]);
  assert.equal(await owner.line(1), 'taken');

  const second = startProgram('directory-owner', [directory]);
  const refusal = await second.line(1);
  if (refusal === 'taken') await second.kill();
  assert(refusal.startsWith('DATA_DIRECTORY_IN_USE Another gateway, process '), refusal);
  assert(refusal.includes(`process ${owner.child.pid},`) && refusal.includes(directory), refusal);
  await assert.rejects(openDataDirectory(directory), DataDirectoryInUse);
  const roundabout = join(parent, 'link');
  symlinkSync(parent, roundabout);
  await assert.rejects(openDataDirectory(join(roundabout, 'data')), DataDirectoryInUse);

  await owner.kill();
  const next = await openDataDirectory(directory);
  assert.equal(readFileSync(join(directory, 'gateway.pid'), 'utf8'), `${process.pid}\n`);
  await next.release();
});

test('within one process, too, there is one owner, and releasing lets the next one in', async () => {
  const first = await openDataDirectory(directory);
  await assert.rejects(openDataDirectory(directory), DataDirectoryInUse);
  await first.release();
  await (await openDataDirectory(directory)).release();
});

test('it is made for the owner alone, with folders inside', async () => {
  const data = await openDataDirectory(directory);
  const folder = await data.folder('vault');
  assert.equal(statSync(directory).mode & 0o777, 0o700);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.equal(data.file('gateway.db'), join(directory, 'gateway.db'));
  await data.release();
});

test('half-written files of a killed process are gone at the next start', async () => {
  const first = await openDataDirectory(directory);
  const partial = join(await first.folder('vault'), '.record.0123456789abcdef.partial');
  writeFileSync(partial, 'half');
  await first.release();
  const second = await openDataDirectory(directory);
  assert.deepEqual(second.leftovers, [partial]);
  await second.release();
});

for (const mode of [0o750, 0o705, 0o777]) {
  test(`a directory with mode ${mode.toString(8)} is refused, and it is said how to close it`, async () => {
    mkdirSync(directory);
    chmodSync(directory, mode);
    await assert.rejects(openDataDirectory(directory), (fault: unknown) => {
      assert(fault instanceof DataDirectoryExposed);
      assert(fault.message.endsWith(`chmod 700 ${directory}`));
      return true;
    });
  });
}

test("another account's directory is refused", async () => {
  assert.equal(process.getuid?.(), 0, 'only root can give a directory away: run this test as root');
  mkdirSync(directory, { mode: 0o700 });
  chownSync(directory, 12_345, 12_345);
  await assert.rejects(openDataDirectory(directory), DataDirectoryExposed);
});

test('a link and a folder with other things in it are refused, and left as they are', async () => {
  const other = join(parent, 'other');
  mkdirSync(other, { mode: 0o700 });
  symlinkSync(other, directory);
  await assert.rejects(openDataDirectory(directory), DataDirectoryForeign);
  writeFileSync(join(other, 'thesis.txt'), 'x');
  await assert.rejects(openDataDirectory(other), /thesis\.txt/);
  assert.equal(readFileSync(join(other, 'thesis.txt'), 'utf8'), 'x');
});

test('a directory of a newer or unknown format is refused', async () => {
  await (await openDataDirectory(directory)).release();
  writeFileSync(join(directory, 'format'), 'chaperone-gateway-data 2\n');
  await assert.rejects(openDataDirectory(directory), DataDirectoryNewer);
  writeFileSync(join(directory, 'format'), 'something else');
  await assert.rejects(openDataDirectory(directory), DataDirectoryForeign);
});

test('a first start that was killed does not stand in the way of the next', async () => {
  mkdirSync(directory, { mode: 0o700 });
  writeFileSync(join(directory, 'gateway.lock'), '');
  writeFileSync(join(directory, '.format.0123456789abcdef.partial'), 'chap');
  await (await openDataDirectory(directory)).release();
});

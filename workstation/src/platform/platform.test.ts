/**
 * Goal: a file is whole or the one before, private, and nothing half-written stays; two runs never work at once; a program is
 * run without a shell, a terminal or an open end. Method: real files, processes and a small real disk.
 */
import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
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
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { DataDirectoryBusy, defaultDataDirectory, holdDataDirectory } from './data-directory.ts';
import { hasNoRoom, isDiskFull } from './disk-full.ts';
import { ProgramMissing, runProgram } from './run-program.ts';
import {
  FileUnreadable,
  SMALL_FILE_BYTES_MAX,
  readNamedFile,
  readSmallFile,
} from './small-file.ts';
import { removeFile, writeWholeFile } from './whole-file.ts';

const NOT_ROOT = process.getuid?.() === 0 ? false : 'needs root to mount a small disk';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chaperone-platform-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a file has its content and its name at once, and only its owner reads it', async () => {
  const file = path.join(folder, 'identity.json');
  await writeWholeFile(file, 'first');
  await writeWholeFile(file, 'second');
  equal(readFileSync(file, 'utf8'), 'second');
  equal(statSync(file).mode & 0o777, 0o600);
  await writeWholeFile(path.join(folder, 'policy.json'), '{}', 0o644);
  equal(statSync(path.join(folder, 'policy.json')).mode & 0o777, 0o644);
  await removeFile(file);
  await removeFile(file);
  await removeFile(path.join(folder, 'nowhere', 'file'));
  deepEqual(readdirSync(folder), ['policy.json']);
});

test(
  'on a full disk the file before stays, and nothing half-written',
  { skip: NOT_ROOT },
  async () => {
    const disk = path.join(folder, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', disk]);
    try {
      const file = path.join(disk, 'identity.json');
      await writeWholeFile(file, 'before');
      ok(!(await hasNoRoom(disk)));
      await rejects(writeWholeFile(file, Buffer.alloc(256 * 1024)), isDiskFull);
      equal(readFileSync(file, 'utf8'), 'before');
      deepEqual(readdirSync(disk), ['identity.json']);
      writeFileSync(path.join(disk, 'ballast'), Buffer.alloc(100 * 1024));
      ok(await hasNoRoom(disk));
    } finally {
      execFileSync('umount', [disk]);
    }
  },
);

test('what is too long, missing or a directory has words', async () => {
  const file = path.join(folder, 'long');
  writeFileSync(file, Buffer.alloc(SMALL_FILE_BYTES_MAX + 1));
  await rejects(readSmallFile(file), FileUnreadable);
  await rejects(readSmallFile(folder), FileUnreadable);
  equal(await readSmallFile(path.join(folder, 'missing')), null);
  await rejects(readNamedFile(path.join(folder, 'missing')), FileUnreadable);
});

test('one run holds the data directory, by whatever path it is called', async () => {
  const directory = path.join(folder, 'data');
  const held = await holdDataDirectory(directory);
  equal(statSync(directory).mode & 0o777, 0o700);
  await rejects(holdDataDirectory(path.join(folder, 'x', '..', 'data')), DataDirectoryBusy);
  await held[Symbol.asyncDispose]();
  await (await holdDataDirectory(directory))[Symbol.asyncDispose]();
});

test('a killed run leaves no lock behind', async () => {
  const program = `
    import { holdDataDirectory } from ${JSON.stringify(import.meta.resolve('./data-directory.ts'))};
    await holdDataDirectory(${JSON.stringify(folder)});
    process.kill(process.pid, 'SIGKILL');`;
  try {
    execFileSync(process.execPath, ['--input-type=module', '--eval', program]);
    ok(false, 'it was not killed');
  } catch (fault) {
    equal((fault as { signal?: string }).signal, 'SIGKILL');
  }
  await (await holdDataDirectory(folder))[Symbol.asyncDispose]();
});

test('the data directory follows the XDG specification', () => {
  equal(defaultDataDirectory({ XDG_DATA_HOME: '/srv/data' }), '/srv/data/chaperone/workstation');
  match(
    defaultDataDirectory({ XDG_DATA_HOME: 'relative' }),
    /\.local\/share\/chaperone\/workstation$/,
  );
});

test('a program gets its input and its secret, no terminal and no other environment', async () => {
  const script =
    'cat; cat <&3; env | cut -d= -f1 | sort | tr "\\n" " "; test -t 0 || echo no terminal >&2; exit 3';
  const run = await runProgram('/bin/sh', ['-c', script], { input: 'in ', secret: 'secret ' });
  equal(run.exitCode, 3);
  match(run.output.toString(), /^in secret LC_ALL PATH PWD /);
  equal(run.complaint, 'no terminal\n');
  await rejects(runProgram(path.join(folder, 'nothing'), []), ProgramMissing);
});

// Goal: a stop of the agent does not lift the interlock, and a mark that nobody can read counts as raised. Method: the file itself.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { openLog } from '../platform/log.ts';
import { InterlockMark } from './interlock-mark.ts';

async function start(t: TestContext): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-mark-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
const at = (directory: string): InterlockMark => new InterlockMark(directory, openLog('silent'));

test('what was raised is raised after the next start, until it is cleared', async (t) => {
  const directory = await start(t);
  const mark = at(directory);
  assert.equal(await mark.read(), null);
  mark.set('probe-active');
  mark.set('new-exam');
  await mark.clear();
  assert.equal(await at(directory).read(), null);
  mark.set('probe-active');
  await mark.settled();
  assert.equal(await at(directory).read(), 'probe-active');
});

test('one that is damaged or cannot be read is one that is raised', async (t) => {
  const directory = await start(t);
  await writeFile(path.join(directory, 'interlock'), 'nonsense');
  assert.equal(await at(directory).read(), 'vendor');
  await rm(path.join(directory, 'interlock'));
  await mkdir(path.join(directory, 'interlock'));
  assert.equal(await at(directory).read(), 'vendor');
});

test('a directory that takes no file does not keep it from being raised', async (t) => {
  const directory = await start(t);
  const mark = at(path.join(directory, 'nowhere'));
  mark.set('vendor');
  await mark.clear();
});

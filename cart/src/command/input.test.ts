// Goal: what a command writes for a person is there whole or not at all. Method: real files, and folders that are none.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { FileUnwritable, writeOutput } from './input.ts';

test('what is written for a person is whole under its name, or refused with a sentence', async (t) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-output-'));
  t.after(async () => await rm(directory, { recursive: true }));
  const page = path.join(directory, 'page.html');
  await writeOutput(page, 'whole');
  assert.equal(await readFile(page, 'utf8'), 'whole');
  assert.equal((await stat(page)).mode & 0o777, 0o644);
  await assert.rejects(writeOutput(path.join(directory, 'no', 'page.html'), 'x'), FileUnwritable);
  await assert.rejects(writeOutput(directory, 'x'), FileUnwritable);
  assert.deepEqual(await readdir(directory), ['page.html']);
});

// Goal: the README's first command comes up with both pages, and Ctrl-C leaves nothing running. Method: the command
// itself, in a folder of its own; a terminal's Ctrl-C is a SIGINT to the whole process group.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../../tools/workspace/workspace.ts';
import { eventually } from '../harness/eventually.ts';

const START_MS = 120_000;

test('the first command serves both pages, and Ctrl-C ends all of it', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-demo-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const bootstrap = path.join(ROOT, 'tools/bootstrap.mjs');
  const child = spawn(process.execPath, [bootstrap, 'demo', '--folder', folder], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  const ended = once(child, 'close');
  const pages = await eventually(
    'the demo',
    () => {
      if (child.exitCode !== null) throw new Error(said);
      const found = said.match(/http:\/\/127\.0\.0\.1:\d+/g);
      return said.includes('Ctrl-C stops everything') && found;
    },
    START_MS,
  );
  assert.equal(new Set(pages).size, 2);
  for (const page of pages) assert.equal((await fetch(page)).status, 200);

  process.kill(-(child.pid ?? 0), 'SIGINT');
  const [code] = (await ended) as [number];
  assert.equal(code, 0, said);
  // Both listened on loopback: whoever still answers was left behind.
  for (const page of pages) await assert.rejects(fetch(page));
});

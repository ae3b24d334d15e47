// Goal: what a start needed is given back, and nobody else gets the collector.
// Method: garbage that a young generation keeps, in a process of its own, before and after.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';

const MODULE = path.join(import.meta.dirname, 'start-memory.ts');

test('the heap shrinks to what is used, and the program ends by itself', () => {
  const program = `
    import { giveBackStartMemory } from ${JSON.stringify(MODULE)};
    let held = [];
    for (let at = 0; at < 400; at += 1) held.push(new Array(20_000).fill(at));
    held = null;
    const before = process.memoryUsage().heapTotal;
    giveBackStartMemory(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const after = process.memoryUsage().heapTotal;
    console.log(JSON.stringify({ before, after, exposed: typeof globalThis.gc }));
    giveBackStartMemory(60_000);
  `;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', program],
    { encoding: 'utf8', timeout: 20_000 },
  );
  assert.equal(status, 0, stderr);
  const { before, after, exposed } = JSON.parse(stdout) as Record<string, number | string>;
  assert.ok(Number(after) < Number(before) / 2, `${before} became ${after}`);
  assert.equal(exposed, 'undefined');
});

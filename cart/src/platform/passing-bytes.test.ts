// Goal: memory of bytes that have passed does not gather, and nobody else gets the collector.
// Method: pieces that nobody keeps, in a process of its own, with and without word that they have passed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';

const MODULE = path.join(import.meta.dirname, 'passing-bytes.ts');

/** The most memory that pieces held at once, bytes. */
function mostHeld(isTold: boolean): number {
  const program = `
    import { passed } from ${JSON.stringify(MODULE)};
    let most = 0;
    // Fewer than 64 MB: of these V8 lets go by itself only when it looks through everything.
    for (let at = 0; at < 900; at += 1) {
      const piece = Buffer.allocUnsafeSlow(65_536);
      if (${isTold}) passed(piece.length);
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    }
    console.log(JSON.stringify({ most, exposed: typeof globalThis.gc }));
  `;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', program],
    { encoding: 'utf8', timeout: 20_000 },
  );
  assert.equal(status, 0, stderr);
  const { most, exposed } = JSON.parse(stdout) as { most: number; exposed: string };
  assert.equal(exposed, 'undefined');
  return most;
}

test('what has passed is let go of', () => {
  const [told, untold] = [mostHeld(true), mostHeld(false)];
  assert.ok(told < untold * 0.8, `${told} beside ${untold}`);
});

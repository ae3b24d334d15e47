/**
 * Goal: the lock keeps a second gateway away and is never itself what keeps the only one from starting. Method: the
 * file holds what a bad disk may have put there; a second process tries while the first one holds it.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { FileLock } from './file-lock.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-file-lock-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('a lock file that holds rubbish is emptied and taken, and still locks', () => {
  const file = path.join(folder, 'gateway.lock');
  writeFileSync(file, Buffer.alloc(5000, 0x5a));
  const lock = FileLock.take(file);
  assert.ok(lock);
  assert.equal(statSync(file).size, 0);
  const other = `
    import { FileLock } from ${JSON.stringify(import.meta.resolve('./file-lock.ts'))};
    process.exitCode = FileLock.take(${JSON.stringify(file)}) === undefined ? 7 : 0;
  `;
  const second = spawnSync(process.execPath, ['--input-type=module', '-e', other], {
    timeout: 20_000,
  });
  assert.equal(second.status, 7, second.stderr.toString());
  lock.release();
});

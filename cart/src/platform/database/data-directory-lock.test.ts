/**
 * Goal: the lock keeps a second agent away and is never itself what keeps the only one from starting. Method: the file
 * holds what a bad disk may have put there; a second process tries while the first one holds it.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { lockDataDirectory } from './data-directory-lock.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-agent-lock-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('a lock file that holds rubbish is emptied and taken, and still locks', () => {
  writeFileSync(path.join(folder, 'agent.lock'), Buffer.alloc(5000, 0x5a));
  const lock = lockDataDirectory(folder);
  assert.equal(statSync(path.join(folder, 'agent.lock')).size, 0);
  const other = `
    import { lockDataDirectory } from ${JSON.stringify(import.meta.resolve('./data-directory-lock.ts'))};
    try { lockDataDirectory(${JSON.stringify(folder)}); } catch (fault) {
      process.exitCode = fault.code === 'DATA_DIRECTORY_IN_USE' ? 7 : 1;
    }
  `;
  const second = spawnSync(process.execPath, ['--input-type=module', '-e', other], {
    timeout: 20_000,
  });
  assert.equal(second.status, 7, second.stderr.toString());
  lock.release();
});

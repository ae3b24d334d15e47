/**
 * Goal: who runs a gateway learns that clamd writes what it scans to a disk. Method: roots with a clamd.conf of their own, on a
 * disk and on the machine's own memory.
 */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { scannedOnDisk } from './clamd.ts';

async function inRoot(under: string, found: (root: string) => Promise<void>): Promise<void> {
  const root = await mkdtemp(path.join(under, 'chaperone-root-'));
  try {
    await mkdir(path.join(root, 'etc/clamav'), { recursive: true });
    await mkdir(path.join(root, 'scan'));
    await writeFile(path.join(root, 'etc/clamav/clamd.conf'), 'TemporaryDirectory /scan\n');
    await found(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

test('a temporary directory on a disk is named, one in memory or that is not there is not', async () => {
  // Beside this file, which is on a disk wherever it is; /tmp may not be.
  await inRoot(import.meta.dirname, async (root) =>
    assert.equal(await scannedOnDisk(root), '/scan'),
  );
  await inRoot('/dev/shm', async (root) => {
    assert.equal(await scannedOnDisk(root), null);
    await rm(path.join(root, 'scan'), { recursive: true });
    assert.equal(await scannedOnDisk(root), null);
  });
});

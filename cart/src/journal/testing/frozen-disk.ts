/**
 * Test support: a real file system that stalls. An ext4 image on a loop device is frozen (FIFREEZE), so that writes to it
 * wait in the kernel until it is thawed. Needs root, as CI has.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Whatever becomes of the test, the disk thaws: a frozen one cannot even be unmounted. Seconds. */
const THAW_AT_LATEST_S = 20;

export interface FrozenDisk {
  readonly directory: string;
  freeze(): void;
  thaw(): void;
  remove(): void;
}

/** Makes and mounts the disk, not yet frozen. @throws when this machine does not allow it, saying what is needed */
export function newFrozenDisk(): FrozenDisk {
  const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-frozen-'));
  const [image, directory] = [path.join(folder, 'image'), path.join(folder, 'disk')];
  const run = (program: string, ...args: readonly string[]): void =>
    void execFileSync(program, [...args], { stdio: 'pipe' });
  try {
    run('truncate', '-s', '16M', image);
    run('mkfs.ext4', '-q', image);
    run('mkdir', directory);
    run('mount', '-o', 'loop', image, directory);
  } catch (cause) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(
      'This test needs root and a loop device: run it as root (Debian packages mount, e2fsprogs, util-linux).',
      { cause },
    );
  }
  let isFrozen = false;
  const thaw = (): void => {
    if (isFrozen) run('fsfreeze', '-u', directory);
    isFrozen = false;
  };
  return {
    directory,
    freeze() {
      const watchdog = ['-c', 'sleep "$0"; fsfreeze -u "$1" 2>/dev/null', `${THAW_AT_LATEST_S}`];
      spawn('sh', [...watchdog, directory], { detached: true, stdio: 'ignore' }).unref();
      run('fsfreeze', '-f', directory);
      isFrozen = true;
    },
    thaw,
    remove() {
      thaw();
      run('umount', directory);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

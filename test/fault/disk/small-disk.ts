/**
 * A real file system with little room: a tmpfs of its own, which a filler file brings to any degree of fullness.
 *
 * Needs root. It is unmounted when the test is done with it, when the test's process ends, and, should that have been
 * killed, by the next test that makes one.
 */
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  statfsSync,
  truncateSync,
  closeSync,
  openSync,
  readdirSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PREFIX = 'chaperone-small-disk-';
/** The filler is named as something that both programs leave alone in their data directories. */
const FILLER = '.filler';
const KIB = 1024;

export interface SmallDisk extends Disposable {
  readonly directory: string;
  /** Fills the disk until so many bytes are free, rounded up to whole pages. */
  fill(freeBytes: number): void;
  /** Takes the filler away. */
  free(): void;
  freeBytes(): number;
}

const mounted = new Set<string>();
process.on('exit', () => {
  for (const directory of mounted) unmount(directory);
});

/**
 * Makes and mounts a disk.
 * @param at an empty folder to mount it on; without it, a temporary one
 * @throws when this machine does not allow it, saying what is needed
 */
export function newSmallDisk(kibibytes: number, at?: string): SmallDisk {
  removeForgotten();
  const directory =
    at ?? path.join(tmpdir(), `${PREFIX}${process.pid}-${mounted.size}-${Date.now()}`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const options = `size=${kibibytes}k,mode=0700`;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'chaperone-small-disk', directory], {
      stdio: 'pipe',
    });
  } catch (cause) {
    throw new Error(
      'This test needs root, to mount a small file system: run it as root (Debian package mount).',
      { cause },
    );
  }
  mounted.add(directory);
  const filler = path.join(directory, FILLER);
  return {
    directory,
    fill(freeBytes) {
      const surplus = freeOf(directory) - Math.ceil(freeBytes / 4096) * 4096;
      const before = statSync(filler, { throwIfNoEntry: false })?.size ?? 0;
      if (surplus < 0) truncateSync(filler, Math.max(0, before + surplus));
      else append(filler, surplus);
    },
    free: () => rmSync(filler, { force: true }),
    freeBytes: () => freeOf(directory),
    [Symbol.dispose]() {
      unmount(directory);
      mounted.delete(directory);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function freeOf(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

function append(file: string, bytes: number): void {
  const fd = openSync(file, 'a', 0o600);
  try {
    const block = Buffer.alloc(64 * KIB, 0xf1);
    for (let left = bytes; left > 0; left -= block.length)
      writeSync(fd, block, 0, Math.min(left, block.length));
  } catch (fault) {
    // Somebody else took the last of it meanwhile: then it is as full as it can be.
    if ((fault as NodeJS.ErrnoException).code !== 'ENOSPC') throw fault;
  } finally {
    closeSync(fd);
  }
}

function unmount(directory: string): void {
  try {
    execFileSync('umount', [directory], { stdio: 'pipe' });
  } catch {
    // A program that a failed test left may still have a file open: the name goes now, the rest with the program.
    execFileSync('umount', ['--lazy', directory], { stdio: 'pipe' });
  }
}

/** Unmounts what a test that was killed left: its process is in the folder's name. */
function removeForgotten(): void {
  const mounts = readFileSync('/proc/mounts', 'utf8');
  for (const name of readdirSync(tmpdir())) {
    const [, owner] = new RegExp(`^${PREFIX}(\\d+)-`).exec(name) ?? [];
    if (owner === undefined || isRunning(Number(owner))) continue;
    const directory = path.join(tmpdir(), name);
    if (mounts.includes(` ${directory} `)) unmount(directory);
    rmSync(directory, { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

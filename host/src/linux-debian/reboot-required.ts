/**
 * Since when a restart is outstanding.
 *
 * Packages that need one (kernel, libc, the system bus) touch `/run/reboot-required`, by hooks of unattended-upgrades or
 * update-notifier-common; the file is gone after a restart, since `/run` is in memory.
 */
import { stat } from 'node:fs/promises';
import type { Machine } from '../contract.ts';
import { inMachine } from '../machine-file/machine-file.ts';

/** Gives milliseconds UTC, or null when none is outstanding. */
export async function rebootRequiredSince({ root }: Machine): Promise<number | null> {
  try {
    const { mtimeMs, birthtimeMs } = await stat(inMachine(root, 'run/reboot-required'));
    // Every further package writes the file anew: its birth tells of the first, where the file system keeps it.
    const sinceMs = birthtimeMs > 0 ? Math.min(birthtimeMs, mtimeMs) : mtimeMs;
    return Math.max(0, Math.floor(sinceMs));
  } catch {
    return null;
  }
}

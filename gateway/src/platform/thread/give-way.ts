/** A thread that works for one side only gives way to the loop that carries all sessions. */
import { readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { basename } from 'node:path';

const NICE_MAX = 19;

/**
 * Lowers the calling thread's priority. Linux keeps one for each thread, under the thread's own number; elsewhere it stays.
 * @param steps of niceness below the rest of the process; three of them are half of its share where there is not enough for all
 */
export function giveWay(steps: number): void {
  try {
    const thread = Number(basename(readlinkSync('/proc/thread-self')));
    setPriority(thread, Math.min(NICE_MAX, getPriority(thread) + steps));
  } catch {
    // Not Linux, or not allowed: what the thread does is right all the same.
  }
}

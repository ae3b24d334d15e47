/**
 * Makes a failing schedule short: what can be left out while the same invariant still breaks is left out.
 *
 * Halves first, then quarters, down to single commands, then kinds of faults (the greedy part of ddmin, A. Zeller and
 * R. Hildebrandt, IEEE TSE 28:2, 2002). The result replays as exactly as the whole.
 */
import type { Command, Schedule } from './schedule.ts';

/** Runs that a shrinking may take; it stops with what it has. */
const RUNS_MAX = 2000;

/**
 * Shrinks a schedule.
 * @param stillBreaks runs a candidate and tells whether the same invariant breaks
 */
export async function shrink(
  schedule: Schedule,
  stillBreaks: (candidate: Schedule) => Promise<boolean>,
): Promise<Schedule> {
  let best = schedule;
  let runs = 0;
  const accepts = async (candidate: Schedule): Promise<boolean> => {
    runs += 1;
    if (runs > RUNS_MAX || !(await stillBreaks(candidate))) return false;
    best = candidate;
    return true;
  };
  for (let size = best.commands.length >> 1; size >= 1; size >>= 1) {
    for (let from = 0; from < best.commands.length;) {
      const commands = without(best.commands, from, size);
      if (!(await accepts({ ...best, commands }))) from += size;
    }
  }
  for (const fault of schedule.faults) {
    const faults = new Set([...best.faults].filter((each) => each !== fault));
    await accepts({ ...best, faults });
  }
  return best;
}

function without(commands: readonly Command[], from: number, size: number): readonly Command[] {
  return [...commands.slice(0, from), ...commands.slice(from + size)];
}

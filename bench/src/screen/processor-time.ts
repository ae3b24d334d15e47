/** Processor time of a process and what it has started, from /proc: nanoseconds where the kernel counts them, else its ticks. */
import { readFileSync, readdirSync } from 'node:fs';

/** `sysconf(_SC_CLK_TCK)`, which is 100 on every Linux there is. */
const TICKS_PER_SECOND = 100;

export interface Spent {
  /** Seconds of the process itself. */
  readonly own: number;
  /** Seconds of its children, those that have ended with them. */
  readonly children: number;
}

/** Returns what a process has spent so far; nothing if it is not there. */
export function spentBy(pid: number): Spent {
  const living = childrenOf(pid).map((child) => {
    const { own, children } = spentBy(child);
    return own + children;
  });
  return { own: ownOf(pid), children: endedOf(pid) + living.reduce((sum, each) => sum + each, 0) };
}

/** What has been spent since. */
export function since(before: Spent, now: Spent): Spent {
  return { own: now.own - before.own, children: now.children - before.children };
}

function ownOf(pid: number): number {
  let nanoseconds = 0;
  for (const thread of entries(`/proc/${pid}/task`)) {
    nanoseconds += Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0] ?? 0);
  }
  return nanoseconds / 1e9;
}

/** Children that were waited for: fields 16 and 17, counted from behind the name, which may hold anything. */
function endedOf(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / TICKS_PER_SECOND;
}

function childrenOf(pid: number): number[] {
  return entries(`/proc/${pid}/task`).flatMap((thread) =>
    read(`/proc/${pid}/task/${thread}/children`)
      .split(' ')
      .filter((each) => each.trim() !== '')
      .map(Number),
  );
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

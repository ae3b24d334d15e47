/** Runs many seeds and adds up what they reached. */
import type { Rules } from '../rules/rules.ts';
import { scheduleOf } from '../schedule/schedule.ts';
import { runSchedule } from './run-schedule.ts';

export interface Failure {
  readonly seed: number;
  readonly invariant: string;
}

export interface Tally {
  readonly schedules: number;
  readonly steps: number;
  /** Of all traces, whatever the order in which they ran: the same seeds give the same. */
  readonly digest: string;
  /** In how many schedules something was reached. */
  readonly reached: ReadonlyMap<string, number>;
  /** The lowest seeds whose schedule broke an invariant. */
  readonly failures: readonly Failure[];
  readonly failed: number;
}

/** Failures that are kept; more of them say nothing new. */
const FAILURES_MAX = 20;

export const NOTHING: Tally = {
  schedules: 0,
  steps: 0,
  digest: '0000000000000000',
  reached: new Map(),
  failures: [],
  failed: 0,
};

/** Runs the seeds `from` to `to` - 1. */
export async function runBatch(rules: Rules, from: number, to: number): Promise<Tally> {
  let steps = 0;
  let one = 0;
  let two = 0;
  const reached = new Map<string, number>();
  const failures: Failure[] = [];
  let failed = 0;
  for (let seed = from; seed < to; seed += 1) {
    const outcome = await runSchedule(scheduleOf(seed), rules);
    steps += outcome.steps;
    one = (one + Number.parseInt(outcome.digest.slice(0, 8), 16)) >>> 0;
    two = (two + Number.parseInt(outcome.digest.slice(8), 16)) >>> 0;
    for (const what of outcome.reached) reached.set(what, (reached.get(what) ?? 0) + 1);
    if (outcome.broken === null) continue;
    failed += 1;
    if (failures.length < FAILURES_MAX) {
      failures.push({ seed, invariant: outcome.broken.invariant });
    }
  }
  const digest = digestOf(one, two);
  return { schedules: to - from, steps, digest, reached, failures, failed };
}

/** Adds two tallies. */
export function add(some: Tally, more: Tally): Tally {
  const reached = new Map(some.reached);
  for (const [what, times] of more.reached) reached.set(what, (reached.get(what) ?? 0) + times);
  const failures = [...some.failures, ...more.failures].toSorted((a, b) => a.seed - b.seed);
  const lane = (at: number): number =>
    Number.parseInt(some.digest.slice(at, at + 8), 16) +
    Number.parseInt(more.digest.slice(at, at + 8), 16);
  return {
    schedules: some.schedules + more.schedules,
    steps: some.steps + more.steps,
    digest: digestOf(lane(0), lane(8)),
    reached,
    failures: failures.slice(0, FAILURES_MAX),
    failed: some.failed + more.failed,
  };
}

function digestOf(one: number, two: number): string {
  return [one, two].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
}

/** What a run says to a person: the summary, and the trace of a schedule that failed. */
import type { Schedule } from '../schedule/schedule.ts';
import { INVARIANTS } from '../invariant/invariants.ts';
import type { Tally } from './batch.ts';
import { EXPECTED, LARGE_RUN, unreached } from './coverage.ts';
import type { Outcome } from './run-schedule.ts';

const COLUMNS = 3;
const CELL = 36;

/** The trace of one schedule, a numbered line for each step, and what broke. */
export function traceText(outcome: Outcome, schedule: Schedule): string {
  const faults = [...schedule.faults].join(', ') || 'none';
  const head = `Seed ${outcome.seed}: ${schedule.commands.length} commands; misfortunes that may strike: ${faults}.`;
  const rows = outcome.lines.map(({ atMs, actor, event, after }, place) => {
    const at = (atMs / 1000).toFixed(3).padStart(10);
    return `${String(place + 1).padStart(4)} ${at} s  ${actor.padEnd(10)}  ${event.padEnd(58)}  ${after}`;
  });
  const { broken } = outcome;
  const end =
    broken === null
      ? `Every invariant holds. Digest of the trace: ${outcome.digest}.`
      : `BROKEN: ${broken.invariant}, at ${(broken.atMs / 1000).toFixed(3)} s of monotonic time.\n  ${broken.why}`;
  return [head, ...rows, end].join('\n');
}

/** How to see a failure again. */
export function replayText(seed: number, fault: string | null): string {
  return `Replay it: npm run simulate -- --seed ${seed}${fault === null ? '' : ` --bug ${fault}`}`;
}

/** What a run of many seeds has done, and whether it proves anything. */
export function summaryText(tally: Tally, seconds: number, workers: number): string {
  const each = Math.round(tally.schedules / Math.max(seconds, 0.001));
  const lines = [
    `${number(tally.schedules)} schedules, ${number(tally.steps)} steps in ${seconds.toFixed(1)} s ` +
      `(${number(each)} schedules a second, ${workers} ${workers === 1 ? 'worker' : 'workers'}).`,
    `Digest of all traces: ${tally.digest}.`,
    '',
    'Reached, in so many schedules:',
    ...columns(EXPECTED.map((what) => `${what}: ${number(tally.reached.get(what) ?? 0)}`)),
    '',
  ];
  if (tally.failed === 0) {
    lines.push(`All ${INVARIANTS.length} invariants hold:`);
    for (const { name, says } of INVARIANTS) lines.push(`  ${name}: ${says}`);
  } else {
    lines.push(`${number(tally.failed)} schedules broke an invariant:`);
    for (const { seed, invariant } of tally.failures) lines.push(`  seed ${seed}: ${invariant}`);
  }
  const missing = unreached(tally.reached);
  if (missing.length > 0) {
    const counts = tally.schedules >= LARGE_RUN;
    const verdict = counts ? 'so this run has FAILED' : 'which a larger run would have to';
    lines.push('', `Never reached, ${verdict}: ${missing.join(', ')}.`);
  }
  return lines.join('\n');
}

/** Whether a run is good: nothing broke, and if it was large, everything was reached. */
export function isGood(tally: Tally): boolean {
  if (tally.failed > 0 || tally.schedules === 0) return false;
  return tally.schedules < LARGE_RUN || unreached(tally.reached).length === 0;
}

function columns(cells: readonly string[]): readonly string[] {
  const rows = Math.ceil(cells.length / COLUMNS);
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: COLUMNS }, (_each, column) => cells[column * rows + row] ?? '')
      .map((cell) => cell.padEnd(CELL))
      .join('')
      .trimEnd()
      .replace(/^/, '  '),
  );
}

function number(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `npm run simulate -- --seeds N`: drives the safety rules through seeded schedules, or replays one seed. */
import { availableParallelism } from 'node:os';
import { readArguments } from './run/arguments.ts';
import type { Wish } from './run/arguments.ts';
import type { Tally } from './run/batch.ts';
import { isGood, replayText, summaryText, traceText } from './run/report.ts';
import { replay, rulesWith, shortest, simulate } from './run/simulate.ts';

Error.stackTraceLimit = 0;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

const wish = readArguments(process.argv.slice(2), availableParallelism());
if (wish.kind === 'mistake') {
  process.stderr.write(`simulate: ${wish.sentence}\n`);
  process.exitCode = 2;
} else if (wish.kind === 'explain') say(wish.text);
else if (wish.kind === 'one') process.exitCode = await showOne(wish.seed, wish.fault, wish.whole);
else process.exitCode = await runMany(wish);

/** Shows one seed: the whole trace, or when it fails the shortest that fails alike. */
async function showOne(seed: number, fault: string | null, isWhole: boolean): Promise<number> {
  const rules = rulesWith(fault);
  const [outcome, schedule] = await replay(seed, rules);
  if (outcome.broken === null || isWhole) {
    say(traceText(outcome, schedule));
    return outcome.broken === null ? 0 : 1;
  }
  const [short, shortSchedule] = await shortest(schedule, outcome.broken.invariant, rules);
  say(traceText(short, shortSchedule));
  say(`Shortened from ${schedule.commands.length} commands; --whole shows all of them.`);
  return 1;
}

async function runMany(options: Extract<Wish, { readonly kind: 'many' }>): Promise<number> {
  const { seeds, fault } = options;
  const startedMs = performance.now();
  const seconds = (): number => (performance.now() - startedMs) / 1000;
  const progress = (tally: Tally): void => {
    if (!process.stderr.isTTY) return;
    const rate = Math.round(tally.schedules / seconds());
    process.stderr.write(`\r${tally.schedules} of ${seeds} schedules, ${rate} a second   `);
  };
  const tally = await simulate({ ...options, progress });
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  say(summaryText(tally, seconds(), options.workers));
  const [failure] = tally.failures;
  if (failure !== undefined) {
    say('');
    await showOne(failure.seed, fault, false);
    say(replayText(failure.seed, fault));
  }
  return isGood(tally) ? 0 : 1;
}

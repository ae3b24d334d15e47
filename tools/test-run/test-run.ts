/**
 * Runs test files with node's test runner and counts.
 *
 * Beyond what the runner does by itself, it treats as a failure: no file to run, and a file without any test in it
 * (which the runner would report as passed). Decision 0002.
 */
import { finished } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import path from 'node:path';
import { ROOT } from '../workspace/workspace.ts';
import { tellFailures } from './news.ts';

const WATCHDOG = path.join(import.meta.dirname, 'watchdog.ts');

const COMPILE_CACHE = path.join(ROOT, 'node_modules', '.cache', 'compile');

/** A file that takes less is not worth a look. */
const SLOW_MS = 10_000;
const SLOWEST_SHOWN = 25;

/** How many tests ended how, suites not counted. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface TestRun {
  /** Absolute paths; they begin in this order. */
  readonly files: readonly string[];
  /** Files at the same time, each in a process of its own. */
  readonly concurrency: number;
  /** A file that takes longer hangs, and is ended. */
  readonly fileTimeoutMs: number;
  /** Ends the run early. */
  readonly signal?: AbortSignal;
  /** Where the report goes. */
  readonly report: NodeJS.WritableStream;
}

/** Runs the files and resolves to the counts; never rejects because of a failed test. */
export async function runTests(options: TestRun): Promise<Counts> {
  const { report, files, concurrency, fileTimeoutMs, signal } = options;
  if (files.length === 0) {
    report.write('There is no test to run here, and that is a failure.\n');
    return { passed: 0, failed: 1, skipped: 0 };
  }
  process.env['TEST_FILE_TIMEOUT_MS'] = String(fileTimeoutMs);
  // Each file, and each program that it starts, would compile the same modules again: half of what a start costs.
  process.env['NODE_COMPILE_CACHE'] ??= COMPILE_CACHE;
  const stream = run({
    files,
    concurrency,
    timeout: fileTimeoutMs,
    execArgv: ['--disable-warning=ExperimentalWarning', '--import', WATCHDOG],
    ...(signal !== undefined && { signal }),
  });
  let counts: Counts = { passed: 0, failed: 1, skipped: 0 };
  const empty: string[] = [];
  const durations = new Map<string, number>();
  tellFailures(stream, (line) => report.write(`${line}\n`));
  stream.on('test:pass', ({ name, nesting }) => {
    // The runner reports a file as a test only when nothing in it is one.
    const file = files.find((candidate) => isSameFile(candidate, name));
    if (nesting === 0 && file !== undefined) empty.push(file);
  });
  stream.on('test:summary', ({ counts: sum, duration_ms: duration, file }) => {
    if (file !== undefined) {
      durations.set(file, duration);
      return;
    }
    const failed = sum.tests - sum.passed - sum.skipped - sum.todo;
    counts = { passed: sum.passed, failed, skipped: sum.skipped + sum.todo };
  });
  const printed = stream.compose(new spec());
  printed.pipe(report, { end: false });
  await finished(printed);
  for (const line of slowest(durations)) report.write(`${line}\n`);
  for (const file of empty) report.write(`✖ ${file} holds no test, and that is a failure.\n`);
  return {
    passed: counts.passed - empty.length,
    failed: counts.failed + empty.length,
    skipped: counts.skipped,
  };
}

/** Adds up several runs. */
export function sumOf(all: readonly Counts[]): Counts {
  return all.reduce(
    (sum, { passed, failed, skipped }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      skipped: sum.skipped + skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

/** The files to look at when the whole takes too long, as lines to print; none when nothing took long. */
export function slowest(durations: ReadonlyMap<string, number>): readonly string[] {
  const long = [...durations]
    .filter(([, ms]) => ms >= SLOW_MS)
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, SLOWEST_SHOWN)
    .map(([file, ms]) => `${String(Math.round(ms / 1000)).padStart(6)} s  ${relative(file)}`);
  return long.length === 0 ? [] : ['The files that took longest:', ...long];
}

function relative(file: string): string {
  return path.relative(process.cwd(), file);
}

function isSameFile(file: string, name: string): boolean {
  return name === file || path.resolve(name) === file;
}

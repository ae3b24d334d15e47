/**
 * `npm test [-- --only <part of a path>] [--skip-setup]`: everything, on real parts.
 *
 * Set-up and pages come first, since nothing works without them; the check and both kinds of tests run whatever
 * the others found, so that one run tells all. With --only the check is left out: that is for the short loop.
 */
import { availableParallelism } from 'node:os';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { DEBIAN_PACKAGES } from '../debian-packages.ts';
import { buildPages } from '../pages/pages.ts';
import { installPackages, missingPackages } from '../set-up/debian.ts';
import { longestFirst } from '../test-run/order.ts';
import { readSelection, systemTests, unitTests } from '../test-run/selection.ts';
import type { Counts } from '../test-run/test-run.ts';
import { runTests, sumOf } from '../test-run/test-run.ts';

/** A unit-test file that takes longer than this hangs. */
const UNIT_FILE_TIMEOUT_MS = 5 * 60_000;
/** Beside one for each core: some start a directory, a database, a virus scanner, and wait for it. */
const WAITING_UNIT_FILES = 1;
/** A whole-system file starts databases, displays and browsers; the longest take about two minutes. */
const SYSTEM_FILE_TIMEOUT_MS = 12 * 60_000;

const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort());

try {
  process.exitCode = await testEverything();
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function testEverything(): Promise<number> {
  const { only, skipSetUp } = readSelection(process.argv.slice(2));
  if (!skipSetUp) await setUp();
  stage('Pages');
  await buildPages((line) => console.log(line));
  const checkPassed = only !== undefined || check();
  const cores = availableParallelism();
  const counts: Counts[] = [];
  const unit = unitTests(only);
  const system = systemTests(only);
  // Asked for a part, it is enough that one of the two kinds has it.
  if (only === undefined || unit.length > 0 || system.length === 0) {
    stage(`Unit tests (${unit.length} files)`);
    counts.push(await runFiles(unit, cores + WAITING_UNIT_FILES, UNIT_FILE_TIMEOUT_MS));
  }
  if (only === undefined || system.length > 0) {
    stage(`Whole-system tests (${system.length} files)`);
    // No more than there are cores: whole systems that starve each other miss their own limits of time.
    counts.push(await runFiles(longestFirst(system), cores, SYSTEM_FILE_TIMEOUT_MS));
  }
  const { passed, failed, skipped } = sumOf(counts);
  console.log(checkPassed ? '' : '\nThe check failed: see above, or npm run check.');
  console.log(`chaperone: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  return checkPassed && failed === 0 && passed > 0 && !stopped.signal.aborted ? 0 : 1;
}

async function setUp(): Promise<void> {
  stage('Real parts');
  const missing = missingPackages(DEBIAN_PACKAGES);
  if (missing.length === 0) {
    console.log(`All ${DEBIAN_PACKAGES.length} Debian packages are here.`);
    return;
  }
  console.log(`Installing ${missing.map(({ name }) => name).join(', ')} …`);
  await installPackages(missing);
}

function check(): boolean {
  stage('Check');
  const file = path.join(import.meta.dirname, 'check.ts');
  return spawnSync(process.execPath, [file], { stdio: 'inherit' }).status === 0;
}

function runFiles(
  files: readonly string[],
  concurrency: number,
  fileTimeoutMs: number,
): Promise<Counts> {
  const { signal } = stopped;
  return runTests({ files, concurrency, fileTimeoutMs, signal, report: process.stdout });
}

function stage(title: string): void {
  console.log(`\n── ${title} ${'─'.repeat(Math.max(0, 72 - title.length))}`);
}

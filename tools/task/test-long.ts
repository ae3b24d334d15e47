/** `npm run test:long [-- --only <part of a path>] [--skip-setup]`: fuzzing, many seeds, many rounds of faults. */
import { DEBIAN_PACKAGES } from '../debian-packages.ts';
import { installPackages, missingPackages } from '../set-up/debian.ts';
import { longTests, readSelection } from '../test-run/selection.ts';
import { runTests } from '../test-run/test-run.ts';

/** A long file takes minutes, and several follow each other: all of them stay below 45 minutes. */
const FILE_TIMEOUT_MS = 20 * 60_000;

const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort());

try {
  const { only, skipSetUp } = readSelection(process.argv.slice(2));
  const missing = skipSetUp ? [] : missingPackages(DEBIAN_PACKAGES);
  if (missing.length > 0) {
    console.log(`Installing ${missing.map(({ name }) => name).join(', ')} …`);
    await installPackages(missing);
  }
  const files = longTests(only);
  console.log(`Long tests (${files.length} files): some minutes each.`);
  const { passed, failed, skipped } = await runTests({
    files,
    // Side by side they would measure each other: a flooded peer waits for its core.
    concurrency: 1,
    fileTimeoutMs: FILE_TIMEOUT_MS,
    signal: stopped.signal,
    report: process.stdout,
  });
  console.log(`\nchaperone: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed === 0 && passed > 0 && !stopped.signal.aborted ? 0 : 1;
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

/** `npm run test:unit [-- --only <part of a path>]`: the tests beside the code, installing and building nothing. */
import { availableParallelism } from 'node:os';
import { DEBIAN_PACKAGES } from '../debian-packages.ts';
import { missingPackages } from '../set-up/debian.ts';
import { readSelection, unitTests } from '../test-run/selection.ts';
import { runTests } from '../test-run/test-run.ts';

/** A file that takes longer than this hangs. */
const FILE_TIMEOUT_MS = 5 * 60_000;

const { only } = readSelection(process.argv.slice(2));
const missing = missingPackages(DEBIAN_PACKAGES);
if (missing.length > 0) {
  const names = missing.map(({ name }) => name).join(', ');
  console.log(`Not installed, so some tests may fail: ${names}. "npm test" installs them.`);
}
const { passed, failed, skipped } = await runTests({
  files: unitTests(only),
  concurrency: availableParallelism(),
  fileTimeoutMs: FILE_TIMEOUT_MS,
  report: process.stdout,
});
console.log(`\nchaperone: ${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/**
 * `npm run check [-- step …]`: everything that can be said about the code without running it.
 *
 * Exits with 1 when a step found something; every step runs all the same, so that one run tells all.
 */
import { availableParallelism } from 'node:os';
import { styleText } from 'node:util';
import type { Step } from '../check/steps.ts';
import { STEPS } from '../check/steps.ts';

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`There is no step "${unknown.join('", "')}".`);
  console.error(`The steps are: ${STEPS.map((step) => step.name).join(', ')}.`);
  process.exit(2);
}

const startedAt = performance.now();
const queue = STEPS.filter((step) => wanted.length === 0 || wanted.includes(step.name));
const count = queue.length;
const failed: string[] = [];
await Promise.all(Array.from({ length: availableParallelism() }, work));

const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
if (failed.length > 0) {
  console.log(
    `\ncheck: ${failed.length} of ${count} steps failed in ${seconds} s: ${failed.join(', ')}`,
  );
  process.exitCode = 1;
} else {
  console.log(`\ncheck: all ${count} steps passed in ${seconds} s`);
}

async function work(): Promise<void> {
  for (let step = queue.shift(); step !== undefined; step = queue.shift()) await perform(step);
}

async function perform(step: Step): Promise<void> {
  const { ok, output } = await step.run().catch((error: unknown) => ({
    ok: false,
    output: error instanceof Error ? (error.stack ?? error.message) : String(error),
  }));
  if (!ok) failed.push(step.name);
  const mark = ok ? styleText('green', '✔') : styleText('red', '✖');
  // What a step says goes below its line; of a passed step only what a reader may want to know.
  const isWorthSaying = output !== '' && (!ok || step.name === 'length');
  console.log(`${mark} ${step.name}${isWorthSaying ? `\n${indent(output)}` : ''}`);
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}

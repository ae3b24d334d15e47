/**
 * Goal: as test/fuzz/vectors.test.ts, for minutes. Method: every target gets its share of the time with a seed of the
 * day, which is printed, and before that a course with a fixed seed. A finding prints the line to keep. In CI the seed is
 * fixed: what lands does not depend on the day, and whoever runs this by hand looks where nobody has looked.
 */
import { test } from 'node:test';
import { fuzz, truncate } from '../fuzz/engine/fuzz.ts';
import { TARGETS } from '../fuzz/targets.ts';

/** All targets together, milliseconds. */
const DURATION_MS = 4 * 60_000;
const FIXED_SEED = 4711;
const FIXED_RUNS = 500;
const CI_SEED = 20_261_124;
const CUTS = 400;

const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
const seed = Number(process.env['FUZZ_SEED'] ?? (process.env['CI'] === undefined ? day : CI_SEED));
const shareMs = DURATION_MS / TARGETS.length;

for (const target of TARGETS) {
  test(`${target.name} for some seconds, seed ${seed}`, async (t) => {
    const untilMs = performance.now() + shareMs;
    const weight = target.weight ?? 1;
    await fuzz(target, { seed: FIXED_SEED, runs: Math.ceil(FIXED_RUNS * weight), untilMs });
    await truncate(target, Math.ceil(CUTS * weight));
    const { runs, accepted, refused } = await fuzz(target, { seed, runs: Infinity, untilMs });
    t.diagnostic(`${target.name}: ${runs} runs, ${accepted} accepted, ${refused} refused`);
  });
}

/**
 * Goal: in many schedules, with everything that can go wrong, no safety rule breaks, and the run reaches every phase, reason
 * to end, misfortune, lie and step of destruction that it is about. Method: the simulator over 200,000 seeds on
 * worker threads, apart from the seeds of the unit tests.
 */
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { unreached } from '../../simulate/src/run/coverage.ts';
import { simulate } from '../../simulate/src/run/simulate.ts';

const SEEDS = 200_000;
/** Where nobody else looks. */
const FROM = 1_000_000;

test('200,000 schedules break no invariant and reach everything', async () => {
  const tally = await simulate({
    from: FROM,
    seeds: SEEDS,
    workers: Math.min(4, availableParallelism()),
    fault: null,
    progress: () => undefined,
  });
  assert.deepEqual(tally.failures, []);
  assert.equal(tally.schedules, SEEDS);
  assert.deepEqual(unreached(tally.reached), []);
  assert.ok(tally.steps > 30 * SEEDS, 'schedules are long enough to mean something');
});

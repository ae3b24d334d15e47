// Goal: the production rules hold in every schedule, a schedule replays exactly, and what it reaches is worth reaching.
// Method: some thousand seeds in this process; the same seed again; the same seeds on worker threads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PRODUCTION } from '../rules/rules.ts';
import { scheduleOf } from '../schedule/schedule.ts';
import { add, runBatch } from './batch.ts';
import { runSchedule } from './run-schedule.ts';
import { simulate } from './simulate.ts';

const SEEDS = 5000;

test('no invariant breaks under the production rules, and sessions, files and destructions are reached', async () => {
  const tally = await runBatch(PRODUCTION, 0, SEEDS);
  assert.deepEqual(tally.failures, []);
  assert.equal(tally.schedules, SEEDS);
  for (const [what, percent] of [
    ['phase open', 28],
    ['activity view', 15],
    ['transfer done', 15],
    ['destruction certified', 20],
    ['fault network-cut', 20],
    ['fault gateway-crash', 10],
    ['end connection-lost', 2],
  ] as const) {
    const times = tally.reached.get(what) ?? 0;
    assert.ok(times >= (SEEDS * percent) / 100, `${what} in ${times} of ${SEEDS} schedules`);
  }
});

test('a seed gives the same trace each time, with its text or without', async () => {
  const digests = new Set<string>();
  for (let seed = 0; seed < 60; seed += 1) {
    const first = await runSchedule(scheduleOf(seed), PRODUCTION);
    const again = await runSchedule(scheduleOf(seed), PRODUCTION, true);
    assert.equal(again.digest, first.digest);
    assert.equal(again.lines.length, first.steps);
    digests.add(first.digest);
  }
  assert.equal(digests.size, 60);
});

test('worker threads give what one process gives, and parts add up to the whole', async () => {
  const whole = await runBatch(PRODUCTION, 100, 2500);
  const parts = add(await runBatch(PRODUCTION, 100, 1000), await runBatch(PRODUCTION, 1000, 2500));
  const threads = await simulate({
    from: 100,
    seeds: 2400,
    workers: 2,
    fault: null,
    progress: () => undefined,
  });
  for (const tally of [parts, threads]) {
    assert.equal(tally.digest, whole.digest);
    assert.equal(tally.steps, whole.steps);
    assert.deepEqual(new Map(tally.reached), new Map(whole.reached));
  }
});

// Goal: each planted fault is found, by an invariant that is about it, and its trace is short enough to be read; the
// same schedules hold under the production rules. Method: for each fault the seeds from 0 on until one fails, at most so
// many; that seed again under production; the failing schedule shortened.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INVARIANTS } from '../invariant/invariants.ts';
import { PRODUCTION } from '../rules/rules.ts';
import type { Rules } from '../rules/rules.ts';
import { shortest } from '../run/simulate.ts';
import { runSchedule } from '../run/run-schedule.ts';
import type { Outcome } from '../run/run-schedule.ts';
import { scheduleOf } from '../schedule/schedule.ts';
import { PLANTED, withFault } from './planted.ts';

/** The rarest of them takes some 200 seeds. */
const SEEDS_MAX = 2000;
/** Commands that a shortened schedule may still have; the longest takes about a dozen. */
const SHORT = 16;

async function firstFailure(rules: Rules): Promise<Outcome | null> {
  for (let seed = 0; seed < SEEDS_MAX; seed += 1) {
    const outcome = await runSchedule(scheduleOf(seed), rules);
    if (outcome.broken !== null) return outcome;
  }
  return null;
}

for (const fault of PLANTED) {
  test(`the planted fault "${fault.name}" is found`, async () => {
    const rules = withFault(PRODUCTION, fault);
    const found = await firstFailure(rules);
    assert.ok(found?.broken, `not found in ${SEEDS_MAX} seeds`);
    const { invariant } = found.broken;
    assert.ok(fault.found.includes(invariant), `${invariant}: ${found.broken.why}`);
    const schedule = scheduleOf(found.seed);
    const honest = await runSchedule(schedule, PRODUCTION);
    assert.equal(honest.broken, null, 'the production rules hold in the same schedule');
    const [short, shortSchedule] = await shortest(schedule, invariant, rules);
    assert.equal(short.broken?.invariant, invariant);
    assert.ok(shortSchedule.commands.length <= SHORT, `${shortSchedule.commands.length} commands`);
  });
}

test('there is a planted fault for every invariant, and each replaces one rule', () => {
  const covered = new Set(PLANTED.flatMap(({ found }) => found));
  const uncovered = INVARIANTS.filter(({ name }) => !covered.has(name)).map(({ name }) => name);
  assert.deepEqual(uncovered, []);
  for (const { plant, name } of PLANTED) {
    assert.equal(Object.keys(plant(PRODUCTION)).length, 1, name);
  }
});

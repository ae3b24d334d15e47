/**
 * Goal: however starts are asked for, there are never more than some at once and one every two seconds.
 * Method: askings in simulated time, as a property.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RUN_EVERY_MS, RunAllowance, RUNS_AT_ONCE } from './run-allowance.ts';

test('in no stretch of time are there more starts than are allowed', () => {
  fc.assert(
    fc.property(
      fc.nat(100_000),
      fc.array(fc.nat(3_000), { minLength: 1, maxLength: 120 }),
      (firstMs, waitsMs) => {
        const allowance = new RunAllowance();
        const startedMs: number[] = [];
        let nowMs = firstMs;
        for (const waitMs of waitsMs) {
          nowMs += waitMs;
          assert.equal(allowance.isLeft(nowMs), allowance.take(nowMs) && startedMs.push(nowMs) > 0);
        }
        for (const [at, fromMs] of startedMs.entries()) {
          for (const [count, toMs] of startedMs.slice(at).entries()) {
            const most = RUNS_AT_ONCE + 1 + Math.floor((toMs - fromMs) / RUN_EVERY_MS);
            assert.ok(count + 1 <= most, `${count + 1} starts in ${toMs - fromMs} ms`);
          }
        }
      },
    ),
  );
});

test('whoever has waited may start again, and no more at once than at first', () => {
  const allowance = new RunAllowance();
  const takeAll = (nowMs: number): number => {
    let taken = 0;
    while (allowance.take(nowMs)) taken += 1;
    return taken;
  };
  assert.equal(takeAll(5_000), RUNS_AT_ONCE);
  assert.equal(takeAll(5_000 + RUN_EVERY_MS - 1), 0);
  assert.equal(takeAll(5_000 + RUN_EVERY_MS), 1);
  assert.equal(takeAll(5_000 + 100 * RUN_EVERY_MS), RUNS_AT_ONCE);
});

/** Goal: a cart is accepted only by a validation that saw the whole road carry. Method: fast-check over all results of all steps. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { STEPS_REQUIRED, firstFailure, isAccepted } from './acceptance.ts';
import { STEP_RESULTS, VALIDATION_STEPS } from './finding.ts';

const results = fc.array(fc.constantFrom(...STEP_RESULTS), {
  minLength: VALIDATION_STEPS.length,
  maxLength: VALIDATION_STEPS.length,
});

test('accepted: nothing failed, and what is required was looked at; warnings and the idle time keep nobody', () => {
  fc.assert(
    fc.property(results, (of) => {
      const steps = VALIDATION_STEPS.map((step, at) => ({ step, result: of[at] ?? 'failed' }));
      const failed = steps.find(({ result }) => result === 'failed');
      const lacking = steps.some(
        ({ step, result }) => STEPS_REQUIRED.includes(step) && result === 'left-out',
      );
      assert.equal(isAccepted(steps), failed === undefined && !lacking);
      assert.equal(firstFailure(steps), failed?.step ?? null);
    }),
  );
  const all = VALIDATION_STEPS.map((step) => ({ step, result: 'warned' as const }));
  assert.equal(isAccepted(all), true);
  assert.equal(
    isAccepted(all.map((each) => (each.step === 'idle' ? { ...each, result: 'left-out' } : each))),
    true,
  );
  assert.equal(isAccepted([]), false);
});

// Goal: the steps of a destruction cannot be left out or swapped, keys go first, and anything found sends it
// back to the beginning. Method: all pairs of steps; random remains.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  advance,
  DESTRUCTION_STEPS,
  DestructionOutOfOrder,
  judge,
  nextStep,
} from './destruction.ts';

test('only the next step follows a step', () => {
  for (const done of DESTRUCTION_STEPS) {
    for (const completed of DESTRUCTION_STEPS) {
      if (nextStep(done) === completed) assert.equal(advance(done, completed), completed);
      else assert.throws(() => advance(done, completed), DestructionOutOfOrder);
    }
  }
});

test('keys are erased before anything else', () => {
  assert.equal(nextStep('decided'), 'keys-erased');
  assert.equal(nextStep('certified'), null);
});

test('only zeros verify', () => {
  const count = fc.nat({ max: 3 });
  const remains = fc.record({ keys: count, records: count, temporaryFiles: count, rows: count });
  fc.assert(
    fc.property(remains, (found) => {
      const clean = Object.values(found).every((each) => each === 0);
      assert.equal(judge(found), clean ? 'verified' : 'decided');
    }),
  );
});

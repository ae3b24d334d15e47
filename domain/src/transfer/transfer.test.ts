// Goal: no transfer is done without having been verified, and a settled one never moves again. Method: random walks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSettled, move, TRANSFER_STATES, TransferOutOfTurn } from './transfer.ts';
import type { TransferState } from './transfer.ts';

test('done comes only out of verifying, and settled states are final', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...TRANSFER_STATES), { maxLength: 20 }), (wanted) => {
      let current: TransferState = 'queued';
      for (const next of wanted) {
        const before: TransferState = current;
        try {
          current = move(current, next);
        } catch (error) {
          assert.ok(error instanceof TransferOutOfTurn);
          continue;
        }
        assert.ok(!isSettled(before));
        if (current === 'done') assert.equal(before, 'verifying');
        if (before === 'paused') assert.notEqual(current, 'moving');
      }
    }),
  );
});

// Goal: the receipt's count of interlocks is what really was: each raising once, and the time between raising and lifting or the
// session's end. Method: random lives of a session's state against a plain sum; states by their members that count.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SessionState } from '@chaperone/domain/session/state.ts';
import fc from 'fast-check';
import { newTally, noteInterlock } from './tally.ts';

function stateOf(isBound: boolean, isRaised: boolean): SessionState {
  return {
    phase: isBound ? 'dialling' : 'ended',
    ...(isRaised && { interlock: { source: 'vendor', sinceUtcMs: 0 } }),
  } as SessionState;
}

test('interlocks are counted, and their time is summed', () => {
  const step = fc.record({
    isBound: fc.boolean(),
    isRaised: fc.boolean(),
    waitMs: fc.nat({ max: 1000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let tally = newTally(0);
      let nowMs = 0;
      let [count, heldMs, wasHeld] = [0, 0, false];
      for (const { isBound, isRaised, waitMs } of steps) {
        nowMs += waitMs;
        if (wasHeld) heldMs += waitMs;
        tally = noteInterlock(tally, stateOf(isBound, isRaised), nowMs);
        const isHeld = isBound && isRaised;
        if (isHeld && !wasHeld) count += 1;
        wasHeld = isHeld;
      }
      tally = noteInterlock(tally, stateOf(false, true), nowMs);
      assert.deepEqual(tally.interlocks, { count, heldMs, sinceMonotonicMs: null });
    }),
  );
});

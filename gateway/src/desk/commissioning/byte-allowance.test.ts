/** Goal: no cart moves more than its allowance, and few measure at once. Method: a clock turned by hand, and fast-check over what carts do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteAllowance } from './byte-allowance.ts';
import { CommissioningThrottled } from './commissioning-error.ts';

function newAllowance() {
  let nowMs = 0;
  const allowance = new ByteAllowance({
    burstBytes: 1000,
    bytesPerSecond: 10,
    atOnceMax: 2,
    cartsMax: 3,
    now: () => nowMs,
  });
  return { allowance, pass: (ms: number) => (nowMs += ms) };
}

test('few measure at once, a cart one at a time; what was not moved is given back', () => {
  const { allowance } = newAllowance();
  const endOfA = allowance.begin('a', 1000);
  assert.throws(() => allowance.begin('a', 1), CommissioningThrottled);
  const endOfB = allowance.begin('b', 1);
  assert.throws(() => allowance.begin('c', 1), CommissioningThrottled);
  endOfA(400);
  endOfA(0);
  allowance.begin('c', 1)(1);
  assert.throws(() => allowance.begin('a', 601), { waitSeconds: 1 });
  allowance.begin('a', 600)(600);
  endOfB(1);
});

test('whatever carts do, none moves more than its allowance of that time', () => {
  const step = fc.record({
    cart: fc.constantFrom('a', 'b'),
    ask: fc.nat(1200),
    move: fc.nat(1200),
    ms: fc.nat(20_000),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      const { allowance, pass } = newAllowance();
      const moved = { a: 0, b: 0 };
      let totalMs = 0;
      for (const { cart, ask, move, ms } of steps) {
        pass(ms);
        totalMs += ms;
        try {
          const end = allowance.begin(cart, ask);
          const bytes = Math.min(ask, move);
          end(bytes);
          moved[cart as 'a' | 'b'] += bytes;
        } catch (fault) {
          assert.ok(fault instanceof CommissioningThrottled);
          assert.ok(fault.waitSeconds >= 1);
        }
      }
      for (const bytes of Object.values(moved)) assert.ok(bytes <= 1000 + totalMs / 100 + 1e-6);
    }),
  );
});

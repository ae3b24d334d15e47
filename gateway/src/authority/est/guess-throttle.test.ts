/** Goal: failures are counted per address and together, forgotten after a while, in bounded memory. Method: a manual clock. */
import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../platform/testing/manual-clock.ts';
import { GuessThrottle } from './guess-throttle.ts';

const WINDOW_MS = 15 * 60 * 1000;

function newThrottle(limits: {
  perAddressMax?: number;
  togetherMax?: number;
  addressesMax?: number;
}) {
  const clock = new ManualClock();
  return {
    clock,
    throttle: new GuessThrottle({ monotonicMs: () => clock.monotonicMs(), ...limits }),
  };
}

test('an address waits after its failures, another does not, and time forgives', () => {
  const { clock, throttle } = newThrottle({ perAddressMax: 2 });
  throttle.failed('a');
  equal(throttle.waitSeconds('a'), 0);
  throttle.failed('a');
  equal(throttle.waitSeconds('a'), 900);
  equal(throttle.waitSeconds('b'), 0);
  clock.advance(WINDOW_MS - 1000);
  equal(throttle.waitSeconds('a'), 1);
  clock.advance(1000);
  equal(throttle.waitSeconds('a'), 0);
  throttle.failed('a');
  equal(throttle.waitSeconds('a'), 0);
});

test('very many addresses meet the limit for all together', () => {
  const { throttle } = newThrottle({ perAddressMax: 10, togetherMax: 100, addressesMax: 4 });
  for (let index = 0; index < 99; index += 1) throttle.failed(`address-${index}`);
  equal(throttle.waitSeconds('new'), 0);
  throttle.failed('one more');
  equal(throttle.waitSeconds('new'), 900);
});

test('the address that was quiet longest is forgotten first', () => {
  const { throttle } = newThrottle({ perAddressMax: 1, addressesMax: 2 });
  throttle.failed('a');
  throttle.failed('b');
  throttle.failed('a');
  throttle.failed('c');
  equal(throttle.waitSeconds('b'), 0);
  equal(throttle.waitSeconds('a'), 900);
  equal(throttle.waitSeconds('c'), 900);
});

/**
 * Goal: at no time are two gateways active by the fence, whatever order they act in and however long they sleep.
 * Method: every sequence of claims, renewals, releases and passing time of three gateways (fast-check).
 */
import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  FREE_FENCE,
  GatewayFenced,
  assertEpoch,
  claimFence,
  releaseFence,
  renewFence,
} from './fence.ts';
import type { FenceState } from './fence.ts';

const LEASE_MS = 100;
const GATEWAYS = ['a', 'b', 'c'] as const;
const act = fc.record({
  who: fc.constantFrom(...GATEWAYS),
  what: fc.constantFrom('claim', 'renew', 'release', 'check'),
  afterMs: fc.nat({ max: 150 }),
});

const refused = (work: () => void): boolean => {
  try {
    work();
    return false;
  } catch (fault) {
    ok(fault instanceof GatewayFenced);
    return true;
  }
};

test('one gateway passes the check at a time, epochs only grow, and nobody takes a lease that runs', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      let state: FenceState = FREE_FENCE;
      let nowMs = 1000;
      const epochs = new Map<string, number>();
      for (const { who, what, afterMs } of acts) {
        nowMs += afterMs;
        const before = state;
        const own = epochs.get(who) ?? 0;
        if (what === 'claim') {
          const claim = claimFence(state, who, nowMs, LEASE_MS);
          if (claim.kind === 'held') {
            ok(before.leaseEndsMs > nowMs);
            equal(claim.leaseLeftMs, before.leaseEndsMs - nowMs);
          } else {
            ok(before.holder === null || before.leaseEndsMs <= nowMs);
            equal(claim.state.epoch, before.epoch + 1);
            equal(claim.tookOver, before.holder !== null);
            ({ state } = claim);
            epochs.set(who, state.epoch);
          }
        }
        if (what === 'renew') refused(() => (state = renewFence(state, own, nowMs, LEASE_MS)));
        if (what === 'release') state = releaseFence(state, own);
        if (what === 'renew' || what === 'release') {
          // Whoever was overtaken changes nothing.
          if (own !== before.epoch) deepEqual(state, before);
        }
        ok(state.epoch >= before.epoch);
        const passing = GATEWAYS.filter(
          (each) => !refused(() => assertEpoch(state, epochs.get(each) ?? 0)),
        );
        ok(passing.length <= 1);
        if (state.holder !== null) deepEqual(passing, [state.holder]);
      }
    }),
  );
});

test('a lease that lapsed unnoticed may be renewed, and one that was taken over may not', () => {
  const first = claimFence(FREE_FENCE, 'a', 0, LEASE_MS);
  ok(first.kind === 'taken');
  equal(renewFence(first.state, 1, 500, LEASE_MS).leaseEndsMs, 600);
  const second = claimFence(first.state, 'b', 500, LEASE_MS);
  ok(second.kind === 'taken' && second.tookOver);
  throws(() => renewFence(second.state, 1, 510, LEASE_MS), /b has become the active gateway/);
});

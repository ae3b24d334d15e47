/**
 * Goal: whatever is broken in a hospital's network, the validation names it, says so in one sentence with the addresses in it, and
 * blames nothing else.
 * Method: the table itself. Each row is a hospital in namespaces of its own with one thing broken in it by real parts (nftables,
 * dnsmasq, unbound, an inspecting proxy, a smaller MTU); the real gateway stands outside, and the cart validates from within.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { VALIDATION_STEPS } from '@chaperone/domain/validation/finding.ts';
import { BROKEN_NETWORKS } from './lab/broken-networks.ts';
import { HEALTHY_NETWORKS } from './lab/healthy-networks.ts';
import { Hospital } from './lab/hospital.ts';
import { Internet } from './lab/internet.ts';
import { linesOf, nameFinding, needsOwnCart } from './lab/name-finding.ts';

/** Most of a broken network is waiting: several at once share two cores well. */
const AT_ONCE = 6;

let started: Internet | undefined;
const internetNow = (): Internet => {
  assert.ok(started !== undefined, 'the Internet has started');
  return started;
};
before(async () => {
  started = await Internet.start(
    BROKEN_NETWORKS.filter(needsOwnCart).length + HEALTHY_NETWORKS.length,
  );
});
after(async () => {
  await started?.close();
});

for (const [at, { network, plan, cart, leftOut }] of HEALTHY_NETWORKS.entries()) {
  // A second says nothing of an unused connection; one network is watched for as long as it takes.
  const idleSeconds = at === 0 ? 15 : 1;
  test(`${network} passes every step that it has`, async () => {
    const hospital = await Hospital.build(internetNow(), plan());
    try {
      const steps = await hospital.validate({ idleSeconds, ...cart(hospital.place) });
      assert.deepEqual(
        steps.map(({ step }) => step),
        VALIDATION_STEPS,
      );
      const unlike = steps.filter(
        ({ step, result }) =>
          result !==
          (step === leftOut || (step === 'idle' && idleSeconds === 1) ? 'left-out' : 'passed'),
      );
      assert.deepEqual(unlike, [], linesOf(steps));
    } finally {
      await hospital.close();
    }
  });
}

test('at least fifteen networks are broken, each in its own way', () => {
  assert.ok(BROKEN_NETWORKS.length >= 15);
  assert.equal(new Set(BROKEN_NETWORKS.map(({ network }) => network)).size, BROKEN_NETWORKS.length);
});

describe('broken networks', { concurrency: AT_ONCE }, () => {
  for (const row of BROKEN_NETWORKS) {
    test(`${row.network}: ${row.finding}`, async () => {
      const { steps, wrong } = await nameFinding(internetNow(), row);
      assert.equal(wrong, null, `${wrong}\n${linesOf(steps)}`);
    });
  }
});

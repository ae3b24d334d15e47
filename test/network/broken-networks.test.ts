/**
 * Goal: whatever is broken in a hospital's network, the validation names it, says so in one sentence with the addresses in it, and
 * blames nothing else.
 * Method: the table itself. Each row is a hospital in namespaces of its own with one thing broken in it by real parts (nftables,
 * dnsmasq, unbound, an inspecting proxy, a smaller MTU); the real gateway stands outside, and the cart validates from within.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Finding } from '@chaperone/domain/validation/finding.ts';
import { FINDINGS, VALIDATION_STEPS } from '@chaperone/domain/validation/finding.ts';
import type { ValidationStepReport } from '@chaperone/protocol/commissioning/validation.ts';
import { BROKEN_NETWORKS } from './lab/broken-networks.ts';
import type { Row } from './lab/broken-networks.ts';
import { Hospital } from './lab/hospital.ts';
import { Internet } from './lab/internet.ts';

/** Most of a broken network is waiting: several at once share two cores well. */
const AT_ONCE = 6;

let internet: Internet;
before(async () => {
  internet = await Internet.start(BROKEN_NETWORKS.length + 1);
});
after(async () => {
  await internet.close();
});

test('a healthy network passes every step that it has', async () => {
  const hospital = await Hospital.build(internet);
  try {
    const steps = await hospital.validate({ idleSeconds: 1 });
    assert.deepEqual(
      steps.map(({ step }) => step),
      VALIDATION_STEPS,
    );
    for (const each of steps)
      assert.equal(each.result, each.step === 'proxy' ? 'left-out' : 'passed', saidBy(each));
  } finally {
    await hospital.close();
  }
});

test('at least fifteen networks are broken, each in its own way', () => {
  assert.ok(BROKEN_NETWORKS.length >= 15);
  assert.equal(new Set(BROKEN_NETWORKS.map(({ network }) => network)).size, BROKEN_NETWORKS.length);
});

describe('broken networks', { concurrency: AT_ONCE }, () => {
  for (const row of BROKEN_NETWORKS) {
    test(`${row.network}: ${row.finding}`, async () => {
      const hospital = await Hospital.build(internet, await row.plan(internet));
      try {
        const cart = row.cart?.(internet, hospital.place) ?? {};
        check(row, await hospital.validate(cart), hospital);
      } finally {
        await hospital.close();
      }
    });
  }
});

function check(row: Row, steps: readonly ValidationStepReport[], hospital: Hospital): void {
  const found = steps.filter(({ finding }) => finding !== null);
  const all = steps.map(saidBy).join('\n');
  assert.deepEqual(
    found.map(({ finding }) => finding),
    [row.finding satisfies Finding],
    all,
  );
  const [blamed] = found;
  assert.equal(blamed?.step, FINDINGS[row.finding]);
  assert.equal(blamed?.result, row.result ?? 'failed', all);
  assert.match(blamed?.advice ?? '', row.advice(hospital.place), all);
  assert.doesNotMatch(`${blamed?.said} ${blamed?.advice}`, /unknown|undefined|null/, all);
  if (row.result !== 'warned') return;
  // What works is gone through to its end.
  assert.equal(steps.find(({ step }) => step === 'tunnel')?.result, 'passed', all);
}

function saidBy({ step, result, finding, said, advice }: ValidationStepReport): string {
  return `${step} ${result} ${finding ?? ''} ${said} ${advice ?? ''}`;
}

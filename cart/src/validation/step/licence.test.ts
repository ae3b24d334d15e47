/**
 * Goal: a validation warns of a licence's end when everything else does, and names its last day. Method: what a gateway tells of a
 * licence, at the instants around both edges of the warning.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LICENCE_WARNING_MS, parseLicenceDate } from '@chaperone/domain/licence/licence-terms.ts';
import { passedStep } from '@chaperone/protocol/commissioning/testing/sample-report.ts';
import { facilityIn } from '@chaperone/protocol/commissioning/validation.ts';
import type { Scene } from '../scene.ts';
import { licenceStep } from './licence.ts';

const UNTIL_MS = parseLicenceDate('2027-03-31', 'until');

test('where the cart stands, by its licence, is what a report is offered with', async () => {
  const outcome = await outcomeAt(0, 0, null);
  assert.deepEqual(outcome.result, 'passed');
  const report = { ...passedStep('licence'), seen: outcome.seen };
  assert.equal(facilityIn([report]), 'Klinikum Süd');
  assert.equal(facilityIn([passedStep('licence')]), null);
  assert.equal(facilityIn([]), null);
});

async function outcomeAt(nowMs: number, skewMs: number, validUntilUtcMs: number | null) {
  const licence = { id: 'lcnc-1', state: 'redeemed', features: ['view'], validUntilUtcMs };
  const options = { identity: {}, utcMs: () => nowMs };
  // The step reads nothing else.
  const scene = {
    options,
    status: { licence, facility: 'Klinikum Süd' },
    skewMs,
  } as unknown as Scene;
  return await licenceStep.take(scene, AbortSignal.timeout(1000));
}

test('it warns from sixty days before the end on, by the gateway’s clock, and names the last day that counts', async () => {
  const warnsAtMs = UNTIL_MS - LICENCE_WARNING_MS;
  assert.equal((await outcomeAt(warnsAtMs - 1, 0, UNTIL_MS)).result, 'passed');
  assert.equal((await outcomeAt(warnsAtMs - 5000, 5000, UNTIL_MS)).result, 'warned');
  const warned = await outcomeAt(warnsAtMs, 0, UNTIL_MS);
  assert.equal(warned.result, 'warned');
  assert.match(JSON.stringify(warned), /2027-03-31/);
  assert.doesNotMatch(JSON.stringify(warned), /2027-04-01/);
  assert.equal((await outcomeAt(UNTIL_MS - 1, 0, UNTIL_MS)).result, 'warned');
  assert.equal((await outcomeAt(UNTIL_MS, 0, null)).result, 'passed');
});

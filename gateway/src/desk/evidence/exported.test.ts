/**
 * Goal: evidence leaves the desk only with a fresh confirmation, and the ledger, and the bundle itself, say who took what.
 * Method: a real gateway, with a clock turned by hand.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CONFIRMATION_LIFE_MS } from '@chaperone/protocol/console-api/administration.ts';
import { factsOf, newTestGateway } from '../../composition/testing/gateway-harness.ts';
import type { Technician, TestGateway } from '../../composition/testing/gateway-harness.ts';
import { openCase } from '../../composition/testing/session-script.ts';
import { ManualClock } from '../../platform/testing/manual-clock.ts';

const clock = new ManualClock(Date.now());
let gateway: TestGateway;
let tara: Technician;
let ines: Technician;

before(async () => {
  gateway = await newTestGateway({ clock });
  tara = await gateway.signedIn('tara');
  ines = await gateway.signedIn('ines');
});
after(async () => await gateway[Symbol.asyncDispose]());

interface Bundle {
  readonly ledger: { readonly entries: readonly unknown[] };
}

async function exports(): Promise<readonly object[]> {
  return (await factsOf(gateway.running)).filter(({ kind }) => kind === 'evidence-exported');
}

test('whoever takes evidence has confirmed it just now, and is in the ledger and in the bundle', async () => {
  await gateway.enrolCart('US-8401');
  const { id: caseId } = await openCase(tara, 'US-8401');
  const asked = [
    [tara, `/api/cases/${caseId}/evidence`, caseId],
    [ines, '/api/audit/evidence', null],
  ] as const;
  for (const [who, path, of] of asked) {
    const { length } = await exports();
    const answer = await who.ask('GET', path);
    assert.equal(answer.status, 200, answer.text);
    const about = { by: who.id, workstationId: who.workstation, caseId: of };
    assert.deepEqual((await exports()).slice(length), [{ kind: 'evidence-exported', ...about }]);
    const { ledger } = answer.body as unknown as Bundle;
    assert.ok(JSON.stringify(ledger.entries).includes('evidence-exported'), path);
  }
  clock.advance(CONFIRMATION_LIFE_MS + 1);
  for (const [who, path] of asked) {
    const { length } = await exports();
    assert.equal((await who.ask('GET', path)).body['code'], 'CONFIRMATION_REQUIRED', path);
    assert.equal((await exports()).length, length);
  }
});

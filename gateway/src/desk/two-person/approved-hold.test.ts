/**
 * Goal: a legal hold that two leads agreed on is not lost between their word and the case, also when the gateway is killed
 * there; everything else that was approved has failed then. Method: a real gateway, its database as a kill leaves it.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { factsOf, newTestGateway } from '../../composition/testing/gateway-harness.ts';
import type { Technician, TestGateway } from '../../composition/testing/gateway-harness.ts';
import { openCase, resolveCase } from '../../composition/testing/session-script.ts';

const REASON = 'asked for in writing';
let gateway: TestGateway;
let tara: Technician;
let lena: Technician;
let amir: Technician;

before(async () => {
  gateway = await newTestGateway();
  tara = await gateway.signedIn('tara');
  lena = await gateway.signedIn('lena');
  amir = await gateway.signedIn('amir');
});
after(async () => await gateway[Symbol.asyncDispose]());

async function proposed(who: Technician, act: string, target: string): Promise<string> {
  const body = { act, target, reason: REASON };
  const answer = await who.ask('POST', '/api/proposals', { body });
  assert.equal(answer.status, 200, answer.text);
  return String(answer.body['id']);
}

/** Amir approves it, and nothing of it is done yet. */
function approvedOnly(id: string): void {
  const database = new DatabaseSync(path.join(gateway.directory, 'gateway', 'gateway.db'), {
    timeout: 5000,
  });
  const { changes } = database
    .prepare(
      "update desk_proposal set state = 'approved', decided_by = ?, decided_at = ? where id = ?",
    )
    .run(amir.id, Date.now(), id);
  database.close();
  assert.equal(changes, 1);
}

async function stateOf(id: string): Promise<unknown> {
  const { body } = await lena.ask('GET', '/api/proposals');
  return (body['items'] as { id: string; state: string }[]).find((each) => each.id === id)?.state;
}

async function restarted(): Promise<void> {
  await gateway.restart();
  for (const each of [tara, lena, amir]) each.moveTo(gateway.running);
}

test('a hold that was approved and not set yet keeps its case, and is set at the next start', async () => {
  await gateway.enrolCart('US-8101');
  const serviceCase = await openCase(tara, 'US-8101');
  const id = await proposed(lena, 'set-legal-hold', serviceCase.id);
  approvedOnly(id);
  assert.equal((await resolveCase(tara, serviceCase)).body['code'], 'CASE_UNDER_LEGAL_HOLD');
  await restarted();
  const { body } = await lena.ask('GET', `/api/cases/${serviceCase.id}`);
  assert.equal(body['legalHold'], true);
  assert.equal(await stateOf(id), 'done');
  assert.equal((await resolveCase(tara, serviceCase)).body['code'], 'CASE_UNDER_LEGAL_HOLD');
  const set = (await factsOf(gateway.running)).flatMap((fact) =>
    fact.kind === 'legal-hold-set' ? [fact] : [],
  );
  assert.deepEqual(
    set.map(({ caseId, by, workstationId }) => ({ caseId, by, workstationId })),
    [{ caseId: serviceCase.id, by: amir.id, workstationId: null }],
  );
});

test('a lifting that was approved and broke off has failed: the case is kept', async () => {
  await gateway.enrolCart('US-8102');
  const serviceCase = await openCase(tara, 'US-8102');
  const set = await proposed(lena, 'set-legal-hold', serviceCase.id);
  assert.equal((await amir.ask('POST', `/api/proposals/${set}/approve`, { body: {} })).status, 200);
  const id = await proposed(lena, 'lift-legal-hold', serviceCase.id);
  approvedOnly(id);
  await restarted();
  assert.equal(await stateOf(id), 'failed');
  assert.equal((await resolveCase(tara, serviceCase)).body['code'], 'CASE_UNDER_LEGAL_HOLD');
});

test('a case on which a hold was proposed after a decision that had failed is not resolved behind it', async () => {
  await gateway.enrolCart('US-8103');
  const serviceCase = await openCase(tara, 'US-8103');
  const decision = { caseId: serviceCase.id as never, by: tara.id as never };
  await gateway.running.ledger.append({ kind: 'case-resolving', ...decision });
  await proposed(lena, 'set-legal-hold', serviceCase.id);
  await restarted();
  const { body } = await lena.ask('GET', `/api/cases/${serviceCase.id}`);
  assert.equal(body['state'], 'open');
});

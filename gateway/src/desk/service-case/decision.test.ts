/**
 * Goal: a decision to resolve that stands in the ledger is carried out, whenever the gateway was killed; one that was told to
 * have failed, and was worked on after, is not. Method: a real gateway, its ledger as a kill leaves it, started again.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import { UNRESOLVED_LIMIT } from '@chaperone/domain/service-case/unresolved-limit.ts';
import { factsOf, newTestGateway } from '../../composition/testing/gateway-harness.ts';
import type { Technician, TestGateway } from '../../composition/testing/gateway-harness.ts';
import { openCase, resolveCase } from '../../composition/testing/session-script.ts';
import type { TestCase } from '../../composition/testing/session-script.ts';

let gateway: TestGateway;
let tara: Technician;
before(async () => {
  gateway = await newTestGateway();
  tara = await gateway.signedIn('tara');
});
after(async () => await gateway[Symbol.asyncDispose]());

/** The decision is in the ledger, and then the gateway is killed. */
async function decided({ id }: TestCase): Promise<number> {
  const fact = { kind: 'case-resolving', caseId: id as CaseId, by: tara.id as never } as const;
  return (await gateway.running.ledger.append(fact)).index;
}

async function restarted(): Promise<void> {
  await gateway.restart();
  tara.moveTo(gateway.running);
}

test('a decision of which only the ledger knows is carried out at the next start', async () => {
  await gateway.enrolCart('US-8001');
  const serviceCase = await openCase(tara, 'US-8001');
  const index = await decided(serviceCase);
  await restarted();
  const { body } = await tara.ask('GET', `/api/cases/${serviceCase.id}`);
  assert.equal(body['state'], 'resolved');
  const certificate = await tara.ask('GET', `/api/cases/${serviceCase.id}/certificate`);
  const claims = certificate.body['claims'] as Readonly<Record<string, unknown>>;
  assert.equal(claims['ledgerIndex'], index);
  assert.deepEqual(claims['decidedBy'], { id: tara.id, name: tara.name, role: 'technician' });
});

test('the limit of time stands in the place of a person, also where only the ledger knows of it', async () => {
  await gateway.enrolCart('US-8003');
  const { id } = await openCase(tara, 'US-8003');
  const fact = { kind: 'case-resolving', caseId: id as CaseId, by: UNRESOLVED_LIMIT } as const;
  await gateway.running.ledger.append(fact);
  await restarted();
  const { body } = await tara.ask('GET', `/api/cases/${id}/certificate`);
  const claims = body['claims'] as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  assert.equal(claims['decidedBy']?.['id'], UNRESOLVED_LIMIT);
  assert.equal(claims['sanitization']?.['decidedFor'], 'unresolved-limit');
});

test('a decision after which work went on is not carried out behind anybody’s back', async () => {
  await gateway.enrolCart('US-8002');
  const serviceCase = await openCase(tara, 'US-8002');
  await decided(serviceCase);
  const note = { body: { text: 'It could not be resolved; I go on.' } };
  assert.equal((await tara.ask('POST', `/api/cases/${serviceCase.id}/notes`, note)).status, 200);
  await restarted();
  const { body } = await tara.ask('GET', `/api/cases/${serviceCase.id}`);
  assert.equal(body['state'], 'open');
  assert.equal((await resolveCase(tara, serviceCase)).status, 200);
  const kinds = (await factsOf(gateway.running)).flatMap((fact) =>
    'caseId' in fact && fact.caseId === serviceCase.id ? [fact.kind] : [],
  );
  assert.equal(kinds.filter((kind) => kind === 'case-resolved').length, 1);
});

/**
 * Goal: after a kill between two writes the ledger tells of every session's end, with its receipt. Method: a real gateway is
 * stopped with its ledger and its table of sessions as a kill leaves them, and started again.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CaseId, GrantId } from '@chaperone/domain/id/id.ts';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import { factsOf, newTestGateway } from '../../composition/testing/gateway-harness.ts';
import type { Technician, TestGateway } from '../../composition/testing/gateway-harness.ts';
import { grantSession, openCase, resolveCase } from '../../composition/testing/session-script.ts';
import { openDatabase } from '../../platform/database/database.ts';
import { systemRandom } from '../../platform/random/random.ts';
import type { SessionTables } from './tables.ts';

let gateway: TestGateway;
let tara: Technician;
before(async () => {
  gateway = await newTestGateway();
  tara = await gateway.signedIn('tara');
});
after(async () => await gateway[Symbol.asyncDispose]());

/** The row of the session ends, as the last thing before the kill. */
async function endRow(caseId: string, receipt: string | null): Promise<void> {
  await gateway.running.close();
  const file = path.join(gateway.configuration.dataDirectory, 'gateway.db');
  const database = await openDatabase({ location: { kind: 'sqlite', file } });
  await database
    .db<SessionTables>()
    .updateTable('remote_session')
    .set({ state: 'ended', ended_at: 9, end_reason: 'operator-ended', receipt_jws: receipt })
    .where('case_id', '=', caseId)
    .execute();
  await database.close();
  await gateway.restart();
  tara.moveTo(gateway.running);
}

async function endsOf(caseId: string) {
  return (await factsOf(gateway.running)).flatMap((fact) =>
    fact.kind === 'session-ended' && fact.caseId === caseId ? [fact] : [],
  );
}

test('an end that only the table knows is written to the ledger, once', async () => {
  const cart = await gateway.enrolCart('US-7001');
  const serviceCase = await openCase(tara, 'US-7001');
  await cart.connect();
  await grantSession(tara, cart, serviceCase);
  assert.deepEqual(await endsOf(serviceCase.id), []);
  await endRow(serviceCase.id, 'a.receipt.x');
  const [end, ...more] = await endsOf(serviceCase.id);
  assert.equal(end?.reason, 'operator-ended');
  assert.equal(end.receiptDigest, statementDigest('a.receipt.x'));
  assert.deepEqual(more, []);
  await gateway.restart();
  tara.moveTo(gateway.running);
  assert.equal((await endsOf(serviceCase.id)).length, 1);
});

test('a grant that only the ledger knows is ended there: nobody can use it any more', async () => {
  const { ledger } = gateway.running;
  await gateway.enrolCart('US-7002');
  const serviceCase = await openCase(tara, 'US-7002');
  const grantId: GrantId = newId('grant', systemRandom);
  const ids = {
    caseId: serviceCase.id as CaseId,
    sessionId: newId('session', systemRandom),
    technicianId: tara.id as never,
  };
  const activities = ['view'] as const;
  await ledger.append({ kind: 'session-requested', ...ids, grantId: null, activities });
  await ledger.append({ kind: 'grant-received', ...ids, grantId, activities });
  await gateway.restart();
  tara.moveTo(gateway.running);
  const ends = await endsOf(serviceCase.id);
  assert.deepEqual(
    ends.map((end) => [end.grantId, end.reason, end.receiptDigest]),
    [[grantId, 'gateway-ended', null]],
  );
  assert.equal((await resolveCase(tara, serviceCase)).status, 200);
});

test('a session that its technician had left is over at the start when its case is being resolved', async () => {
  const cart = await gateway.enrolCart('US-7004');
  const serviceCase = await openCase(tara, 'US-7004');
  await cart.connect();
  await grantSession(tara, cart, serviceCase);
  const caseId = serviceCase.id as CaseId;
  await gateway.running.ledger.append({ kind: 'case-resolving', caseId, by: tara.id as never });
  await gateway.restart();
  tara.moveTo(gateway.running);
  assert.deepEqual(
    (await endsOf(caseId)).map(({ reason }) => reason),
    ['gateway-ended'],
  );
  const { body } = await tara.ask('GET', `/api/cases/${caseId}`);
  assert.equal(body['state'], 'resolved');
});

test('a grant that only the ledger knows is ended when its case is resolved, also without a restart', async () => {
  const { ledger } = gateway.running;
  await gateway.enrolCart('US-7005');
  const serviceCase = await openCase(tara, 'US-7005');
  const caseId = serviceCase.id as CaseId;
  const grantId: GrantId = newId('grant', systemRandom);
  const ids = { caseId, sessionId: newId('session', systemRandom), technicianId: tara.id as never };
  const activities = ['view'] as const;
  await ledger.append({ kind: 'session-requested', ...ids, grantId: null, activities });
  // The database failed before it took the row.
  await ledger.append({ kind: 'grant-received', ...ids, grantId, activities });
  assert.equal((await resolveCase(tara, serviceCase)).status, 200);
  assert.deepEqual(
    (await endsOf(caseId)).map((end) => [end.grantId, end.reason]),
    [[grantId, 'gateway-ended']],
  );
});

test('a session that goes on is not ended by a restart', async () => {
  const cart = await gateway.enrolCart('US-7003');
  const serviceCase = await openCase(tara, 'US-7003');
  await cart.connect();
  await grantSession(tara, cart, serviceCase);
  await gateway.restart();
  tara.moveTo(gateway.running);
  assert.deepEqual(await endsOf(serviceCase.id), []);
});

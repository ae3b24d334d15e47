/**
 * Goal: whatever a transfer was at when the gateway was killed, the next start puts it right: what is whole is a record and in
 * the ledger, what nobody waits for is gone, and nothing keeps the gateway from starting. Method: a real gateway is stopped,
 * its database and files are put into the state that a kill leaves, and it is started again on them.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { Kysely } from 'kysely';
import {
  factOf,
  factsOf,
  newTestGateway,
  someBytes,
} from '../../composition/testing/gateway-harness.ts';
import type { Technician, TestGateway } from '../../composition/testing/gateway-harness.ts';
import {
  fetchFile,
  grantSession,
  openCase,
  resolveCase,
  transferIs,
} from '../../composition/testing/session-script.ts';
import type { TestCase } from '../../composition/testing/session-script.ts';
import { openDatabase } from '../../platform/database/database.ts';
import { systemRandom } from '../../platform/random/random.ts';
import type { VaultTables } from '../../vault/vault-schema.ts';
import type { CaseTables } from '../service-case/tables.ts';
import type { TransferTables } from './tables.ts';

type Tables = TransferTables & CaseTables & VaultTables;

let gateway: TestGateway;
let tara: Technician;
before(async () => {
  gateway = await newTestGateway();
  tara = await gateway.signedIn('tara');
});
after(async () => await gateway[Symbol.asyncDispose]());

/** Stops the gateway, changes what it left as a kill would have, and starts it again. */
async function startedOn(change: (db: Kysely<Tables>) => Promise<unknown>): Promise<void> {
  await gateway.running.close();
  const file = path.join(gateway.configuration.dataDirectory, 'gateway.db');
  const database = await openDatabase({ location: { kind: 'sqlite', file } });
  await change(database.db<Tables>());
  await database.close();
  await gateway.restart();
  tara.moveTo(gateway.running);
}

async function fetched(serial: string): Promise<{ serviceCase: TestCase; transfer: string }> {
  const cart = await gateway.enrolCart(serial);
  const serviceCase = await openCase(tara, serial);
  await cart.connect();
  await grantSession(tara, cart, serviceCase);
  cart.files.set('a.dcm', someBytes(200_000));
  const transfer = await fetchFile(tara, serviceCase, 'a.dcm');
  await transferIs(tara, serviceCase, transfer, 'done');
  await tara.ask('POST', `/api/cases/${serviceCase.id}/session/leave`);
  await factOf(gateway.running, 'session-ended', ({ caseId }) => caseId === serviceCase.id);
  return { serviceCase, transfer };
}

const underWay = (db: Kysely<Tables>, transfer: string) =>
  db
    .updateTable('case_transfer')
    .set({ state: 'verifying', record_id: null })
    .where('id', '=', transfer)
    .execute();

test('a file that was sealed in the moment of the kill is done, though its session is over', async () => {
  const { serviceCase, transfer } = await fetched('US-6001');
  await startedOn(async (db) => await underWay(db, transfer));
  const done = await transferIs(tara, serviceCase, transfer, 'done');
  const { body } = await tara.ask('GET', `/api/cases/${serviceCase.id}`);
  assert.deepEqual(
    (body['recordList'] as { id: string }[]).map(({ id }) => id),
    [done.record],
  );
  const told = (await factsOf(gateway.running)).filter(
    (fact) => 'transferId' in fact && fact.transferId === transfer,
  );
  assert.deepEqual(
    told.map(({ kind }) => kind),
    ['fetch-begun', 'record-sealed', 'record-sealed'],
  );
});

test('what is staged for nobody is removed at the start', async () => {
  const { serviceCase } = await fetched('US-6002');
  const staging = path.join(gateway.configuration.dataDirectory, 'vault', 'staging');
  const own = path.join(staging, serviceCase.id);
  await startedOn(async () => {
    mkdirSync(own, { recursive: true });
    writeFileSync(path.join(own, `${newId('transfer', systemRandom)}.age`), someBytes(70_000));
  });
  assert.deepEqual(readdirSync(own), []);
});

test('the gateway starts and completes a destruction though a transfer of its case was under way', async () => {
  const { serviceCase, transfer } = await fetched('US-6003');
  const id = serviceCase.id as CaseId;
  const by = { id: tara.id, name: tara.name, role: 'technician' };
  await startedOn(async (db) => {
    await underWay(db, transfer);
    await db
      .updateTable('service_case')
      .set({
        state: 'resolving',
        decided_at: 1,
        decided_by: tara.id,
        decided_by_person: JSON.stringify(by),
        decision_index: 0,
      })
      .where('id', '=', id)
      .execute();
    await db
      .insertInto('vault_destruction')
      .values({
        case_id: id,
        step: 'decided',
        records: 1,
        bytes: 1,
        decided_at: 1,
        destroyed_at: null,
      })
      .execute();
  });
  const { body } = await tara.ask('GET', `/api/cases/${id}`);
  assert.equal(body['state'], 'resolved');
});

test('a case that is resolved right after its session tells first what became of each file', async () => {
  const serial = 'US-6004';
  const cart = await gateway.enrolCart(serial);
  const serviceCase = await openCase(tara, serial);
  await cart.connect();
  await grantSession(tara, cart, serviceCase);
  cart.files.set('a.dcm', someBytes(3_000_000));
  cart.breakAfterBytes = 1_000_000;
  const transfer = await fetchFile(tara, serviceCase, 'a.dcm');
  await transferIs(tara, serviceCase, transfer, 'interrupted');
  await tara.ask('POST', `/api/cases/${serviceCase.id}/session/leave`);
  const resolved = await resolveCase(tara, serviceCase);
  assert.equal(resolved.status, 200, resolved.text);
  const kinds = (await factsOf(gateway.running))
    .filter((fact) => 'caseId' in fact && fact.caseId === serviceCase.id)
    .map(({ kind }) => kind);
  assert.ok(kinds.includes('transfer-paused'));
  assert.ok(kinds.indexOf('transfer-paused') < kinds.indexOf('case-resolving'), kinds.join());
});

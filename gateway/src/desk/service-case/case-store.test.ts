/**
 * Goal: the database itself keeps what a case may become, numbers are never given twice, and erasing leaves nothing.
 * Method: the real store on both databases.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId, parseCartSerial } from '@chaperone/domain/id/id.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import { forEachDatabase } from '../../platform/database/testing/database-suite.ts';
import { RuleViolation } from '../../platform/database/database-error.ts';
import { systemRandom } from '../../platform/random/random.ts';
import { CaseStore } from './case-store.ts';
import { CASE_MIGRATIONS } from './tables.ts';
import type { CaseTables } from './tables.ts';

const by = newId('technician', systemRandom);
const person = { id: by, name: 'Tara', role: 'technician' };
const decision = { by: person, atUtcMs: 5, ledgerIndex: 7 };

async function withCase(store: CaseStore): Promise<CaseId> {
  const id = newId('case', systemRandom);
  const number = await store.nextNumber(2026);
  const cart = parseCartSerial('US-1');
  await store.add({
    id,
    facility: 'F',
    cart,
    openedUtcMs: 1,
    openedBy: by,
    number,
    detail: 'sealed',
    designated: [by],
  });
  return id;
}

forEachDatabase('case store', (open) => {
  test('numbers count up within a year, whoever asks at once', async () => {
    const store = new CaseStore(await open(CASE_MIGRATIONS));
    const numbers = await Promise.all(
      Array.from({ length: 20 }, async () => await store.nextNumber(2026)),
    );
    assert.equal(new Set(numbers).size, 20);
    assert.equal(await store.nextNumber(2026), 'SC-2026-0021');
    assert.equal(await store.nextNumber(2027), 'SC-2027-0001');
  });

  test('a case is decided once, keeps its first certificate, and is then resolved', async () => {
    const store = new CaseStore(await open(CASE_MIGRATIONS));
    const id = await withCase(store);
    assert.equal((await store.openOf('US-1'))?.id, id);
    assert.equal(await store.decide(id, decision), true);
    assert.equal(await store.decide(id, { ...decision, ledgerIndex: 9 }), false);
    assert.equal(await store.openOf('US-1'), null);
    assert.equal(await store.keepCertificate(id, 'first'), 'first');
    assert.equal(await store.keepCertificate(id, 'second'), 'first');
    await store.complete(id, 9);
    const found = await store.find(id);
    assert.deepEqual(
      [found?.state, found?.resolvedUtcMs, found?.decision],
      ['resolved', 9, decision],
    );
  });

  test('the database refuses what a case cannot become', async () => {
    const database = await open(CASE_MIGRATIONS);
    const store = new CaseStore(database);
    const id = await withCase(store);
    const set = async (change: Partial<CaseTables['service_case']>): Promise<void> => {
      const table = database.db<CaseTables>().updateTable('service_case');
      await table.set(change).where('id', '=', id).execute();
    };
    await assert.rejects(set({ state: 'resolved' }), RuleViolation);
    await assert.rejects(set({ number: 'SC-2026-9999' }), RuleViolation);
    await assert.rejects(set({ cart: 'US-2' }), RuleViolation);
    await store.decide(id, decision);
    await assert.rejects(set({ state: 'open' }), RuleViolation);
    const deletion = database.db<CaseTables>().deleteFrom('service_case').where('id', '=', id);
    await assert.rejects(deletion.execute(), RuleViolation);
  });

  test('erasing removes notes and what was said, and counts what is left', async () => {
    const store = new CaseStore(await open(CASE_MIGRATIONS));
    const id = await withCase(store);
    const other = await withCase(store);
    for (const caseId of [id, other])
      await store.addNote(caseId, { by, atUtcMs: 2, sealed: 'note' });
    assert.equal(await store.countTraces(id), 2);
    await store.eraseTraces(id);
    await store.eraseTraces(id);
    assert.equal(await store.countTraces(id), 0);
    assert.equal(await store.countTraces(other), 2);
  });

  test('who opened a case is designated, and nobody twice', async () => {
    const store = new CaseStore(await open(CASE_MIGRATIONS));
    const id = await withCase(store);
    const another = newId('technician', systemRandom);
    for (const technician of [another, by, another]) await store.designate(id, technician, 3);
    assert.deepEqual((await store.find(id))?.designated, [by, another]);
  });
});

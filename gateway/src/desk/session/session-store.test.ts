/**
 * Goal: a granted session is kept whole, ends once, and takes a receipt that comes late but never another.
 * Method: the real store on both databases.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId, parseCartSerial } from '@chaperone/domain/id/id.ts';
import { forEachDatabase } from '../../platform/database/testing/database-suite.ts';
import type { OpenTestDatabase } from '../../platform/database/testing/database-suite.ts';
import { RuleViolation, UniqueViolation } from '../../platform/database/database-error.ts';
import { systemRandom } from '../../platform/random/random.ts';
import { CASE_MIGRATIONS, ServiceCases } from '../service-case/service-case.ts';
import { SessionStore } from './session-store.ts';
import type { GrantedSession } from './session-store.ts';
import { SESSION_MIGRATIONS } from './tables.ts';
import type { SessionTables } from './tables.ts';

async function withSession(open: OpenTestDatabase) {
  const database = await open([...CASE_MIGRATIONS, ...SESSION_MIGRATIONS]);
  const technician = newId('technician', systemRandom);
  const caseId = newId('case', systemRandom);
  const { store: cases } = new ServiceCases({ database } as never, null as never, {
    designatedBy: 'lead',
    isHoldProposed: async () => false,
    exportsOwed: async () => 0,
    keepRule: async () => undefined,
  });
  const cart = parseCartSerial('US-1');
  const opened = {
    openedUtcMs: 1,
    openedBy: technician,
    number: 'SC-2026-0001',
    detail: 'x',
    designated: [],
  };
  await cases.add({ id: caseId, facility: 'F', cart, ...opened });
  const session: GrantedSession = {
    session: newId('session', systemRandom),
    grant: newId('grant', systemRandom),
    caseId,
    cart,
    technician,
    workstation: newId('workstation', systemRandom),
    workstationKey: 'w',
    cartKey: 'c',
    grantJWS: 'a.b.c',
    grantedUtcMs: 2,
  };
  const store = new SessionStore(database);
  await store.add(session);
  return { database, store, session };
}

forEachDatabase('session store', (open) => {
  test('a session is found as it was granted, and is running until it ends', async () => {
    const { store, session } = await withSession(open);
    assert.deepEqual(await store.running(), [session]);
    assert.deepEqual(await store.find(session.session), session);
    await store.end(session.session, { atUtcMs: 3, reason: 'operator-ended', receiptJWS: null });
    assert.deepEqual(await store.running(), []);
    // Ending again changes nothing, but a receipt is still welcome, once.
    for (const receiptJWS of ['r.1.x', 'r.2.x']) {
      await store.end(session.session, { atUtcMs: 9, reason: 'connection-lost', receiptJWS });
    }
    const ended = { endedUtcMs: 3, reason: 'operator-ended', receiptJWS: 'r.1.x' };
    assert.deepEqual(await store.find(session.session), { ...session, ...ended });
    assert.deepEqual(await store.receiptsOf(session.caseId), ['r.1.x']);
  });

  test('the database lets no session come back, change hands or be granted twice', async () => {
    const { database, store, session } = await withSession(open);
    await assert.rejects(store.add(session), UniqueViolation);
    const set = async (change: Partial<SessionTables['remote_session']>): Promise<void> => {
      const table = database.db<SessionTables>().updateTable('remote_session');
      await table.set(change).where('session_id', '=', session.session).execute();
    };
    await assert.rejects(set({ technician_id: newId('technician', systemRandom) }), RuleViolation);
    await store.end(session.session, { atUtcMs: 3, reason: 'operator-ended', receiptJWS: null });
    await assert.rejects(set({ state: 'granted' }), RuleViolation);
  });
});

/**
 * Goal: what earlier versions kept in plain of a case's holds and ended sessions is gone after the migration, and the rules of
 * the tables hold as before. Method: both databases with rows of earlier versions, migrated.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forEachDatabase } from '../../platform/database/testing/database-suite.ts';
import { PROPOSAL_MIGRATIONS } from '../two-person/two-person.ts';
import type { ProposalTables } from '../two-person/tables.ts';
import { ADMINISTRATION_MIGRATIONS, CASE_REASON_ERASURE_MIGRATIONS } from './administration.ts';
import type { AdministrationTables } from './tables.ts';

const ACTS = ['end-session', 'propose-set-legal-hold', 'decline-set-legal-hold', 'end-sign-in'];

forEachDatabase('reasons of earlier versions', (open) => {
  test('of cases are taken away, the others stay, and no row can be changed afterwards', async () => {
    const database = await open();
    await database.migrate([...ADMINISTRATION_MIGRATIONS, ...PROPOSAL_MIGRATIONS]);
    const db = database.db<AdministrationTables & ProposalTables>();
    for (const act of ACTS) {
      const row = { act, target: 'x', done_by: 'tech-1', workstation: null };
      const values = { ...row, reason: `${act} of Mrs Quartzheim`, salt: 's', done_at: 1 };
      await db.insertInto('desk_administration_act').values(values).execute();
    }
    for (const act of ['set-legal-hold', 'create-account']) {
      const row = { id: act, act, target: 'x', target_name: 'x', role: 'lead', proposed_by: 'y' };
      const undecided = {
        state: 'open',
        proposed_at: 1,
        decided_by: null,
        decided_at: null,
      } as const;
      const values = { ...row, ...undecided, reason: `${act} of Mrs Quartzheim` };
      await db.insertInto('desk_proposal').values(values).execute();
    }
    await database.migrate([
      ...ADMINISTRATION_MIGRATIONS,
      ...PROPOSAL_MIGRATIONS,
      ...CASE_REASON_ERASURE_MIGRATIONS,
    ]);
    const acts = await db.selectFrom('desk_administration_act').selectAll().execute();
    assert.deepEqual(
      acts.filter(({ reason }) => reason !== '').map(({ act }) => act),
      ['end-sign-in'],
    );
    const proposals = await db.selectFrom('desk_proposal').selectAll().execute();
    assert.deepEqual(
      proposals.filter(({ reason }) => reason !== '').map(({ act }) => act),
      ['create-account'],
    );
    for (const table of ['desk_administration_act', 'desk_proposal'] as const)
      await assert.rejects(db.updateTable(table).set({ reason: 'other' }).execute());
  });
});

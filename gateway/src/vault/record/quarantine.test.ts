/**
 * Goal: the content of a record that is not released is given to nobody but the scanner, whatever the database says. Method:
 * both databases; each state in turn; rows that somebody changed without the case's key; a vault that is opened again.
 */
import { deepEqual, equal, rejects } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import { RecordInQuarantine } from '@chaperone/domain/quarantine/quarantine.ts';
import type { Quarantine } from '@chaperone/domain/quarantine/quarantine.ts';
import type { CaseRecord } from '@chaperone/domain/record/record.ts';
import type { Database } from '../../platform/database/database.ts';
import { RuleViolation } from '../../platform/database/database-error.ts';
import { forEachDatabase } from '../../platform/database/testing/database-suite.ts';
import { systemRandom } from '../../platform/random/random.ts';
import { ManualClock } from '../../platform/testing/manual-clock.ts';
import { RecordDamaged, RecordUnknown } from '../contract.ts';
import { release } from '../testing/release.ts';
import { VAULT_MIGRATIONS } from '../vault-schema.ts';
import type { VaultTables } from '../vault-schema.ts';
import { openVault } from '../vault.ts';
import type { OpenedVault } from '../vault.ts';

const CONTENT = Buffer.from('what a cart gave');
const HELD: Quarantine = { state: 'held', reason: 'too-large', definitions: 1, atUtcMs: 2 };
const INFECTED: Quarantine = { state: 'infected', signature: 'Eicar', definitions: 1, atUtcMs: 2 };

const directories: string[] = [];
after(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

async function openAt(database: Database, directory: string): Promise<OpenedVault> {
  return await openVault({ database, directory, clock: new ManualClock(), random: systemRandom });
}

async function receive(vault: OpenedVault, caseId: CaseId): Promise<CaseRecord> {
  const staging = await vault.openStaging(caseId, newId('transfer', systemRandom));
  await staging.append(CONTENT);
  const sha256 = createHash('sha256').update(CONTENT).digest('base64url');
  return await staging.finish({ origin: 'fetched', name: 'a.dcm', sha256 });
}

async function readToScan(vault: OpenedVault, { caseId, id }: CaseRecord): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of (await vault.quarantine.contentToScan(caseId, id)).bytes)
    parts.push(part);
  return Buffer.concat(parts);
}

forEachDatabase('quarantine', (open) => {
  const begin = async () => {
    const database = await open(VAULT_MIGRATIONS);
    const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-quarantine-'));
    directories.push(directory);
    const vault = await openAt(database, directory);
    const caseId = newId('case', systemRandom);
    await vault.createCaseKey(caseId);
    return { database, directory, vault, caseId };
  };

  test('in no state but released is there any content, whole or in part', async () => {
    const { vault, caseId } = await begin();
    const record = await receive(vault, caseId);
    const refused = async (): Promise<void> => {
      for (const range of [undefined, { offset: 1, length: 2 }, { offset: 0, length: 0 }])
        await rejects(vault.content(caseId, record.id, range), RecordInQuarantine);
    };
    const move = async (from: Quarantine['state'], to: Quarantine): Promise<void> =>
      await vault.quarantine.move(caseId, record.id, from, to);
    await refused();
    await rejects(readToScan(vault, record), RecordUnknown);
    await move('waiting', { state: 'scanning' });
    await refused();
    deepEqual(await readToScan(vault, record), CONTENT);
    await move('scanning', HELD);
    await refused();
    deepEqual((await vault.record(caseId, record.id)).quarantine, HELD);
    await move('held', { state: 'waiting' });
    await move('waiting', { state: 'scanning' });
    await move('scanning', INFECTED);
    await refused();
    await rejects(readToScan(vault, record), RecordUnknown);
    deepEqual(await vault.countQuarantine(caseId), { released: 0, neverReleased: 0, infected: 1 });
    // Its digest can still be checked.
    await vault.verifyRecord(caseId, record.id);
    await vault.close();
  });

  test('what is released can be read, also by a vault that is opened again', async () => {
    const { database, directory, vault, caseId } = await begin();
    const record = await receive(vault, caseId);
    await release(vault, record);
    await vault.close();
    const again = await openAt(database, directory);
    equal((await again.content(caseId, record.id)).record.quarantine.state, 'released');
    await again.close();
  });

  test('no row goes from infected or waiting to released, and none begins so', async () => {
    const { database, vault, caseId } = await begin();
    const record = await receive(vault, caseId);
    const set = async (quarantine: 'released' | 'infected' | 'scanning'): Promise<void> =>
      void (await database
        .db<VaultTables>()
        .updateTable('vault_record')
        .set({ quarantine })
        .where('id', '=', record.id)
        .execute());
    await rejects(set('released'), RuleViolation);
    await set('scanning');
    await set('infected');
    await rejects(set('released'), RuleViolation);
    await vault.close();
  });

  test('a state that was written without the case key releases nothing, nor does the verdict of another record', async () => {
    const { database, vault, caseId } = await begin();
    const [record, other] = [await receive(vault, caseId), await receive(vault, caseId)];
    await release(vault, other);
    await vault.quarantine.move(caseId, record.id, 'waiting', { state: 'scanning' });
    const db = database.db<VaultTables>();
    const { verdict } = await db
      .selectFrom('vault_record')
      .select('verdict')
      .where('id', '=', other.id)
      .executeTakeFirstOrThrow();
    for (const forged of [null, verdict, 'AAAA']) {
      await db
        .updateTable('vault_record')
        .set({ quarantine: 'released', verdict: forged })
        .where('id', '=', record.id)
        .execute();
      await rejects(vault.content(caseId, record.id), RecordDamaged);
    }
    await vault.close();
  });

  test('where a record comes from is sealed with it: another origin, or the seal of another record, is damage', async () => {
    const { database, vault, caseId } = await begin();
    const [record, other] = [await receive(vault, caseId), await receive(vault, caseId)];
    const db = database.db<VaultTables>();
    const rowOf = async (id: CaseRecord['id']) =>
      await db
        .selectFrom('vault_record')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
    const row = await rowOf(record.id);
    const { sealed: foreign } = await rowOf(other.id);
    // As whoever writes the database does it whom no rule of the table holds.
    const replace = async (change: Partial<typeof row>): Promise<void> => {
      await db.deleteFrom('vault_record').where('id', '=', record.id).execute();
      await db
        .insertInto('vault_record')
        .values({ ...row, ...change })
        .execute();
    };
    for (const forged of [{ origin: 'recording' }, { sealed: foreign }] as const) {
      await replace(forged);
      await rejects(vault.record(caseId, record.id), RecordDamaged);
    }
    await replace({});
    equal((await vault.record(caseId, record.id)).origin, 'fetched');
    // One of an earlier version says nothing of it.
    const { name, sha256 } = record;
    const earlier = await vault.sealText(caseId, JSON.stringify({ name, sha256 }));
    await replace({ sealed: earlier });
    equal((await vault.record(caseId, record.id)).name, 'a.dcm');
    await vault.close();
  });

  test('who is told of a new record is told before it is acknowledged', async () => {
    const { vault, caseId } = await begin();
    vault.quarantine.attend(async (record) => await release(vault, record));
    const record = await receive(vault, caseId);
    equal(record.quarantine.state, 'released');
    await vault.close();
  });
});

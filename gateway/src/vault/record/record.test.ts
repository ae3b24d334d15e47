/**
 * Goal: a file whose case is closed while it is being made leaves nothing on the disk.
 * Method: real records on SQLite; the case is closed at each moment of the opening that a turn of the loop can reach.
 */
import { deepEqual, ok, rejects } from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import { openDatabase } from '../../platform/database/database.ts';
import { systemRandom } from '../../platform/random/random.ts';
import { ManualClock } from '../../platform/testing/manual-clock.ts';
import { CaseKeyMissing } from '../contract.ts';
import { Keyring } from '../keyring/keyring.ts';
import { VAULT_MIGRATIONS } from '../vault-schema.ts';
import { openRecordStore } from '../record-store/record-store.ts';
import { Records } from './record.ts';

/** More than an opening needs. */
const TURNS = 60;

/** Names the files, not the directories, that are staged. */
function stagedIn(directory: string): readonly string[] {
  const entries = readdirSync(path.join(directory, 'staging'), {
    recursive: true,
    withFileTypes: true,
  });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

test('a case that is closed while a file is being made keeps no staged file', async (t) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-records-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const database = await openDatabase({
    location: { kind: 'sqlite', file: path.join(directory, 'gateway.db') },
  });
  t.after(async () => await database.close());
  await database.migrate(VAULT_MIGRATIONS);
  const random = systemRandom;
  const keyring = await Keyring.open({ directory: path.join(directory, 'keyring'), random });
  const clock = new ManualClock();
  const store = await openRecordStore({ kind: 'directory' }, directory);
  const records = await Records.open({ database, directory, store, keyring, clock, random });
  let refused = 0;
  for (let turns = 0; turns < TURNS; turns += 1) {
    const caseId = newId('case', random);
    await keyring.create(caseId);
    const opening = records.openStaging(caseId, newId('transfer', random)).then(
      () => null,
      (fault: unknown) => fault,
    );
    for (let turn = 0; turn < turns; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await records.closeCase(caseId);
    const fault = await opening;
    if (fault !== null) {
      ok(fault instanceof CaseKeyMissing);
      refused += 1;
    }
    deepEqual(stagedIn(directory), [], `closed after ${turns} turns`);
    await rejects(records.openStaging(caseId, newId('transfer', random)), CaseKeyMissing);
  }
  ok(refused > 0, 'no case was closed in time');
  await records.close();
});

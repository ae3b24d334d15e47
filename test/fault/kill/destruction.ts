/** Resolving a case in a round: it is asked for once, completes whatever is killed, and leaves nothing. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { exportList } from '@chaperone/protocol/console-api/records.ts';
import { eventually } from '../../harness/eventually.ts';
import { filesHolding } from '../../harness/files-holding.ts';
import { Refused } from '../../harness/technician.ts';
import type { Case, Technician } from '../../harness/technician.ts';
import { filesBelow } from './acknowledged.ts';
import type { KillDay } from './kill-day.ts';
import { PLANTED } from './kill-files.ts';

const WORDS = [...Object.values(PLANTED), 'planted-complaint-words', 'Planted Caller'];

/** Resolves the case. @param mayWait false while a blow is awaited: then what it cuts off is simply thrown */
export async function destroy(day: KillDay, opened: Case, mayWait: boolean): Promise<void> {
  const { technician } = day;
  if (!mayWait) {
    await attestAll(technician, opened.id);
    await technician.resolve(opened.id, opened.number);
    return;
  }
  if (await isBegun(day, opened.id)) {
    // Nobody asks again: a destruction that has begun completes by itself.
    await eventually('the destruction to complete by itself', async () => {
      const { state } = await technician.case(opened.id);
      return state === 'resolved';
    });
    return;
  }
  await attestAll(technician, opened.id);
  const resolved = await technician.resolve(opened.id, opened.number);
  assert.equal(resolved.state, 'resolved');
}

/** Attests that what was exported is deleted: until then nothing is resolved. */
async function attestAll(technician: Technician, caseId: string): Promise<void> {
  const at = `/api/cases/${caseId}/exports`;
  const { exports } = await technician.ask(exportList, 'GET', at);
  for (const { id } of exports.filter(({ attestation }) => attestation === null))
    await technician.call('POST', `${at}/${id}/attestation`, { reason: null });
}

/** Whether the decision stands in the database or in the ledger. */
async function isBegun({ technician }: KillDay, caseId: string): Promise<boolean> {
  const { state } = await technician.case(caseId);
  if (state !== 'open') return true;
  const { entries } = (await technician.call('GET', `/api/cases/${caseId}/timeline`)) as {
    readonly entries: readonly { readonly kind: string }[];
  };
  return entries.some(({ kind }) => kind === 'case-resolving');
}

/** Looks for anything of the case: its words, its files, its key, and what the console still gives out. */
export async function inspectDestroyed(day: KillDay, caseId: string): Promise<void> {
  const { technician, system, folder } = day;
  const found = await technician.case(caseId);
  assert.equal(found.state, 'resolved');
  assert.equal(found.complaint, null);
  assert.equal(found.caller, null);
  assert.deepEqual([found.notes, found.recordList, found.transfers], [[], [], []]);
  assert.deepEqual(await filesHolding(system.gatewayData, WORDS), []);
  // The facility's own receipts stay with the facility, on its cart, and name the files that left it (decision 0037).
  const receipts = path.join(system.cartData, 'receipts') + path.sep;
  const onCart = await filesHolding(system.cartData, WORDS);
  assert.deepEqual(
    onCart.filter(({ file }) => !file.startsWith(receipts)),
    [],
  );
  for (const log of ['gateway.log', 'cart.log']) {
    const said = await readFile(path.join(folder, log));
    assert.deepEqual(
      WORDS.filter((words) => said.includes(words)),
      [],
      log,
    );
  }
  const files = await filesBelow(path.join(system.gatewayData, 'vault'));
  assert.deepEqual(
    files.filter((file) => file.includes(caseId)),
    [],
    'files of the case',
  );
}

/** Reads the certificate. @returns it as it was signed */
export async function certify({ technician }: KillDay, caseId: string): Promise<string> {
  const { claims, jws } = await technician.certificate(caseId);
  assert.equal(claims.case, caseId);
  assert.equal(claims.verification.result, 'nothing found');
  const origins = Object.entries(claims.sanitization?.counts ?? {}).filter(([name]) =>
    name.startsWith('records-'),
  );
  assert.equal(
    origins.reduce((sum, [, count]) => sum + count, 0),
    claims.records,
  );
  return jws;
}

/** A record that was destroyed is not given out. */
export async function inspectRefused(day: KillDay, caseId: string, record: string): Promise<void> {
  await assert.rejects(day.technician.content(caseId, record), (fault: unknown) => {
    return fault instanceof Refused && fault.status < 500;
  });
}

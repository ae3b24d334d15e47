/** What a round was told is so, and must find again after every restart. */
import { SEALED_AT_ONCE_BYTES } from '@chaperone/gateway/vault/contract.ts';
import { FOOT_BYTES, readFoot } from '@chaperone/protocol/recording/recording-format.ts';
import assert from 'node:assert/strict';
import { readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../../harness/eventually.ts';
import { exportList } from '@chaperone/protocol/console-api/records.ts';
import { BLOCK_BYTES } from '@chaperone/domain/transfer/block.ts';
import { isSettled } from '@chaperone/domain/transfer/transfer.ts';
import { Refused } from '../../harness/technician.ts';
import type { Case } from '../../harness/technician.ts';
import { journalOf } from './kill-day.ts';
import type { KillDay } from './kill-day.ts';
import { digestOf } from './kill-files.ts';
import { keeping } from './promise.ts';

const STAGING_NAME = /^\.chaperone-staging-/;

/** Of one case; what was answered with success, and nothing else. */
export class Acknowledged {
  isDesignated = false;
  readonly notes = new Set<string>();
  /** Digests of records, by id. */
  readonly records = new Map<string, string>();
  /** Records that were said to be infected. */
  readonly infected = new Set<string>();
  /** Transfers that were begun. */
  readonly transfers = new Set<string>();
  /** Transfers that were done. */
  readonly done = new Set<string>();
  /** Digests of what lies in the cart's inbox, by name. */
  readonly placed = new Map<string, string>();
  /** Exports of records, by id. */
  readonly exports = new Set<string>();
  /** Uploads that are not whole yet, by id: bytes that were taken, and whether the next piece is the last. */
  readonly uploads = new Map<string, { readonly bytes: number; readonly isNextLast: boolean }>();
  /** Sessions for which the operator's touch was taken. */
  readonly consents = new Set<string>();

  get count(): number {
    const all = [this.notes, this.records, this.transfers, this.placed, this.consents];
    const sum = [...all, this.exports, this.uploads].reduce((so, { size }) => so + size, 0);
    return sum + (this.isDesignated ? 1 : 0);
  }
}

/** Compares an open case with what was acknowledged of it. @throws PromiseBroken naming what is missing */
export async function inspectCase(
  day: KillDay,
  caseId: string,
  acknowledged: Acknowledged,
): Promise<Case> {
  const found = await keeping('acknowledged', async () => {
    return await inspectAcknowledged(day, caseId, acknowledged);
  });
  await keeping('whole', async () => {
    await inspectRecords(day, found, acknowledged);
    await inspectStaging(day, found);
  });
  return found;
}

async function inspectAcknowledged(
  day: KillDay,
  caseId: string,
  acknowledged: Acknowledged,
): Promise<Case> {
  const found = await day.technician.case(caseId);
  assert.equal(found.state, 'open');
  const me = day.technician.person?.id;
  if (acknowledged.isDesignated)
    assert.ok(
      found.designated.some(({ id }) => id === me),
      'the designation is lost',
    );
  const notes = new Set(found.notes.map(({ text }) => text));
  for (const note of acknowledged.notes) assert.ok(notes.has(note), `note "${note}" is lost`);
  for (const id of acknowledged.transfers) {
    const transfer = found.transfers.find((each) => each.id === id);
    assert.ok(transfer, `transfer ${id} is lost`);
    if (acknowledged.done.has(id)) assert.equal(transfer.state, 'done', `transfer ${id}`);
  }
  const ids = new Set(found.recordList.map(({ id }) => id));
  for (const id of acknowledged.records.keys()) assert.ok(ids.has(id), `record ${id} is lost`);
  const { exports } = await day.technician.ask(exportList, 'GET', `/api/cases/${caseId}/exports`);
  for (const id of acknowledged.exports)
    assert.ok(
      exports.some((each) => each.id === id),
      `export ${id} is lost`,
    );
  for (const [id, { bytes, isNextLast }] of acknowledged.uploads) {
    const upload = (await day.technician.uploads(caseId)).find((each) => each.id === id);
    // The answer that it has become a record may have been cut off.
    if (upload === undefined) assert.ok(isNextLast, `upload ${id} is lost`);
    else
      assert.ok(
        // What did not fill a sealed piece yet was in memory, and is sent again.
        upload.bytes >= bytes - SEALED_AT_ONCE_BYTES,
        `of upload ${id} something is lost: ${upload.bytes} of ${bytes} bytes`,
      );
  }
  return found;
}

/** Every record holds a whole file, and the one that was acknowledged. */
async function inspectRecords(
  day: KillDay,
  found: Case,
  acknowledged: Acknowledged,
): Promise<void> {
  const known = digestsOf(day);
  for (const record of found.recordList) {
    if (day.isScanned && record.name === day.files.infected.name) {
      await assertHeldBack(day, found.id, record.id);
      assert.ok(
        !acknowledged.infected.has(record.id) || record.quarantine.state === 'infected',
        `record ${record.id} was infected`,
      );
      continue;
    }
    const content = await day.technician.released(found.id, record.id);
    const digest = digestOf(content);
    // What was seen of the screen is put there by the gateway, to its foot.
    if (record.origin === 'recording')
      readFoot(content.subarray(content.length - FOOT_BYTES), content.length);
    else
      assert.ok(
        known.has(digest) || record.origin === 'de-identified',
        `record ${record.id} holds something that nobody put there`,
      );
    assert.equal(digest, acknowledged.records.get(record.id) ?? digest, `record ${record.id}`);
    assert.equal(Buffer.from(record.sha256, 'base64url').toString('hex'), digest);
  }
}

/** Nobody is given what a scanner has not found clean. */
export async function assertHeldBack(
  { technician }: KillDay,
  caseId: string,
  record: string,
): Promise<void> {
  // A gateway that is struck meanwhile refuses nothing: whoever asks sees to that.
  const isGiven = await technician.content(caseId, record).then(
    () => true,
    (fault: unknown) => {
      if (fault instanceof Refused && fault.code === 'RECORD_IN_QUARANTINE') return false;
      throw fault;
    },
  );
  assert.ok(!isGiven, `record ${record} was given before it was released`);
}

/** In the vault's staging lies only what a transfer that goes on has brought so far, once what failed is cleared away. */
async function inspectStaging(day: KillDay, found: Case): Promise<void> {
  const folder = path.join(day.system.gatewayData, 'vault', 'staging');
  await eventually(`nothing to be staged in ${folder} that nobody waits for`, async () => {
    const { transfers } = await day.technician.case(found.id);
    const uploads = await day.technician.uploads(found.id);
    const wanted = [...transfers.filter(({ state }) => !isSettled(state)), ...uploads].map(
      ({ id }) => id,
    );
    const files = await filesBelow(folder);
    return files.every((file) => wanted.includes(path.basename(file, '.age')));
  });
}

/**
 * Every final name in the cart's inbox holds a whole file.
 * @param isQuiet nothing is arriving: what is staged waits for the next session, which goes on only with whole blocks of it
 */
export async function inspectInbox(
  day: KillDay,
  acknowledged: Acknowledged,
  isQuiet: boolean,
): Promise<void> {
  const { inbox, toSend } = day.files;
  const names = await readdir(inbox);
  for (const name of names.filter((each) => !STAGING_NAME.test(each))) {
    const known = toSend.find((each) => name.endsWith(each.name));
    assert.equal(digestOf(await readFile(path.join(inbox, name))), known?.digest, name);
  }
  for (const [name, digest] of acknowledged.placed) {
    assert.ok(names.includes(name), `${name} is lost`);
    assert.equal(digestOf(await readFile(path.join(inbox, name))), digest, name);
  }
  if (!isQuiet) return;
  for (const name of names.filter((each) => STAGING_NAME.test(each))) {
    const { size } = await stat(path.join(inbox, name));
    assert.ok(
      size >= BLOCK_BYTES,
      `${name} has ${size} bytes, of which nothing can be gone on with`,
    );
  }
}

/** The touches that were taken are in the cart's journal, which is in order. */
export async function inspectConsents(day: KillDay, acknowledged: Acknowledged): Promise<void> {
  const lines = await journalOf(day.system);
  lines.forEach(({ index }, at) => assert.equal(index, at));
  const granted = new Set(
    lines.flatMap(({ fact }) => (fact.kind === 'grant-issued' ? [String(fact['sessionId'])] : [])),
  );
  for (const session of acknowledged.consents)
    assert.ok(granted.has(session), `the consent of session ${session} is not in the journal`);
}

/** A cart that was killed has ended its session, in its journal and in what it shows. */
export async function inspectStoppedCart(day: KillDay): Promise<void> {
  const view = await day.operator().view();
  assert.equal(view.phase, 'idle', 'a killed cart goes on with nothing');
  const story = (await journalOf(day.system)).filter(({ fact }) =>
    ['notice-accepted', 'session-ended'].includes(fact.kind),
  );
  const open = new Set<unknown>();
  for (const { fact } of story) {
    if (fact.kind === 'notice-accepted') open.add(fact['sessionId']);
    else open.delete(fact['sessionId']);
  }
  assert.deepEqual([...open], [], 'a session has no end in the journal');
}

/** Digests of everything that can be a record. */
function digestsOf({ files }: KillDay): ReadonlySet<string> {
  const all = [...files.onCart, ...files.folder.files, ...files.toSend];
  return new Set(all.map(({ digest }) => digest));
}

/** Files below a folder; none when it is not there. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((each) => each.isFile())
      .map((each) => path.join(each.parentPath, each.name));
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return [];
    throw fault;
  }
}

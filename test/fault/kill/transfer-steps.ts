/** What a round moves: fetches, a folder, and what is sent, each until it is whole whatever the blow cut off. */
import assert from 'node:assert/strict';
import { isSettled } from '@chaperone/domain/transfer/transfer.ts';
import { Refused } from '../../harness/technician.ts';
import { assertHeldBack } from './acknowledged.ts';
import { deidentify, exportOne, upload } from './case-work.ts';
import { digestOf } from './kill-files.ts';
import type { KnownFile } from './kill-files.ts';
import type { RoundInPlay } from './round-in-play.ts';
import { all } from './within.ts';

/** Codes of a begun transfer whose session is over. */
const OVER_CODES: ReadonlySet<string | null> = new Set(['SESSION_OVER', 'NO_SESSION']);
/** And of one whose database was away. */
const AWAY_CODES: ReadonlySet<string | null> = new Set([
  'DATABASE_UNAVAILABLE',
  'LEDGER_UNAVAILABLE',
]);
/** What is answered while a connection that was given up for dead comes back, and its session waits for its technician. */
const WAITING_CODES: ReadonlySet<string> = new Set(['NO_SESSION', 'CART_UNREACHABLE']);
const NO_CODES: ReadonlySet<string | null> = new Set();

/** Fetches a file and reads its record back. @param at its path on the cart */
export async function fetchFile(
  round: RoundInPlay,
  file: KnownFile,
  at = file.name,
): Promise<void> {
  const { technician } = round.day;
  const { id } = round.opened;
  const { transfers } = await technician.case(id);
  const under = transfers.findLast(
    ({ name, direction }) => name === file.name && direction === 'from-cart',
  );
  const begun =
    under !== undefined && under.state !== 'failed'
      ? under
      : await inSession(round, () => technician.fetchFile(id, 'logs', at));
  round.acknowledged.transfers.add(begun.id);
  await goOn(round, begun);
  const ended = await settled(round, begun.id);
  if (ended.state === 'paused') return await fetchFile(round, file, at);
  if (ended.state === 'failed') {
    mayFail(round, ended.failure);
    return await fetchFile(round, file, at);
  }
  assert.equal(ended.state, 'done');
  round.acknowledged.done.add(begun.id);
  round.acknowledged.records.set(ended.record ?? '?', file.digest);
  await readHalf(round, ended.record ?? '?', file);
}

/** Fetches a folder in one go; what a blow leaves of it is fetched file by file. De-identifies and exports one of it. */
export async function fetchFolder(round: RoundInPlay): Promise<void> {
  const { technician, files } = round.day;
  const { id } = round.opened;
  const { name, files: known } = files.folder;
  const { transfers } = await technician.case(id);
  if (!transfers.some(({ batch }) => batch !== null))
    await inSession(round, () => technician.fetchFolder(id, 'logs', name));
  await all(known.map((file) => fetchFile(round, file, `${name}/${file.name}`)));
  const [record] =
    [...round.acknowledged.records].find(([, digest]) => digest === known[0]?.digest) ?? [];
  const kept = { day: round.day, caseId: id, acknowledged: round.acknowledged };
  await all([deidentify(kept, record ?? '?'), exportOne(kept, record ?? '?', known[0])]);
}

/** Fetches what is infected: it is kept and said to be so, and at no moment given out. */
export async function fetchInfected(round: RoundInPlay): Promise<void> {
  const { day, acknowledged } = round;
  const { id } = round.opened;
  const { name } = day.files.infected;
  const { transfers } = await day.technician.case(id);
  const under = transfers.findLast((each) => each.name === name && each.state !== 'failed');
  const begun = under ?? (await inSession(round, () => day.technician.fetchFile(id, 'logs', name)));
  acknowledged.transfers.add(begun.id);
  await goOn(round, begun);
  await round.until(async () => {
    const found = (await round.caseOfLate()).recordList.find((each) => each.name === name);
    if (found === undefined) return null;
    await assertHeldBack(day, id, found.id);
    if (found.quarantine.state !== 'infected') return null;
    acknowledged.infected.add(found.id);
    return found;
  });
}

/** Uploads a file and sends it to the cart. */
export async function sendFile(round: RoundInPlay, file: KnownFile): Promise<void> {
  const { technician } = round.day;
  const { id } = round.opened;
  const { transfers } = await technician.case(id);
  const under = transfers.findLast(
    ({ name, direction, state }) =>
      name.endsWith(file.name) && direction === 'to-cart' && state !== 'failed',
  );
  const begun = under ?? (await beginSend(round, file));
  round.acknowledged.transfers.add(begun.id);
  await goOn(round, begun);
  const ended = await settled(round, begun.id);
  if (ended.state === 'paused') return await sendFile(round, file);
  if (ended.state === 'failed') {
    mayFail(round, ended.failure);
    round.attempt += 1;
    return await sendFile(round, file);
  }
  assert.equal(ended.state, 'done');
  round.acknowledged.done.add(begun.id);
  round.acknowledged.placed.set(begun.name, file.digest);
}

async function beginSend(round: RoundInPlay, file: KnownFile) {
  const { day, plan, names, acknowledged } = round;
  const { id } = round.opened;
  const name = names.get(file) ?? `${plan.round}-${round.attempt}-${file.name}`;
  names.set(file, name);
  const record = await upload({ day, caseId: id, acknowledged }, name, file);
  names.delete(file);
  await day.technician.released(id, record);
  return await inSession(round, () => day.technician.send(id, record));
}

/** Reads a record back; the blow may wait for its first part. */
async function readHalf(round: RoundInPlay, record: string, file: KnownFile): Promise<void> {
  const { technician } = round.day;
  await technician.released(round.opened.id, record);
  const address = `/api/cases/${round.opened.id}/records/${record}/content`;
  const { body } = await technician.raw('GET', address);
  assert.ok(body);
  const parts: Uint8Array[] = [];
  for await (const part of body) {
    parts.push(part);
    round.blow?.halfAnswer();
  }
  assert.equal(digestOf(Buffer.concat(parts)), file.digest);
}

/** A begun transfer may fail only because its session is over where the cart was killed, or for its database. */
function mayFail({ plan }: RoundInPlay, failure: string | null): void {
  const codes = { gateway: NO_CODES, cart: OVER_CODES, both: OVER_CODES, database: AWAY_CODES };
  const isExcused = plan.phase === 'work' && codes[plan.victim].has(failure);
  assert.ok(isExcused, `a transfer failed with ${failure}`);
}

async function settled(round: RoundInPlay, transferId: string) {
  return await round.until(async () => {
    const { transfers } = await round.caseOfLate();
    const found = transfers.find(({ id }) => id === transferId);
    if (found === undefined) return await mustBeThere(round, transferId);
    if (found.state !== 'paused') return isSettled(found.state) ? found : null;
    // Its session is over; a transfer may be held only where the cart was killed.
    mayFail(round, 'SESSION_OVER');
    return found;
  });
}

/** The view may be older than the transfer; one that is new is not. */
async function mustBeThere({ day, opened }: RoundInPlay, transferId: string): Promise<null> {
  const { transfers } = await day.technician.case(opened.id);
  assert.ok(
    transfers.some(({ id }) => id === transferId),
    `transfer ${transferId} is lost`,
  );
  return null;
}

/** Asks again while the session waits for its technician; after a blow that is a failure like any other. */
async function inSession<T extends object>(round: RoundInPlay, ask: () => Promise<T>): Promise<T> {
  return await round.until(async () => {
    try {
      return await ask();
    } catch (fault) {
      const isWaiting = fault instanceof Refused && WAITING_CODES.has(fault.code);
      if (!isWaiting || round.blow?.hasFallen === true) throw fault;
      await round.keepUp();
      return null;
    }
  });
}

/** Goes on with what a session that is over left. */
async function goOn(
  { day, opened }: RoundInPlay,
  { id, state }: { readonly id: string; readonly state: string },
): Promise<void> {
  if (state !== 'paused') return;
  await day.technician.act(opened.id, 'resume', { transfer: id });
}

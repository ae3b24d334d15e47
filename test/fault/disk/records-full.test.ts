// Goal: a disk that is full at any stage of a record on the gateway (an upload that resumes, the quarantine and its release, the
// de-identification in the vault) refuses with a sentence or lets wait, keeps what was acknowledged, leaves nothing half behind, and
// goes on once there is room. Method: real programs and a real clamd, the gateway's data on a small file system that is filled
// to several degrees.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { EICAR } from '@chaperone/gateway/antivirus/testing/packed.ts';
import { container, startClamd } from '@chaperone/host/linux-debian/clamav/testing/dated-clamd.ts';
import { recordSummary } from '@chaperone/protocol/console-api/schema.ts';
import { eventually } from '../../harness/eventually.ts';
import { Refused } from '../../harness/technician.ts';
import { startDiskDay } from './disk-day.ts';
import type { DiskDay } from './disk-day.ts';

const PAGE = 4096;
const PIECE_BYTES = 512 * 1024;
const FULL_CODES = ['DATABASE_FULL', 'DISK_FULL', 'DISK_RESERVE_REACHED', 'LEDGER_UNAVAILABLE'];

/** Does something on a disk with so many pages. @returns what came of it, null when it was refused for want of room */
async function withRoom<T>(day: DiskDay, pages: number, act: () => Promise<T>): Promise<T | null> {
  day.fillGateway(pages * PAGE);
  try {
    return await act();
  } catch (fault) {
    assert.ok(fault instanceof Refused, String(fault));
    assert.ok(FULL_CODES.includes(fault.code), fault.message);
    assert.match(fault.detail, /Make room/);
    return null;
  } finally {
    day.gatewayDisk.free();
  }
}

/** Files of the case in a part of the vault. */
function vaultFiles(day: DiskDay, part: 'staging' | 'records'): readonly string[] {
  const folder = path.join(day.gatewayDisk.directory, 'vault', part, day.opened.id);
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

test('an upload that resumes: each piece is taken whole or refused, and it goes on from what was acknowledged', async () => {
  await using day = await startDiskDay({ diskReserveBytes: 0 });
  const { technician, opened } = day;
  const content = Buffer.alloc(3 * PIECE_BYTES + 7, 'what is uploaded in pieces ');
  assert.equal(
    await withRoom(day, 0, () => technician.beginUpload(opened.id, 'never.bin', 10)),
    null,
    'it does not begin',
  );
  assert.deepEqual(await technician.uploads(opened.id), []);
  let refusals = 0;
  // Nothing left; enough for the beginning of a piece; for most of one; for its bytes and not for the row behind them.
  for (const pages of [0, 20, 100, 129]) {
    const name = `tool-${pages}.bin`;
    const begun = await technician.beginUpload(opened.id, name, content.length);
    const send = async (offset: number): Promise<string | null> =>
      await technician.uploadPiece(
        opened.id,
        begun.id,
        offset,
        content.subarray(offset, offset + PIECE_BYTES),
      );
    assert.equal(await send(0), null);
    const taken = await withRoom(day, pages, async () => {
      await send(PIECE_BYTES);
      return true;
    });
    if (taken === null) refusals += 1;
    const standing = (await technician.uploads(opened.id)).find(({ id }) => id === begun.id);
    assert.ok(standing, 'it is still there');
    const acknowledged = taken === null ? PIECE_BYTES : 2 * PIECE_BYTES;
    assert.ok(
      standing.bytes >= acknowledged,
      `of ${acknowledged} bytes ${standing.bytes} are left`,
    );
    let record: string | null = null;
    for (let at = standing.bytes; record === null; at += PIECE_BYTES) record = await send(at);
    assert.ok((await technician.released(opened.id, record)).equals(content));
  }
  assert.ok(refusals > 0, 'the disk was full');
  assert.deepEqual(await technician.uploads(opened.id), []);
  assert.deepEqual(vaultFiles(day, 'staging'), [], 'nothing half is left');
});

test('de-identification in the vault: the result is there whole or not at all, and is made with room', async () => {
  await using day = await startDiskDay({ diskReserveBytes: 0 });
  const { technician, opened } = day;
  const log = Buffer.alloc(200_000, '2026-11-30T08:00:00Z storage self test passed\n');
  const outcomes: boolean[] = [];
  for (const pages of [0, 2, 10, 40, 60, 200]) {
    const source = await technician.upload(opened.id, `self-test-${pages}.log`, log);
    await technician.released(opened.id, source);
    const before = (await technician.case(opened.id)).recordList.length;
    const at = `/api/cases/${opened.id}/records/${source}/deidentification`;
    const made = await withRoom(day, pages, () => technician.ask(recordSummary, 'POST', at));
    outcomes.push(made !== null);
    const { recordList } = await technician.case(opened.id);
    assert.equal(recordList.length, before + (made === null ? 0 : 1), `with ${pages} pages`);
    const result = made ?? (await technician.ask(recordSummary, 'POST', at));
    assert.equal(result.origin, 'de-identified');
    const content = await technician.released(opened.id, result.id);
    assert.equal(content.length, result.bytes);
  }
  assert.ok(outcomes.includes(false), 'the disk was full');
  const { recordList } = await technician.case(opened.id);
  assert.equal(vaultFiles(day, 'records').length, recordList.length, 'no file without its record');
  assert.deepEqual(vaultFiles(day, 'staging'), []);
});

test('quarantine: what cannot be written down is not released, and comes free or is named infected once there is room', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-clamd-full-'));
  const definitions = { 'daily.cud': container(Date.now() - 3_600_000) };
  const first = await startClamd(definitions, { folder });
  await first.close();
  await using day = await startDiskDay({ diskReserveBytes: 0 }, first.socket);
  const { technician, opened } = day;
  const clean = Buffer.alloc(50_000, 'a tool ');
  const wanted = await technician.upload(opened.id, 'tool.bin', clean);
  const bad = await technician.upload(opened.id, 'bad.bin', EICAR);
  const quarantineOf = async (record: string) =>
    (await technician.case(opened.id)).recordList.find(({ id }) => id === record)?.quarantine;
  const isRefused = async (record: string): Promise<void> =>
    await assert.rejects(technician.content(opened.id, record), (fault: unknown) => {
      return fault instanceof Refused && fault.code === 'RECORD_IN_QUARANTINE';
    });
  day.fillGateway();
  const clamd = await startClamd(definitions, { folder });
  try {
    // The gateway notices the scanner by itself, and cannot write down what that finds.
    await eventually('the quarantine to want room', async () => {
      await isRefused(wanted);
      await isRefused(bad);
      return /quarantine/.test(readFileSync(path.join(day.folder, 'gateway.log'), 'utf8'));
    });
    day.gatewayDisk.free();
    await eventually('the infected to be named', async () => {
      await isRefused(bad);
      return (await quarantineOf(bad))?.state === 'infected';
    });
    assert.ok((await technician.released(opened.id, wanted)).equals(clean));
    assert.equal((await quarantineOf(wanted))?.scanned, true);
    await isRefused(bad);
  } finally {
    await clamd.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

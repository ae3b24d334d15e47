/**
 * Goal: the receipt of a session that ends on a full disk outlives the agent, with its list of files, is put on the shelf once there is room,
 * and leaves no name of a file behind in the room that is kept for it. Method: a small tmpfs that is full to the last block; agents'
 * evidence opened anew, as after a kill; records that are cut off at every byte.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import { RECEIPT_FILE_KIND } from '@chaperone/protocol/receipt/receipt-file.ts';
import { openLog } from '../platform/log.ts';
import type { SignedReceipt } from '../session/session.ts';
import { CartEvidence } from './evidence.ts';
import { RESERVE_BYTES, ReceiptReserve } from './receipt-reserve.ts';
import type { WaitingReceipt } from './receipt-reserve.ts';
import { TestLedger } from './testing/test-ledger.ts';

const log = openLog('silent');
const MIB = 1024 * 1024;
const JWS = 'aaaa.bbbb.cccc';

/** A file system of so many bytes. @throws where this machine does not allow it, saying what is needed */
async function smallDisk(t: TestContext, bytes: number): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-reserve-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', directory], {
      stdio: 'ignore',
    });
  } catch (cause) {
    throw new Error('This test needs to mount a tmpfs: run it as root.', { cause });
  }
  t.after(async () => {
    execFileSync('umount', ['-l', directory]);
    await rm(directory, { recursive: true, force: true });
  });
  return directory;
}

async function fill(directory: string): Promise<void> {
  await assert.rejects(writeFile(path.join(directory, 'others'), Buffer.alloc(8 * MIB)), {
    code: 'ENOSPC',
  });
}

const free = async (directory: string): Promise<void> => await rm(path.join(directory, 'others'));

const ledger = new TestLedger([]);

/** The evidence of an agent that has just started; `close` is all that a kill does. */
async function start(dataDirectory: string): Promise<CartEvidence> {
  return await CartEvidence.open({
    dataDirectory,
    identity: () => ({
      certificatePem: 'certificate',
      cartRootPem: 'root',
      ledgerKey: ledger.verifierLine,
    }),
    appendLater: () => undefined,
    utcMs: () => 7,
    log,
  });
}

const receipt = (endedUtcMs: number, files: readonly string[]): SignedReceipt => ({
  sessionId: newId('session', randomBytes),
  jws: JWS,
  endedUtcMs,
  isGranted: true,
  files,
});

const reserveOf = async (directory: string): Promise<Buffer> =>
  await readFile(path.join(directory, 'receipts', '.reserve'));

test('a receipt without room outlives its agent, and the next but one, until there is some', async (t) => {
  const disk = await smallDisk(t, 4 * MIB);
  const first = await start(disk);
  assert.equal((await reserveOf(disk)).length, RESERVE_BYTES);
  assert.equal((await stat(path.join(disk, 'receipts', '.reserve'))).mode & 0o077, 0);
  await fill(disk);
  const [one, two] = [receipt(5, ['{"name":"ultrasound of J. Doe"}']), receipt(6, ['bb', 'cc'])];
  await first.keep(one);
  await first.keep(two);
  assert.match(first.standing().trouble ?? '', /make room/);
  assert.deepEqual((await first.remembered()).awaiting, []);
  first.close();

  // That one is gone. The next finds no room, either, and loses nothing.
  const second = await start(disk);
  assert.match(second.standing().trouble ?? '', /make room/);
  assert.equal(second.standing().receipts, 0);
  second.close();

  await free(disk);
  const third = await start(disk);
  assert.equal(third.standing().trouble, null);
  assert.deepEqual((await third.remembered()).awaiting, [one.sessionId, two.sessionId]);
  assert.deepEqual((await third.files(one.sessionId, 0)).lines, one.files);
  const [file] = await third.receipts();
  assert.deepEqual([file?.receipt, file?.certificate], [JWS, 'certificate']);
  assert.ok(
    (await reserveOf(disk)).every((byte) => byte === 0),
    'no name of a file is left there',
  );
  // It can be used again, and what is on the shelf is not put there twice.
  assert.equal((await start(disk)).standing().receipts, 2);
  await fill(disk);
  const three = receipt(7, ['dd']);
  await third.keep(three);
  third.close();
  await free(disk);
  const fourth = await start(disk);
  assert.deepEqual((await fourth.remembered()).awaiting.length, 3);
});

test('a receipt that was put on the shelf just before its agent ended is not there twice', async (t) => {
  const disk = await smallDisk(t, 4 * MIB);
  await start(disk);
  const reserve = await ReceiptReserve.open(path.join(disk, 'receipts'), log);
  const own = receipt(5, ['aa']);
  const evidence = await start(disk);
  await evidence.keep(own);
  const [file] = await evidence.receipts();
  assert.ok(file);
  const { sessionId, endedUtcMs, isGranted } = own;
  assert.ok(await reserve.hold({ sessionId, endedUtcMs, isGranted, file }));
  assert.equal((await start(disk)).standing().receipts, 1);
  assert.ok((await reserveOf(disk)).every((byte) => byte === 0));
});

test('where there is little room none is kept: what is needed now comes first', async (t) => {
  const disk = await smallDisk(t, MIB - 4096);
  const evidence = await start(disk);
  assert.deepEqual(await readdir(path.join(disk, 'receipts')), []);
  await evidence.keep(receipt(5, []));
  assert.equal(evidence.standing().receipts, 1);
});

const waiting = (files: readonly string[]): WaitingReceipt => ({
  sessionId: newId('session', randomBytes),
  endedUtcMs: 5,
  isGranted: true,
  file: {
    kind: RECEIPT_FILE_KIND,
    version: 1,
    receipt: JWS,
    countersignature: null,
    files: [...files],
    certificate: '-----BEGIN\n',
    root: 'r',
    ledger: null,
    ledgerKey: 'k',
  },
});

test('one that was cut off while it was written counts for nothing, at whatever byte; those before it count', async (t) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-reserve-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const reserve = await ReceiptReserve.open(directory, log);
  await reserve.make();
  const [one, two] = [waiting(['ää']), waiting(['bb'])];
  assert.ok(await reserve.hold(one));
  const before = await readFile(path.join(directory, '.reserve'));
  assert.ok(await reserve.hold(two));
  assert.ok(await reserve.hold(two), 'the same again');
  const after = await readFile(path.join(directory, '.reserve'));
  const begin = before.indexOf(0);
  const end = after.indexOf(0);
  assert.ok(end > begin);
  const held = async (content: Buffer) => {
    await writeFile(path.join(directory, '.reserve'), content);
    return (await ReceiptReserve.open(directory, log)).held();
  };
  for (let cut = begin; cut < end - 1; cut += 1)
    assert.deepEqual(
      await held(Buffer.concat([after.subarray(0, cut), before.subarray(cut)])),
      [one],
      `cut at ${cut}`,
    );
  assert.deepEqual(await held(after), [one, two]);
  assert.deepEqual(await held(Buffer.alloc(RESERVE_BYTES)), []);
  assert.deepEqual(await held(randomBytes(RESERVE_BYTES)), []);
});

test('what is longer than the room that is kept is not cut: it is said that it is not on the disk', async (t) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-reserve-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const reserve = await ReceiptReserve.open(directory, log);
  assert.equal(await reserve.hold(waiting([])), false, 'there is none');
  await reserve.make();
  assert.equal(await reserve.hold(waiting(['x'.repeat(RESERVE_BYTES)])), false);
  assert.ok(await reserve.hold(waiting(['xx'])));
});

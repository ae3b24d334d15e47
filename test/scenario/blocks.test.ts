/**
 * Goal: what a disk spoils of a half-moved file, at either end, costs one block and not the file. Method: a real gateway and a real
 * cart, a road between them that is cut in the middle and counts what passes, and one byte of the staged part turned while it
 * is cut; what passes afterwards is what was missing and that block, and the file is right.
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { BLOCK_BYTES } from '@chaperone/domain/transfer/block.ts';
import { startDay } from './day.ts';
import type { Day } from './day.ts';
import { cutInTheMiddle, goOn, inboxOf, spoil, stagedAtCart, stagedAtDesk } from './half-moved.ts';

const FILE = randomBytes(64 * BLOCK_BYTES + 321);
const DIGEST = createHash('sha256').update(FILE).digest('base64url');
/** How much has passed when the road is cut. */
const CUT_BYTES = 16 * BLOCK_BYTES;
/** In the third block, of a sealed file too. */
const SPOILT_AT = 2 * BLOCK_BYTES + 500_000;
/** The block that is spoilt, the beginning of the block in which the cut fell, what was gathered and not yet written at the cut. */
const AGAIN_BYTES_MAX = 3 * BLOCK_BYTES;
/** What TLS and HTTP/2 add, and what else the two say meanwhile. */
const FRAMED = 1.02;

let day: Day;
before(async () => {
  day = await startDay();
  await day.openSession(['view', 'fetch-files', 'send-files']);
});
after(async () => await day[Symbol.asyncDispose]());

function oneBlockAgain(passed: number, staged: number): void {
  const missing = FILE.length - staged;
  assert.ok(staged > SPOILT_AT && missing > 8 * BLOCK_BYTES, `the cut came at ${staged}`);
  const most = (missing + AGAIN_BYTES_MAX) * FRAMED;
  assert.ok(passed <= most, `${passed} bytes passed for ${missing} that were missing`);
  assert.ok(passed >= missing, `${passed} bytes passed for ${missing} that were missing`);
}

test('a block that the service centre’s disk spoilt is fetched again, and nothing else', async () => {
  await writeFile(path.join(day.logs, 'large.bin'), FILE);
  const id = await cutInTheMiddle(day, CUT_BYTES, async () => {
    return await day.technician.fetchFile(day.opened.id, 'logs', 'large.bin');
  });
  const staged = stagedAtDesk(day, id);
  const { size } = await stat(staged);
  await spoil(staged, SPOILT_AT);
  oneBlockAgain(await goOn(day, id), size);
  const { recordList } = await day.technician.case(day.opened.id);
  assert.equal(recordList.find(({ name }) => name === 'large.bin')?.sha256, DIGEST);
});

test('a block that the cart’s disk spoilt is sent again, and nothing else', async () => {
  const record = await day.technician.upload(day.opened.id, 'tool.bin', FILE);
  const id = await cutInTheMiddle(day, CUT_BYTES, async () => {
    return await day.technician.send(day.opened.id, record);
  });
  const staged = stagedAtCart(day, id);
  const { size } = await stat(staged);
  const held = await readFile(staged);
  assert.ok(held.equals(FILE.subarray(0, held.length)), 'what is staged is the file’s beginning');
  await spoil(staged, SPOILT_AT);
  oneBlockAgain(await goOn(day, id), size);
  assert.ok((await readFile(path.join(inboxOf(day), 'tool.bin'))).equals(FILE));
});

/**
 * Goal: a folder of hundreds of small files goes either way as fast as the line and the disks allow: nobody is told to come back
 * later. Method: a real gateway and a real cart; a technician who asks as the console does, two files at once, and keeps count of
 * refusals.
 */
import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { eventually } from '../harness/eventually.ts';
import { startDay } from './day.ts';
import type { Day } from './day.ts';
import { inboxOf, keepUp } from './half-moved.ts';

const FILES = 500;
/** As many as the console has under way. */
const AT_ONCE = 2;
/** No measure of speed: a machine that does much besides takes minutes for it. */
const DONE_MS = 480_000;

const NAMES = Array.from({ length: FILES }, (_, at) => `table-${String(at).padStart(3, '0')}.tbl`);
const contentOf = (name: string): Buffer => Buffer.from(`${name}\n`.repeat(20));

let day: Day;
before(async () => {
  day = await startDay();
  await day.openSession(['view', 'fetch-files', 'send-files']);
});
after(async () => await day[Symbol.asyncDispose]());

test('five hundred small files are sent without one that has to wait for its turn to ask', async () => {
  const left = [...NAMES];
  const sendSome = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const record = await day.technician.upload(day.opened.id, name, contentOf(name));
      // Refused with 429 where the pace is too slow for a folder: that ends the test.
      await day.technician.send(day.opened.id, record);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendSome));
  const inbox = inboxOf(day);
  await eventually(
    'all files in the inbox',
    async () => {
      await keepUp(day);
      const placed = new Set(await readdir(inbox));
      return NAMES.every((name) => placed.has(name));
    },
    DONE_MS,
  );
  for (const name of NAMES)
    assert.deepEqual(await readFile(path.join(inbox, name)), contentOf(name));
});

test('five hundred small files are fetched by one request', async () => {
  await mkdir(path.join(day.logs, 'many'));
  for (const name of NAMES) await writeFile(path.join(day.logs, 'many', name), contentOf(name));
  await eventually('a usable session', async () => await keepUp(day));
  const { batch, files } = await day.technician.fetchFolder(day.opened.id, 'logs', 'many');
  assert.equal(files, FILES);
  await eventually(
    'the whole folder',
    async () => {
      await keepUp(day);
      const { batches } = await day.technician.case(day.opened.id);
      const found = batches.find((each) => each.batch === batch);
      assert.equal(found?.failed ?? 0, 0, JSON.stringify(found));
      return found?.done === FILES;
    },
    DONE_MS,
  );
  const { recordList } = await day.technician.case(day.opened.id);
  const fetched = recordList.filter(({ folder }) => folder === 'many').map(({ name }) => name);
  assert.deepEqual(new Set(fetched), new Set(NAMES));
});

// Goal: in a case that asks for it, a real cart lets only de-identified files out, says so to its operator, and the desk keeps the
// result with its report; a file without a rule stays on the cart.
// Method: the demo's system with a real gateway and a real cart; the echo study with a patient in it among the cart's files.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { SECRETS, planted } from '@chaperone/deidentification/testing/echo.ts';
import { listing } from '@chaperone/protocol/cart-api/schema.ts';
import { deidentificationList } from '@chaperone/protocol/console-api/schema.ts';
import { startDay } from './day.ts';
import type { Day } from './day.ts';

let day: Day;
const listed = async () =>
  await day.technician.ask(
    listing,
    'GET',
    `/api/cases/${day.opened.id}/session/files?directory=studies&path=`,
  );
const fetched = async (name: string) => {
  const begun = await day.technician.fetchFile(day.opened.id, 'studies', name);
  return await day.technician.settled(day.opened.id, begun.id);
};

before(async () => {
  day = await startDay({}, undefined, undefined, {}, 'on-the-cart');
  const studies = path.join(day.folder, 'cart-files', 'studies');
  await writeFile(path.join(studies, 'DOE_JANE.dcm'), await planted());
  await writeFile(path.join(studies, 'letter.pdf'), '%PDF-1.7 Jane Doe');
  await day.openSession(['view', 'fetch-files']);
});
after(async () => await day[Symbol.asyncDispose]());

test('the operator is told before anything leaves', async () => {
  assert.equal((await day.operator.view()).session?.deidentifies, true);
});

test('names are hidden, the result comes with its report, and nothing of the patient comes at all', async () => {
  const { technician, opened } = day;
  const { entries } = await listed();
  assert.equal(entries.length, 3);
  for (const { name } of entries) assert.match(name, /^file-[0-9a-f]{8}\.(dcm|pdf)$/);
  const largest = entries.toSorted((a, b) => b.bytes - a.bytes)[0];
  const done = await fetched(largest?.name ?? '');
  assert.equal(done.state, 'done', JSON.stringify(done));
  const { recordList } = await technician.case(opened.id);
  const record = recordList.find(({ id }) => id === done.record);
  assert.equal(record?.origin, 'de-identified');
  const list = await technician.ask(
    deidentificationList,
    'GET',
    `/api/cases/${opened.id}/deidentification`,
  );
  const outcome = list.outcomes.find(({ result }) => result === done.record);
  assert.match(outcome?.text ?? '', /PatientName +emptied, 1/);
  const content = await technician.content(opened.id, done.record ?? '');
  const text = content.toString('latin1').toLowerCase();
  for (const secret of SECRETS) assert.ok(!text.includes(secret.toLowerCase()), secret);
});

test('a letter stays on the cart: the technician reads why, the operator sees that it was asked for', async () => {
  const { operator } = day;
  const { entries } = await listed();
  const letter = entries.find(({ name }) => name.endsWith('.pdf'));
  const refused = await fetched(letter?.name ?? '');
  assert.equal(refused.state, 'failed');
  assert.equal(refused.failure, 'DEIDENTIFICATION_KIND_UNKNOWN');
  const rows = (await operator.view()).transfers;
  assert.ok(rows.some(({ name, state }) => name === 'letter.pdf' && state === 'failed'));
});

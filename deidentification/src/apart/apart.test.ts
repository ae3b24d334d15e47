// Goal: work in a thread of its own gives the same as work in this one, and its end, refusal or abandonment leaves nothing behind.
// Method: the echo study and refused files through the worker; a reader that fails; a taker that stops.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBytes } from '../source/byte-source.ts';
import { demoTemplates, planted } from '../testing/echo.ts';
import { ORDER, gather, run } from '../testing/run.ts';
import { reportText } from '../report-text.ts';
import { deidentifyApart } from './apart.ts';

const order = { ...ORDER, templates: demoTemplates() };

test('the result is the same as without a worker, and its report can be read', async () => {
  const file = await planted();
  const apart = await gather(await deidentifyApart(fromBytes(file), order));
  const here = await run(file, order);
  assert.ok(apart.bytes.equals(here.bytes));
  assert.deepEqual(apart.report, here.report);
  assert.deepEqual(apart.words, here.words);
  const text = reportText(apart.report);
  assert.match(text, /00100010 +PatientName +emptied, 1/);
  assert.match(text, /Blanked in each of 10 frames of 600 x 430/);
  assert.ok(!/jane/i.test(text));
});

test('a refusal comes out as itself', async () => {
  const refused = deidentifyApart(fromBytes(await planted()), ORDER);
  await assert.rejects(refused, { code: 'DEIDENTIFICATION_PIXELS_WITHOUT_RULE' });
});

test('what the reader of the file throws passes through', async () => {
  const gone = new Error('The disk is gone.');
  const source = { bytes: 1000, read: () => Promise.reject(gone) };
  await assert.rejects(deidentifyApart(source, order), gone);
});

test('a taker that stops ends the worker', async () => {
  const { chunks } = await deidentifyApart(fromBytes(await planted()), order);
  for await (const chunk of chunks) {
    assert.ok(chunk.length > 0);
    break;
  }
  // The test runner waits for threads: that it ends is the proof.
  assert.equal((await chunks.next()).done, true);
});

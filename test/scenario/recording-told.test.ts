/**
 * Goal: whoever is asked to let a technician in reads before, and as long as it lasts, that the screen is recorded, and the cart
 * keeps in its journal that they were told; nothing is said where the service centre switched it off, nor to a cart that does
 * not know the words, which goes on as before. Method: real gateways and carts, and the panel's own view.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { startDay } from './day.ts';
import type { Day } from './day.ts';

interface Told {
  readonly before: boolean | undefined;
  readonly during: boolean | undefined;
  readonly journal: string;
}

/** What the operator was told up to the open session. */
async function toldIn(day: Day): Promise<Told> {
  const { operator, technician, opened, system } = day;
  await operator.press();
  await operator.accept();
  await technician.sessionWhen(opened.id, (session) => session.state === 'waiting');
  await technician.request(opened);
  const asked = await operator.viewWhen('a request', (view) => view.requests.length > 0);
  await operator.consent(asked.requests[0]?.id ?? '', ['view']);
  await technician.sessionWhen(opened.id, (session) => session.grant !== null);
  const journal = path.join(system.cartData, 'journal', 'journal.ndjson');
  return {
    before: asked.case?.recordsScreen,
    during: (await operator.view()).session?.recordsScreen,
    journal: await readFile(journal, 'utf8'),
  };
}

/** What the journal says that the operator was told with the grant. */
const IN_GRANT = /"kind":"grant-issued"[^\n]*"recordsScreen":true/;

test('the operator is told before the consent and in the session, and the journal says that they were', async () => {
  await using day = await startDay();
  const { before, during, journal } = await toldIn(day);
  assert.deepEqual([before, during], [true, true]);
  assert.match(journal, IN_GRANT);
});

test('where the service centre records nothing, nothing is said', async () => {
  await using day = await startDay({}, undefined, undefined, { recordedScreens: 'off' });
  const { before, during, journal } = await toldIn(day);
  assert.deepEqual([before, during], [false, false]);
  assert.doesNotMatch(journal, IN_GRANT);
});

test('a cart of an earlier version is offered what it knows, and goes on', async () => {
  const cart = pathToFileURL(path.join(import.meta.dirname, 'first-version-cart.ts')).href;
  const given = process.env['NODE_OPTIONS'];
  process.env['NODE_OPTIONS'] = `${given ?? ''} --import=${cart}`;
  let started: Day;
  try {
    started = await startDay();
  } finally {
    if (given === undefined) delete process.env['NODE_OPTIONS'];
    else process.env['NODE_OPTIONS'] = given;
  }
  await using day = started;
  const { before, during } = await toldIn(day);
  assert.deepEqual([before, during], [false, false]);
});

/**
 * Goal: a lead sees in the list and on its page that a case is overdue, that its end is announced, that it is held, and that the
 * SIEM waits; all of it quiet, and with nothing serious for axe.
 * Method: the built console in real Chromium before a real gateway, whose answers are made older on their way, since no test
 * waits a month; that the gateway gives them is shown in case-ages.test.ts.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { enter, openCase, openConsoleStage } from './console-stage.ts';
import type { ConsoleStage } from './console-stage.ts';

let stage: ConsoleStage;
before(async () => {
  stage = await openConsoleStage();
});
after(() => stage[Symbol.asyncDispose]());

type Case = Readonly<Record<string, unknown>>;

/** Has every case that the gateway tells of look so. */
async function older(page: Page, changes: Case): Promise<void> {
  await page.unroute('**/api/cases**');
  await page.route(/\/api\/cases(?:\/[^/]+)?(?:\?.*)?$/, async (route) => {
    if (route.request().method() !== 'GET') return await route.fallback();
    const answer = await route.fetch();
    const body = (await answer.json()) as Case & { readonly cases?: readonly Case[] };
    const json =
      body.cases === undefined
        ? { ...body, ...changes }
        : { ...body, cases: body.cases.map((each) => ({ ...each, ...changes })) };
    await route.fulfill({ response: answer, json });
  });
  await page.reload();
}

test('an overdue case, one whose end is announced, and one that is held', async () => {
  const window = await stage.openWindow();
  const { page, complaints, examine } = window;
  await enter(stage, page);
  await openCase(page);
  const found: string[] = [];
  const end = { earliestUtcMs: Date.UTC(2027, 0, 14), isReminded: false };
  await older(page, { age: { days: 41, end: null } });
  await page.getByText('Open for 41 days').waitFor();
  found.push(...(await examine('40-case-aged')));
  await older(page, { age: { days: 351, end } });
  await page.getByText('It will be destroyed, not before 14 Jan 2027').waitFor();
  found.push(...(await examine('41-case-end-announced')));
  await page.getByRole('link', { name: 'All cases' }).click();
  await page.getByRole('cell', { name: /will be destroyed 14 Jan 2027/ }).waitFor();
  found.push(...(await examine('42-cases-aged')));
  await older(page, { age: { days: 351, end: null }, legalHold: true });
  await page.getByRole('cell', { name: /Legal hold/ }).waitFor();
  found.push(...(await examine('43-cases-held')));
  await page.route('**/api/desk', async (route) => {
    const answer = await route.fetch();
    const siem = {
      confirmed: 900,
      size: 1234,
      trouble: 'collector-unreachable',
      troubleSinceUtcMs: Date.now() - 3_600_000,
      confirmedUtcMs: null,
    };
    await route.fulfill({ response: answer, json: { ...((await answer.json()) as Case), siem } });
  });
  await page.reload();
  await page.getByText('334 ledger entries wait for the SIEM').waitFor();
  found.push(...(await examine('44-siem-waits')));
  assert.deepEqual(found, []);
  assert.deepEqual(complaints, []);
  await page.context().close();
});

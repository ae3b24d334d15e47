/**
 * Goal: everybody has the pages of their roles and no others, and can use them by keyboard; an auditor reads the ledger and
 * takes it along; somebody changes their own password, long after the sign-in, and signs out everywhere.
 * Method: the built console in real Chromium against a real gateway; time passes in the gateway's database; the bundle is
 * checked by the offline verifier; axe on each page.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { call } from '../../tools/demo/program.ts';
import { ageConfirmations } from '../harness/age-sign-ins.ts';
import { eventually } from '../harness/eventually.ts';
import { demoPerson, enter, license, openConsoleStage, signIn } from './console-stage.ts';
import type { ConsoleStage } from './console-stage.ts';
import { watch } from './watched.ts';

/** Longer than a confirmation counts. Milliseconds. */
const LONG_AGO_MS = 10 * 60_000;

let stage: ConsoleStage;
before(async () => {
  stage = await openConsoleStage();
});
after(() => stage[Symbol.asyncDispose]());

/** The title in the address bar's page, as somebody reads it. */
async function expectPage(page: Page, title: string): Promise<void> {
  await page.getByRole('heading', { name: title, level: 1 }).waitFor();
}

test('everybody begins at their own page; another one’s says whose it is', async (t) => {
  const window = await stage.openWindow();
  const [seen] = watch(t, window);
  const { page } = window;
  await license(stage, page);
  for (const [account, title, links] of [
    ['finn', 'Carts', ['Commissioning']],
    ['ines', 'Ledger', ['Ledger']],
    ['ada', 'Accounts', ['Administration']],
    ['amir', 'Service cases', ['Cases', 'Administration']],
    ['lena', 'Service cases', ['Cases', 'Two-person acts']],
  ] as const) {
    await signIn(page, demoPerson(account));
    await expectPage(page, title);
    const shown = page.getByRole('navigation', { name: 'Technician console' }).getByRole('link');
    assert.deepEqual(await shown.allInnerTexts(), links, account);
    await seen?.look(`60-first-page-${account}`);
    if (account === 'finn') {
      await page.goto(`${stage.system.consoleUrl}/accounts`);
      await expectPage(page, 'This page is not yours');
      await page.getByText('You are signed in as field engineer.').waitFor();
      await seen?.look('61-not-yours');
      await page.getByRole('link', { name: 'Go to your own first page' }).click();
      await expectPage(page, 'Carts');
    }
    await page.goto(`${stage.system.consoleUrl}/`);
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByLabel('Login name').waitFor();
  }
  seen?.settle();
});

test('a list by keyboard alone: rows, details, the way back', async (t) => {
  const window = await stage.openWindow();
  const [seen] = watch(t, window);
  const { page } = window;
  await enter(stage, page, demoPerson('ada'));
  await expectPage(page, 'Accounts');
  await page.getByRole('button', { name: 'Tara Lindqvist' }).waitFor();
  const focused = async (): Promise<string> =>
    String(await page.evaluate('document.activeElement?.innerText'));
  await page.keyboard.press('j');
  const first = await focused();
  await page.keyboard.press('ArrowDown');
  const second = await focused();
  assert.notEqual(first, second);
  await page.keyboard.press('k');
  assert.equal(await focused(), first);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByRole('complementary', { name: second }).waitFor();
  assert.equal(await focused(), second);
  assert.match(page.url(), /row=/);
  await seen?.look('62-account');
  // To an act, out of it, and out of the details: back on the row.
  await page.getByRole('button', { name: 'Change roles …' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await seen?.look('63-change-roles');
  await page.keyboard.press('Escape');
  assert.equal(await focused(), 'Change roles …');
  await page.keyboard.press('Escape');
  await page.getByRole('complementary', { name: second }).waitFor({ state: 'detached' });
  assert.equal(await focused(), second);
  await page.keyboard.press('/');
  await page.keyboard.type('nobody of this name');
  await page.getByText('Nothing fits “nobody of this name”.').waitFor();
  assert.match(page.url(), /nobody/);
  await seen?.look('64-none-found');
  await page.reload();
  await page.getByText('Nothing fits').waitFor();
  await page.getByRole('button', { name: 'Clear search' }).click();
  await page.getByRole('button', { name: 'Tara Lindqvist' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('o');
  await expectPage(page, 'Roles');
  await seen?.look('65-roles');
  seen?.settle();
});

test('an auditor reads the ledger, narrows it, and takes all of it along', async (t) => {
  const window = await stage.openWindow(1440, 900);
  const [seen] = watch(t, window);
  const { page } = window;
  await enter(stage, page, demoPerson('ines'));
  await expectPage(page, 'Ledger');
  const rows = page.getByRole('table', { name: 'Ledger' }).getByRole('row');
  await rows.nth(1).waitFor();
  await seen?.look('80-ledger');
  await page.getByLabel('Kind').selectOption('sign-in');
  await eventually('signs-in only', async () => {
    const [, ...texts] = await rows.allInnerTexts();
    return texts.length > 0 && texts.every((text) => text.includes('Sign in'));
  });
  await rows.getByRole('button').first().click();
  const json = JSON.parse(await page.locator('.entry pre').innerText()) as { kind: string };
  assert.equal(json.kind, 'sign-in');
  await page.getByRole('complementary').getByText('Ines Moreau').waitFor();
  await seen?.look('81-ledger-entry');
  // A time at which nothing was recorded yet.
  await page.getByLabel('Until').fill('2020-01-01T00:00');
  await page.getByText('Nothing fits.').waitFor();
  await seen?.look('82-ledger-none');
  await page.getByRole('button', { name: 'Clear search' }).click();
  await eventually('all kinds', async () => (await rows.allInnerTexts()).length > 5);

  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Evidence bundle' }).click();
  const file = path.join(stage.logs, '..', 'ledger-evidence.json');
  await (await saved).saveAs(file);
  const { output } = await call('verify', [file]);
  assert.match(output, /ledger/i);
  seen?.settle();
});

test('one’s own account: another password, and out everywhere', async (t) => {
  const window = await stage.openWindow();
  const other = await stage.openWindow();
  const [seen, otherSeen] = watch(t, window, other);
  const finn = demoPerson('finn');
  await enter(stage, other.page, finn);
  await enter(stage, window.page, finn);
  const { page } = window;
  await page.getByRole('link', { name: /Finn Okafor/ }).click();
  await expectPage(page, 'My account');
  await page.getByText('This one').waitFor();
  await seen?.look('90-my-account');
  ageConfirmations(stage.system.gatewayData, LONG_AGO_MS);
  await page.getByRole('button', { name: 'Change password …' }).click();
  await page.getByLabel('New password').fill('pebble orchard saffron 33');
  await page.getByLabel('The same once more').fill('pebble orchard saffron 34');
  await page.getByText('The two are not the same.').waitFor();
  await page.getByLabel('The same once more').fill('pebble orchard saffron 33');
  await seen?.look('91-change-password');
  await page.getByRole('button', { name: 'Change password', exact: true }).click();
  const confirm = page.getByRole('dialog', { name: 'Confirm that it is you' });
  await confirm.getByLabel('Gateway password').fill(finn.gatewayPassword);
  await page.keyboard.press('Enter');
  await page.getByText('Your password is changed.').waitFor();
  await other.page.reload();
  await other.page.getByLabel('Login name').waitFor();
  await signIn(other.page, { ...finn, gatewayPassword: 'pebble orchard saffron 33' });
  await expectPage(other.page, 'Carts');

  await page.getByRole('button', { name: 'Sign out everywhere …' }).click();
  await page.getByText('You are signed out here and at one other place.').waitFor();
  await seen?.look('92-sign-out-everywhere');
  await page.getByRole('button', { name: 'Sign out everywhere', exact: true }).click();
  await page.getByLabel('Login name').waitFor();
  await other.page.reload();
  await other.page.getByLabel('Login name').waitFor();
  seen?.settle();
  otherSeen?.settle();
});

test('a directory that is away is said on every page', async (t) => {
  const window = await stage.openWindow();
  const [seen] = watch(t, window);
  const { page } = window;
  // A demo's directory cannot go away: only this one answer is put in the desk's mouth.
  await page.route('**/api/desk', async (route) => {
    const directory = { reachable: false, sinceUtcMs: new Date().setHours(0, 5, 0, 0) };
    const json = {
      directory,
      gatewayPosture: ['Its antivirus definitions are 9 days old.'],
      scanner: null,
      siem: null,
    };
    await route.fulfill({ json });
  });
  await enter(stage, page, demoPerson('ada'));
  await page
    .getByText('Nobody new can sign in: the directory does not answer since 00:05.')
    .waitFor();
  await page.getByText('Its antivirus definitions are 9 days old.').waitFor();
  await seen?.look('95-directory-away');
  seen?.settle();
});

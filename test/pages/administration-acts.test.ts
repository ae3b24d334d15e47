/**
 * Goal: a workstation that is retired is out; a legal hold of two leads blocks resolving; who resolves long after the sign-in is
 * asked first, and only then anything is destroyed.
 * Method: the built console in real Chromium against a real gateway; each person in a window of their own; time passes in the
 * gateway's database; axe on each page.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { ageConfirmations } from '../harness/age-sign-ins.ts';
import { demoPerson, enter, license, openCase, openConsoleStage, signIn } from './console-stage.ts';
import type { ConsoleStage } from './console-stage.ts';
import { watch } from './watched.ts';

/** Longer than a confirmation counts. Milliseconds. */
const LONG_AGO_MS = 10 * 60_000;

let stage: ConsoleStage;
before(async () => {
  stage = await openConsoleStage();
});
after(() => stage[Symbol.asyncDispose]());

/** The title of the page, as somebody reads it. */
async function expectPage(page: Page, title: string): Promise<void> {
  await page.getByRole('heading', { name: title, level: 1 }).waitFor();
}

test('a workstation that is retired is out at once, and says why', async (t) => {
  const ada = await stage.openWindow();
  const tara = await stage.openWindow();
  const [adaSeen, taraSeen] = watch(t, ada, tara);
  await license(stage, tara.page, 'Field laptop 7');
  await signIn(tara.page);
  await expectPage(tara.page, 'Service cases');
  await enter(stage, ada.page, demoPerson('ada'));
  await ada.page.getByRole('link', { name: 'Workstations' }).click();
  await expectPage(ada.page, 'Workstations');
  await ada.page.getByRole('button', { name: 'Field laptop 7' }).click();
  await ada.page.getByRole('button', { name: 'Retire …' }).click();
  await ada.page.getByText('One sign-in at this workstation ends now.').waitFor();
  await ada.page.getByLabel('Reason').fill('Left on a train.');
  await adaSeen?.look('66-retire-workstation');
  await ada.page.getByRole('button', { name: 'Retire workstation' }).click();
  await ada.page.getByText('Field laptop 7 is retired.').waitFor();
  await ada.page.getByRole('row', { name: /Field laptop 7.*Retired/ }).waitFor();
  await adaSeen?.look('67-retired');

  await tara.page.getByLabel('Login name').waitFor();
  await signInRefused(tara.page);
  await taraSeen?.look('68-retired-workstation');
  adaSeen?.settle();
  taraSeen?.settle();
});

/** The first gate says that this computer is no workstation any more. */
async function signInRefused(page: Page): Promise<void> {
  const { login, directoryPassword } = demoPerson();
  await page.getByLabel('Login name').fill(login);
  await page.getByLabel('Password').fill(directoryPassword);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('The licence of this workstation is not in force any more.').waitFor();
}

test('a legal hold of two leads blocks resolving; without it, a late resolver is asked first', async (t) => {
  const lena = await stage.openWindow();
  const amir = await stage.openWindow();
  const [lenaSeen, amirSeen] = watch(t, lena, amir);
  const { page } = lena;
  await enter(stage, page, demoPerson('lena'));
  await openCase(page);
  const caseNumber = await page.locator('.side__number .mono').innerText();
  await proposeHold(page, 'Set legal hold …', 'Letter of the legal department, file 2026/4711.');
  await page.getByText('waits for a second person').waitFor();
  await lenaSeen?.look('70-hold-proposed');
  await enter(stage, amir.page, demoPerson('amir'));
  await expectPage(amir.page, 'Service cases');
  await approveAt(amir.page, stage, caseNumber);
  await amirSeen?.look('71-hold-approved');

  // On hold: there is nothing to resolve with, and the desk refuses whoever asks all the same.
  await page.getByText('A legal hold keeps this case from being resolved.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Resolve case …' }).count(), 0);
  await lenaSeen?.look('72-hold');
  assert.equal(await resolveByHand(page, caseNumber), 'CASE_UNDER_LEGAL_HOLD');

  await proposeHold(page, 'Lift legal hold …', 'Proceedings are over.');
  await approveAt(amir.page, stage, caseNumber);
  const resolve = page.getByRole('button', { name: 'Resolve case …' });
  await resolve.waitFor();

  // Ten minutes later: who they are is asked once more, and only then anything is destroyed.
  ageConfirmations(stage.system.gatewayData, LONG_AGO_MS);
  await resolve.click();
  await page.getByLabel('Case number').fill(caseNumber);
  await page.getByRole('button', { name: 'Destroy and resolve' }).click();
  const confirm = page.getByRole('dialog', { name: 'Confirm that it is you' });
  await confirm.waitFor();
  await lenaSeen?.look('73-confirm');
  await page.keyboard.press('Escape');
  await page.getByText('It was not confirmed, so nothing was done.').waitFor();
  await page.getByRole('button', { name: 'Destroy and resolve' }).click();
  await confirm.getByLabel('Gateway password').fill('not the password');
  await page.keyboard.press('Enter');
  await confirm.getByText('Password or second factor do not fit.').waitFor();
  await lenaSeen?.look('74-confirm-refused');
  await confirm.getByLabel('Gateway password').fill(demoPerson('lena').gatewayPassword);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Certificate of destruction' }).waitFor();
  lenaSeen?.settle();
  amirSeen?.settle();
});

async function proposeHold(page: Page, act: string, reason: string): Promise<void> {
  await page.getByRole('button', { name: act }).click();
  await page.getByLabel('Reason').fill(reason);
  await page.getByRole('button', { name: 'Propose', exact: true }).click();
  await page.getByText('It is proposed.').waitFor();
}

async function approveAt(page: Page, { system }: ConsoleStage, target: string): Promise<void> {
  await page.goto(`${system.consoleUrl}/two-person-acts`);
  const proposal = page.getByRole('listitem').filter({ hasText: target });
  await proposal.getByRole('button', { name: 'Approve …' }).click();
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await page.getByText('It is approved and done.').waitFor();
}

/** Asks the desk past the page. @returns the code of its refusal */
async function resolveByHand(page: Page, confirmNumber: string): Promise<unknown> {
  const [, caseId] = /cases\/([^/]+)/.exec(page.url()) ?? [];
  const answer = await page.request.post(`${stage.system.consoleUrl}/api/cases/${caseId}/resolve`, {
    data: { confirmNumber },
    headers: { origin: stage.system.consoleUrl },
  });
  return ((await answer.json()) as { code?: unknown }).code;
}

/**
 * Goal: an administrator adds an account, its owner comes in with the first password and never again; two administrators
 * recover it when all is lost, and one of them alone cannot.
 * Method: the built console in real Chromium against a real gateway that asks for second factors; passkeys of Chromium's
 * virtual authenticator for the administrators, codes by a second implementation of RFC 6238 for the newcomer; axe.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { addSecurityKey, enrolApp, enrolSecurityKey } from './authenticator.ts';
import { demoPerson, license, openConsoleStage, signIn } from './console-stage.ts';
import type { ConsoleStage, ConsoleWindow, Person } from './console-stage.ts';
import { watch } from './watched.ts';

const NOOR = {
  login: 'noor.bakker',
  displayName: 'Noor Bakker',
  roles: ['technician'],
  password: 'velvet-harbour-19',
} as const;

let stage: ConsoleStage;
before(async () => {
  stage = await openConsoleStage({ secondFactor: 'required', newcomers: [NOOR] });
});
after(() => stage[Symbol.asyncDispose]());

/** A licensed browser; passkeys need the console's name, not its address. */
async function openLicensed(label: string): Promise<ConsoleWindow> {
  const origin = stage.system.consoleUrl.replace('127.0.0.1', 'localhost');
  const opened = await stage.openWindow(1280, 800, origin);
  await license(stage, opened.page, label, origin);
  return opened;
}

async function enterWithKey(window: ConsoleWindow, account: string): Promise<void> {
  await addSecurityKey(window.page);
  await signIn(window.page, demoPerson(account));
  await enrolSecurityKey(window.page);
}

/** Both gates as Noor; what comes next depends on the password. */
async function signInAsNoor(page: Page, gatewayPassword: string): Promise<void> {
  const noor: Person = {
    name: NOOR.displayName,
    login: NOOR.login,
    directoryPassword: NOOR.password,
    account: 'noor',
    gatewayPassword,
  };
  await signIn(page, noor);
}

async function chooseFirstPassword(page: Page, password: string): Promise<void> {
  await page.getByRole('heading', { name: 'Choose a password' }).waitFor();
  await page.getByLabel('New password').fill(password);
  await page.getByLabel('The same once more').fill(password);
  await page.getByRole('button', { name: 'Set password' }).click();
}

test('an account from its first password to its recovery by two', async (t) => {
  const ada = await openLicensed('Administration 1');
  const amir = await openLicensed('Administration 2');
  const noor = await openLicensed('Service desk 9');
  const [adaSeen, amirSeen, noorSeen] = watch(t, ada, amir, noor);

  // Added, with a first password that is shown once.
  await enterWithKey(ada, 'ada');
  await ada.page.getByRole('heading', { name: 'Accounts' }).waitFor();
  await ada.page.getByRole('button', { name: 'Add account …' }).click();
  await ada.page.getByLabel('Name', { exact: true }).fill(NOOR.displayName);
  await ada.page.getByLabel('Directory login').fill(NOOR.login);
  await ada.page.getByLabel('User ID').fill('noor');
  assert.ok(await ada.page.getByLabel('Administrator').isDisabled());
  await adaSeen?.look('50-account-new');
  await ada.page.getByRole('button', { name: 'Add account', exact: true }).click();
  await ada.page.getByText('It is shown this once').waitFor();
  const first = await ada.page.locator('.once__secret').innerText();
  await adaSeen?.look('51-account-first-password');
  await ada.page.getByRole('button', { name: 'copy it' }).click();
  assert.equal(await ada.page.evaluate('navigator.clipboard.readText()'), first);
  await ada.page.getByRole('button', { name: 'Done' }).click();
  await ada.page.getByText('Noor Bakker has an account.').waitFor();
  assert.ok(!(await ada.page.content()).includes(first));

  // The first password only leads to a new one; then a second factor, then the cases.
  await signInAsNoor(noor.page, first);
  await noor.page.getByRole('heading', { name: 'Choose a password' }).waitFor();
  await noorSeen?.look('52-new-password');
  await chooseFirstPassword(noor.page, 'noor-bakker-1');
  await noor.page.getByRole('alert').getByText('easily guessed').waitFor();
  await noorSeen?.look('53-new-password-refused');
  await chooseFirstPassword(noor.page, 'tulip windmill kettle 84');
  await enrolApp(noor.page);
  await noor.page.getByRole('button', { name: 'New case' }).waitFor();
  assert.equal(await noor.page.getByRole('link', { name: 'Administration' }).count(), 0);
  await noor.page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await noor.page.getByLabel('Login name').waitFor();
  await signInAsNoor(noor.page, first);
  await noor.page.getByText('User ID and password do not fit').waitFor();

  // Everything is lost: one administrator proposes, and cannot approve.
  await ada.page.keyboard.press('/');
  await ada.page.keyboard.type('noor');
  await ada.page.getByRole('button', { name: 'Noor Bakker' }).click();
  await ada.page.getByRole('button', { name: 'Recover …' }).click();
  await ada.page.getByLabel('Reason').fill('Phone and codes were stolen; known in person.');
  await adaSeen?.look('54-recovery-proposed');
  await ada.page.getByRole('button', { name: 'Propose', exact: true }).click();
  await ada.page.getByText('It is proposed.').waitFor();
  await ada.page.getByRole('link', { name: 'Two-person acts' }).click();
  await ada.page.getByText('nobody approves an own proposal', { exact: false }).last().waitFor();
  assert.equal(await ada.page.getByRole('button', { name: 'Approve …' }).count(), 0);
  await adaSeen?.look('55-proposal-own');

  // Another one approves and is shown the new first password.
  await enterWithKey(amir, 'amir');
  await amir.page.getByRole('link', { name: 'Administration' }).click();
  await amir.page.getByRole('link', { name: 'Two-person acts 1' }).click();
  await amir.page.getByText('Phone and codes were stolen').waitFor();
  await amirSeen?.look('56-proposal-to-approve');
  await amir.page.getByRole('button', { name: 'Approve …' }).click();
  await amir.page.getByText('are worth nothing from now on').waitFor();
  await amir.page.getByRole('button', { name: 'Approve', exact: true }).click();
  const again = await amir.page.locator('.once__secret').innerText();
  assert.notEqual(again, first);
  await amirSeen?.look('57-recovered');
  await amir.page.getByRole('button', { name: 'Done' }).click();
  await amir.page.getByText('Nothing waits for a second person.').waitFor();
  await amir.page.getByRole('row', { name: /Recover account.*Noor Bakker.*Done/ }).waitFor();

  // What she chose is worth nothing any more; the new one leads in anew, with a new second factor.
  await noor.page.reload();
  await signInAsNoor(noor.page, 'tulip windmill kettle 84');
  await noor.page.getByText('User ID and password do not fit').waitFor();
  await noor.page.reload();
  await signInAsNoor(noor.page, again);
  await chooseFirstPassword(noor.page, 'orbit marble lantern 62');
  await enrolApp(noor.page);
  await noor.page.getByRole('button', { name: 'New case' }).waitFor();
  for (const seen of [adaSeen, amirSeen, noorSeen]) seen?.settle();
});

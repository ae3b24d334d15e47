/**
 * Goal: a technician sets up a second factor at the first sign-in and comes in by it at the next ones, by app, passkey or
 * recovery code; each refusal is honest, everything is done by keyboard, and a screen reader hears it.
 * Method: the built console in real Chromium against a real gateway that asks for second factors; codes by a second
 * implementation of RFC 6238 from the secret that the page shows; passkeys of Chromium's virtual authenticator; axe.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CDPSession, Page } from 'playwright-core';
import { codeOfApp } from '@chaperone/gateway/platform/one-time-code/testing/authenticator-app.ts';
import { resetFactor } from '../harness/reset-factor.ts';
import { demoPerson, openConsoleStage, signIn } from './console-stage.ts';
import type { ConsoleStage } from './console-stage.ts';

let stage: ConsoleStage;
before(async () => {
  stage = await openConsoleStage({ secondFactor: 'required' });
});
after(() => stage[Symbol.asyncDispose]());

/** A licensed browser; passkeys need the console's name, not its address. */
async function openLicensed() {
  const origin = stage.system.consoleUrl.replace('127.0.0.1', 'localhost');
  const opened = await stage.openWindow(1280, 900, origin);
  const code = await stage.system.issueWorkstationLicence('Third gate test');
  await opened.page.goto(`${origin}/#workstation-licence=${code}`);
  await opened.page.getByLabel('Name of this workstation').fill('Service desk 4, left');
  await opened.page.getByRole('button', { name: 'License' }).click();
  return { ...opened, origin };
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Login name').waitFor();
}

/** Codes count once: waits for the first one of a step that was not used. */
async function freshCode(secret: string, after: number): Promise<{ code: string; step: number }> {
  for (;;) {
    const nowMs = Date.now();
    // One step ahead counts, too, so that nobody waits for long.
    for (const ahead of [0, 30_000]) {
      const step = Math.floor((nowMs + ahead) / 30_000);
      if (step > after) return { code: codeOfApp(secret, nowMs + ahead), step };
    }
    await new Promise((resolve) => setTimeout(resolve, 30_000 - (nowMs % 30_000)));
  }
}

async function confirmCodes(page: Page): Promise<readonly string[]> {
  const list = page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem');
  await list.first().waitFor();
  const codes = await list.allInnerTexts();
  assert.equal(codes.length, 10);
  const finish = page.getByRole('button', { name: 'Finish' });
  assert.equal(await finish.isDisabled(), true);
  await page.getByLabel('I have put these codes').check();
  await finish.click();
  return codes;
}

test('an authenticator app: set up, wrong, used again, right; then a recovery code, and being told of it', async (t) => {
  const { page, complaints, examine } = await openLicensed();
  let isWhole = false;
  t.after(async () => {
    if (!isWhole) t.diagnostic(JSON.stringify([complaints, await page.innerText('body')]));
    await page.context().close();
  });
  const found: string[] = [];
  const look = async (name: string): Promise<void> => void found.push(...(await examine(name)));

  await signIn(page);
  await page.getByRole('heading', { name: 'Authenticator app' }).waitFor();
  await look('30-enrolment');
  await page.getByRole('button', { name: 'Set up an app' }).click();
  await page.getByRole('img', { name: 'QR code' }).waitFor();
  const shown = page.getByRole('button', { name: 'copy the secret' });
  const secret = await shown.locator('code').innerText();
  await shown.click();
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), secret.replaceAll(' ', ''));
  await look('31-enrolment-app');
  await page.getByLabel('Code').fill('000000');
  await page.keyboard.press('Enter');
  await page.getByText('That was not accepted').waitFor();
  assert.equal(await page.getByLabel('Code').inputValue(), '');
  await look('32-enrolment-refused');
  const enrolled = await freshCode(secret, 0);
  await page.getByLabel('Code').fill(enrolled.code);
  await page.keyboard.press('Enter');
  await page.getByText('They are shown this once').waitFor();
  await look('33-recovery-codes');
  await page.getByRole('button', { name: 'Copy all' }).click();
  const copied = String(await page.evaluate('navigator.clipboard.readText()')).split('\n');
  const codes = await confirmCodes(page);
  assert.deepEqual(copied, codes);
  await page.getByRole('button', { name: 'New case' }).waitFor();

  // The next sign-in asks for a code; the one that enrolled is used.
  await signOut(page);
  await signIn(page);
  await page.getByLabel('Code').waitFor();
  await look('34-code');
  await page.getByLabel('Code').fill(enrolled.code);
  await page.keyboard.press('Enter');
  await page.getByText('That was not accepted').waitFor();
  await look('35-code-refused');

  // By keyboard alone: to the recovery code, and in.
  await page.getByRole('button', { name: 'Use a recovery code' }).focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Recovery code').waitFor();
  await look('36-recovery');
  await page.keyboard.type(codes[4]?.toLowerCase().replaceAll('-', ' ') ?? '');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'New case' }).waitFor();

  // The same recovery code is used up; a code comes in and is told.
  await signOut(page);
  await signIn(page);
  await page.getByRole('button', { name: 'Use a recovery code' }).click();
  await page.getByLabel('Recovery code').fill(codes[4] ?? '');
  await page.keyboard.press('Enter');
  await page.getByText('That was not accepted').waitFor();
  await page.getByRole('button', { name: 'Use the second factor' }).click();
  const next = await freshCode(secret, enrolled.step);
  await page.getByLabel('Code').fill(next.code);
  await page.keyboard.press('Enter');
  await page.getByText('A recovery code of yours was used').waitFor();
  await page.getByText('9 are left').waitFor();
  await look('37-told');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'New case' }).waitFor();
  assert.deepEqual(found, []);
  assert.deepEqual(complaints, []);
  isWhole = true;
});

test('a passkey: cancelled, set up, used; a copy of it is noticed', async (t) => {
  await resetFactor(stage.system.gatewayConfiguration, demoPerson().account);
  const { page, complaints, examine } = await openLicensed();
  let isWhole = false;
  t.after(async () => {
    if (!isWhole) t.diagnostic(JSON.stringify([complaints, await page.innerText('body')]));
    await page.context().close();
  });
  const found: string[] = [];
  const look = async (name: string): Promise<void> => void found.push(...(await examine(name)));
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const key = await addAuthenticator(devtools);

  await signIn(page);
  const setUp = page.getByRole('button', { name: 'Set up a passkey' });
  await setUp.waitFor();
  // A headless browser has no dialogue to cancel: this is what it tells a page when somebody does (WebAuthn §5.1.3).
  await page.evaluate(`window.own = navigator.credentials.create;
    navigator.credentials.create = () => Promise.reject(new DOMException('', 'NotAllowedError'));`);
  await setUp.click();
  await page.getByText('The browser gave no passkey').waitFor();
  await look('40-passkey-cancelled');
  await page.evaluate('navigator.credentials.create = window.own');

  await setUp.click();
  await confirmCodes(page);
  await page.getByRole('button', { name: 'New case' }).waitFor();
  await signOut(page);
  await signIn(page);
  await page.getByRole('button', { name: 'Use passkey' }).waitFor();
  await look('41-passkey');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'New case' }).waitFor();

  // A copy that was made before signs with a counter that is behind.
  const { credentials } = await devtools.send('WebAuthn.getCredentials', { authenticatorId: key });
  const [credential] = credentials;
  assert.ok(credential !== undefined && credential.signCount > 1);
  await devtools.send('WebAuthn.clearCredentials', { authenticatorId: key });
  await devtools.send('WebAuthn.addCredential', {
    authenticatorId: key,
    credential: { ...credential, signCount: 0 },
  });
  await signOut(page);
  await signIn(page);
  await page.getByRole('button', { name: 'Use passkey' }).click();
  await page.getByText('as if there were a copy of it').waitFor();
  await look('42-passkey-copied');
  assert.deepEqual(found, []);
  assert.deepEqual(complaints, []);
  isWhole = true;
});

async function addAuthenticator(devtools: CDPSession): Promise<string> {
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'usb',
      hasResidentKey: false,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return authenticatorId;
}

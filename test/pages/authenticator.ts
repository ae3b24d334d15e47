/** The second factor of somebody in a test: a passkey of the browser's virtual authenticator, or an app that shows codes. */
import { codeOfApp } from '@chaperone/gateway/platform/one-time-code/testing/authenticator-app.ts';
import type { Page } from 'playwright-core';

/** Gives the window a security key that is always at hand. */
export async function addSecurityKey(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'usb',
      hasResidentKey: false,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

/** Sets up the key at the third gate, and puts the recovery codes away. */
export async function enrolSecurityKey(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Set up a passkey' }).click();
  await keepRecoveryCodes(page);
}

/** Sets up an app at the third gate. @returns its secret */
export async function enrolApp(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Set up an app' }).click();
  const secret = await page
    .getByRole('button', { name: 'copy the secret' })
    .locator('code')
    .innerText();
  await page.getByLabel('Code').fill(codeOfApp(secret, Date.now()));
  await page.keyboard.press('Enter');
  await keepRecoveryCodes(page);
  return secret;
}

async function keepRecoveryCodes(page: Page): Promise<void> {
  await page.getByLabel('I have put these codes').check();
  await page.getByRole('button', { name: 'Finish' }).click();
}

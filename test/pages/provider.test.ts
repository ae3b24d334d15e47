/**
 * Goal: a technician passes the first gate on a provider's page, in a real browser that treats it as another site: with
 * strict cookies, a strict policy, no code left in the address, and an honest word when it was not finished. The answer that
 * one browser was given signs no other in.
 * Method: the built console in real Chromium, a whole gateway, a real OpenID provider over TLS; axe.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startDirectoryGateway } from '@chaperone/gateway/composition/testing/directory-gateway.ts';
import type { DirectoryGateway } from '@chaperone/gateway/composition/testing/directory-gateway.ts';
import {
  REGISTERED_ID,
  REGISTERED_SECRET,
  PROVIDER_PASSWORD,
  startOpenIDProvider,
} from '@chaperone/gateway/directory/openid-connect/testing/openid-provider.ts';
import type { OpenIDProvider } from '@chaperone/gateway/directory/openid-connect/testing/openid-provider.ts';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { buildPage } from '../../tools/pages/pages.ts';
import { ROOT } from '../../tools/workspace/workspace.ts';
import { violationsOn } from './accessibility.ts';
import { CHROMIUM_FLAGS } from './console-stage.ts';

const TARA = 'tara@corp.example';
const WITH_PROVIDER = 'Sign in with Example Sign-In';
let provider: OpenIDProvider;
let gateway: DirectoryGateway;
let browser: Browser;
/** By its name: the provider is at an address, and so is another site. */
let origin: string;
let account: { readonly userId: string; readonly password: string };

before(async () => {
  await buildPage(ROOT, 'console', () => undefined);
  provider = await startOpenIDProvider({ returnTo: ['http://localhost/sign-in/returned'] });
  provider.people.set(TARA, { name: 'Tara Lindqvist', groups: ['staff'] });
  gateway = await startDirectoryGateway((place) => ({
    kind: 'openid-connect',
    name: 'Example Sign-In',
    issuer: provider.issuer,
    clientId: REGISTERED_ID,
    clientSecretFile: place('client-secret', REGISTERED_SECRET),
    authoritiesFile: place('provider.pem', provider.authorities),
    scopes: [],
    loginClaim: 'upn',
    rolesClaim: 'groups',
    groups: { technician: ['staff'], lead: [], administrator: [], fieldEngineer: [], auditor: [] },
    timeoutMs: 5_000,
    unreachableMsMax: 3_600_000,
  }));
  account = await gateway.addAccount(TARA);
  origin = gateway.running.consoleUrl.replace('127.0.0.1', 'localhost');
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: CHROMIUM_FLAGS });
});
after(async () => {
  await browser.close();
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

interface Opened {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the console's own policy, or its own code, complained of. */
  readonly complaints: readonly string[];
}

/** A browser of its own, licensed, which trusts the provider as those of a company do. */
async function openLicensed(): Promise<Opened> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB' });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const isRefusal = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isRefusal && page.url().startsWith(origin))
      complaints.push(message.text());
  });
  const { code } = await gateway.running.authority.issueWorkstationLicence('Test', { by: 'test' });
  await page.goto(`${origin}/cases?state=all#workstation-licence=${code}`);
  await page.getByLabel('Name of this workstation').fill('Service desk 4, left');
  await page.getByRole('button', { name: 'License' }).click();
  await page.getByRole('button', { name: WITH_PROVIDER }).waitFor();
  return { context, page, complaints };
}

async function signInThere(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Example Sign-In' }).waitFor();
  assert.ok(page.url().startsWith(provider.issuer));
  await page.getByLabel('Name').fill(TARA);
  await page.getByLabel('Password').fill(PROVIDER_PASSWORD);
  await page.getByRole('button', { name: 'Go on' }).click();
}

async function passSecond(page: Page): Promise<void> {
  await page.getByText('Tara Lindqvist').waitFor();
  await page.getByLabel('Gateway user ID').fill(account.userId);
  await page.getByLabel('Password').fill(account.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Cases' }).waitFor();
}

test('there and back by keyboard; the address keeps no code; a browser left signed in there is asked again', async () => {
  const { context, page, complaints } = await openLicensed();
  assert.equal(await page.getByLabel('Login name').count(), 0);
  const violations = await violationsOn(page);
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  assert.deepEqual(
    serious.map(({ id }) => id),
    [],
  );
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await signInThere(page);
  await page.getByText('Tara Lindqvist').waitFor();
  // Where the technician was before, and neither code nor state in it.
  assert.equal(page.url(), `${origin}/cases?state=all`);
  await page.goBack();
  assert.doesNotMatch(page.url(), /code=|state=[\w-]{20}/);
  await page.goto(`${origin}/cases?state=all`);
  await page.getByRole('button', { name: WITH_PROVIDER }).click();
  await signInThere(page);
  await passSecond(page);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: WITH_PROVIDER }).click();
  // The provider's own cookie is still there, and does not count.
  assert.ok((await context.cookies(provider.issuer)).length > 0);
  await signInThere(page);
  await passSecond(page);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('who cancels there, or comes back to nothing, is told so and can begin again', async () => {
  const { context, page, complaints } = await openLicensed();
  await page.getByRole('button', { name: WITH_PROVIDER }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('was not finished').waitFor();
  assert.doesNotMatch(page.url(), /error=/);
  await page.goto(`${origin}/sign-in/returned?code=made-up&state=made-up`);
  await page.getByText('was not finished').waitFor();
  assert.equal(page.url(), `${origin}/`);
  await page.getByRole('button', { name: WITH_PROVIDER }).click();
  await signInThere(page);
  await passSecond(page);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the answer of one browser signs no other in', async () => {
  const [one, other] = [await openLicensed(), await openLicensed()];
  // The first one comes back, and its answer is kept from the gateway.
  let answer = '';
  one.page.on('request', (request) => {
    if (request.url().includes('/sign-in/returned')) answer = request.url();
  });
  await one.page.route('**/api/sign-in/provider/answer', async (route) => await route.abort());
  await one.page.getByRole('button', { name: WITH_PROVIDER }).click();
  await signInThere(one.page);
  await one.page.getByText('cannot be reached').waitFor();
  assert.match(answer, /code=/);
  // Also while the other one is on its own way.
  await other.page.getByRole('button', { name: WITH_PROVIDER }).click();
  await other.page.getByRole('heading', { name: 'Example Sign-In' }).waitFor();
  await other.page.goto(answer);
  await other.page.getByText('was not finished').waitFor();
  // It is still good for its own.
  await one.page.unroute('**/api/sign-in/provider/answer');
  await one.page.goto(answer);
  await passSecond(one.page);
  assert.deepEqual([...one.complaints, ...other.complaints], []);
  await one.context.close();
  await other.context.close();
});

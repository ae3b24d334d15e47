/**
 * Goal: a field engineer gives a cart's licence at the console by keyboard, with each mistake said beside its field, takes its file along
 * once, and renews it; a technician sees what it does not include, why an operator could press in vain, and
 * which facility a case is of.
 * Method: the built console in a real Chromium before a real gateway; axe on each page.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { after, before, test } from 'node:test';
import { newTestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import type { TestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import { readLicenceFile } from '@chaperone/protocol/est/licence-file.ts';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { buildPage } from '../../tools/pages/pages.ts';
import { ROOT } from '../../tools/workspace/workspace.ts';
import { violationsOn } from './accessibility.ts';
import { CHROMIUM_FLAGS, demoPerson, license, signIn } from './console-stage.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const SERIAL = 'US-2001';
let gateway: TestGateway;
let browser: Browser;
before(async () => {
  await buildPage(ROOT, 'console', () => undefined);
  gateway = await newTestGateway();
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: CHROMIUM_FLAGS });
});
after(async () => {
  await browser.close();
  await gateway[Symbol.asyncDispose]();
});

async function openWindow(person: 'finn' | 'tara'): Promise<Page> {
  const viewport = { width: 1280, height: 900 };
  const context = await browser.newContext({ viewport, locale: 'en-GB' });
  const page = await context.newPage();
  const { consoleUrl, authority } = gateway.running;
  const issueWorkstationLicence = async (label: string): Promise<string> =>
    (await authority.issueWorkstationLicence(label, { by: 'test' })).code;
  await license({ system: { consoleUrl, issueWorkstationLicence } }, page);
  await signIn(page, demoPerson(person));
  return page;
}

async function examine(page: Page, name: string): Promise<void> {
  const folder = process.env['CONSOLE_SCREENSHOTS'];
  if (folder !== undefined) await page.screenshot({ path: path.join(folder, `${name}.png`) });
  const violations = await violationsOn(page);
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  assert.deepEqual(
    serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`),
    [],
    name,
  );
}

/** A day from today on, as the browser's own field takes it. */
function day(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
}

test('a cart’s licence is given with its terms, taken along as a file once, and renewed', async (t) => {
  const page = await openWindow('finn');
  t.after(async () => await page.context().close());
  await page.getByRole('link', { name: 'Licences' }).press('Enter');
  await page.getByRole('button', { name: 'For a cart …' }).press('Enter');
  const asked = page.getByRole('dialog', { name: 'Issue a licence for a cart' });
  const serial = asked.getByLabel('Serial number of the cart');
  await serial.waitFor();
  // The dialog begins where something is to be typed.
  assert.equal(await serial.evaluate((field) => field.matches(':focus')), true);
  await page.keyboard.type(SERIAL);
  await examine(page, '95-licence-asked');

  // Each mistake stands beside its own field, and nothing is asked for meanwhile.
  const issue = asked.getByRole('button', { name: 'Issue licence' });
  await asked.getByLabel('See the screen').press('Space');
  await asked.getByText('Control is licensed together with view, never alone.').waitFor();
  await asked.getByLabel('Last day').fill(day(-3));
  const until = asked.getByText('A licence that has ended already is worth nothing');
  await until.or(asked.getByText('A licence ends after it begins.')).first().waitFor();
  assert.equal(await asked.getByLabel('Last day').getAttribute('aria-invalid'), 'true');
  assert.equal(await issue.isDisabled(), true);
  await examine(page, '96-licence-mistakes');
  await asked.getByLabel('Control the screen').press('Space');
  await asked.getByLabel('See the screen').press('Space');
  await asked.getByLabel('Last day').fill(day(30));
  await asked.getByLabel('Facility').fill('Nordre Klinik');
  await asked.getByLabel('Model').fill('Vantage 7');
  await issue.press('Enter');

  const made = page.getByRole('dialog', { name: 'Licence code' });
  const code = await made.locator('.once__secret').innerText();
  const saving = page.waitForEvent('download');
  await made.getByRole('button', { name: 'Save licence file' }).press('Enter');
  const saved = await saving;
  assert.equal(saved.suggestedFilename(), `${SERIAL}.licence`);
  const file = await readLicenceFile(await readFile(await saved.path(), 'utf8'));
  assert.deepEqual(
    [file.code, file.serial, file.facility, file.model],
    [code, SERIAL, 'Nordre Klinik', 'Vantage 7'],
  );
  await made.getByText(file.rootFingerprint).waitFor();
  await examine(page, '97-licence-issued');
  await made.getByRole('button', { name: 'Done' }).press('Enter');
  await made.waitFor({ state: 'detached' });
  assert.ok(!(await page.content()).includes(code));

  await page.getByRole('row', { name: /US-2001.*Ends soon/ }).waitFor();
  await page.getByRole('button', { name: SERIAL }).press('Enter');
  await examine(page, '98-licence');
  await page.getByRole('button', { name: 'Renew …' }).press('Enter');
  const renewing = page.getByRole('dialog', { name: `Renew the licence of ${SERIAL}` });
  assert.equal(await renewing.getByLabel('Last day').inputValue(), day(30));
  await renewing.getByLabel('Last day').fill('');
  await renewing.getByLabel('Reason').fill('Ordered for as long as the cart lives.');
  await examine(page, '99-licence-renewal');
  await renewing.getByRole('button', { name: 'Renew licence' }).press('Enter');
  await page.getByText(`The licence of ${SERIAL} is renewed.`).waitFor();
  const terms = (await gateway.running.authority.cartLicence(SERIAL))?.terms;
  assert.deepEqual(
    [terms?.number, terms?.features, terms?.validUntilUtcMs, terms?.facility],
    [2, ['view', 'fetch-files', 'send-files'], null, 'Nordre Klinik'],
  );
});

test('a technician is not offered what the licence lacks, and is told when it is not in force', async (t) => {
  const { authority } = gateway.running;
  const order = { by: 'test', features: ['view', 'fetch-files'] };
  const { licence } = await authority.issueCartLicence('US-2002' as never, order);
  const page = await openWindow('tara');
  t.after(async () => await page.context().close());
  await page.getByRole('button', { name: 'New case' }).click();
  await page.getByLabel('Cart', { exact: true }).selectOption('US-2002');
  await page.getByLabel('Facility').fill('Nordre Klinik');
  await page.getByLabel('Caller').fill('Dr. Okafor');
  await page.getByLabel('Complaint').fill('Noise.');
  await page.getByRole('button', { name: 'Open case' }).click();
  await page.getByText('The licence of this cart does not include: control, send files.').waitFor();
  assert.equal(await page.getByLabel(/^Control the screen/).isDisabled(), true);
  assert.equal(await page.getByLabel(/^See the screen/).isDisabled(), false);
  await page.getByText('Without an end').waitFor();
  await examine(page, '100-case-licence-lacks');

  const validFromUtcMs = Math.floor(Date.now() / DAY_MS + 2) * DAY_MS;
  await authority.renewLicence(licence.id, { by: 'test', validFromUtcMs, validUntilUtcMs: null });
  await page.reload();
  await page
    .getByText(/^The licence of this cart begins on .* cannot begin a session\.$/)
    .waitFor();
  await page.getByText('Not in force yet').waitFor();
  await examine(page, '101-case-licence-not-yet');
});

test('a new case takes the facility of its cart’s licence; only where it names none is one chosen, from those known', async (t) => {
  const { authority } = gateway.running;
  await authority.issueCartLicence('US-2003' as never, { by: 'test', facility: 'Klinikum Süd' });
  await authority.issueCartLicence('US-2004' as never, { by: 'test' });
  const page = await openWindow('tara');
  t.after(async () => await page.context().close());
  const asked = page.getByRole('dialog', { name: 'New case' });
  const facility = asked.getByLabel('Facility');
  const begin = async (cart: string): Promise<void> => {
    await page.getByRole('button', { name: 'New case' }).click();
    await asked.getByLabel('Cart', { exact: true }).waitFor();
    assert.equal(await facility.count(), 0, 'before there is a cart nothing is said of a facility');
    await asked.getByLabel('Cart', { exact: true }).selectOption(cart);
    await asked.getByLabel('Caller').fill('Dr. Okafor');
    await asked.getByLabel('Complaint').fill('Noise.');
  };

  await begin('US-2004');
  await asked.getByText(/^The licence of this cart names no facility\./).waitFor();
  const offered = await asked
    .locator('datalist option')
    .evaluateAll((options) => options.map((option) => option.getAttribute('value')));
  assert.ok(offered.includes('Klinikum Süd'));
  await facility.fill('Klinikum Sud');
  await examine(page, '102-new-case-facility-unnamed');
  await asked.getByRole('button', { name: 'Open case' }).click();
  await asked.getByText(/^No facility of this name is known here\./).waitFor();
  // Another cart is chosen: what was typed before counts for nothing.
  await asked.getByLabel('Cart', { exact: true }).selectOption('US-2003');
  await asked.getByText(/^From the licence of the cart\./).waitFor();
  assert.equal(await facility.inputValue(), 'Klinikum Süd');
  assert.equal(await facility.isEditable(), false);
  await examine(page, '103-new-case-facility-of-licence');
  await asked.getByRole('button', { name: 'Open case' }).click();
  await page.getByRole('heading', { name: 'Klinikum Süd' }).waitFor();
});

/**
 * Goal: a field engineer sees at a glance which carts need somebody, why, and what was signed about each; by keyboard, and with the
 * report as a page and as a file. Method: the built console in a real Chromium before a real gateway, to which carts have reported.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import {
  enrolKey,
  newTestGateway,
} from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import type { TestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import { sendReport } from '@chaperone/gateway/composition/testing/send-report.ts';
import { sampleClaims } from '@chaperone/protocol/commissioning/testing/sample-report.ts';
import { PHI_CONTROLS } from '@chaperone/domain/phi-policy/phi-control.ts';
import { DEMO_PHI_POLICY } from '@chaperone/domain/phi-policy/phi-policy.ts';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { PHI_WORDS } from '../../console/src/words/phi.ts';
import { buildPage } from '../../tools/pages/pages.ts';
import { ROOT } from '../../tools/workspace/workspace.ts';
import { violationsOn } from './accessibility.ts';
import { CHROMIUM_FLAGS, demoPerson, license, signIn } from './console-stage.ts';

let gateway: TestGateway;
let browser: Browser;
before(async () => {
  await buildPage(ROOT, 'console', () => undefined);
  gateway = await newTestGateway();
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: CHROMIUM_FLAGS });
  await layCarts();
});
after(async () => {
  await browser.close();
  await gateway[Symbol.asyncDispose]();
});

/** One as it was accepted, one that was not accepted the last time, one that never reported, one that waits for its engineer, one that is retired. */
async function layCarts(): Promise<void> {
  const { authority } = gateway.running;
  const rootFingerprint = authority.facts.fingerprints.cart;
  const own = { ...sampleClaims().gateway, serverName: 'localhost', rootFingerprint };
  const good = await enrolKey(gateway.running, 'US-1001');
  const bad = await enrolKey(gateway.running, 'US-1002');
  await enrolKey(gateway.running, 'US-1003');
  const gone = await enrolKey(gateway.running, 'US-1005');
  await authority.retireCart(gone.serial as never);
  await authority.issueCartLicence('US-1004' as never, { by: 'test', facility: 'Nordre Klinik' });
  for (const cart of [good, bad]) {
    const terms = (await authority.cartLicence(cart.serial))?.terms;
    assert.ok(terms);
    const { licenceId, features, validUntilUtcMs } = terms;
    const licence = { id: String(licenceId), features: [...features], validUntilUtcMs };
    await sendReport(cart, { gateway: own, licence });
  }
  const { validation, network } = sampleClaims();
  const [step, ...others] = validation.steps;
  assert.ok(step !== undefined);
  const advice = 'Please let 10.20.31.47 open TCP port 443 of 203.0.113.10.';
  const failed = { ...step, result: 'failed', finding: 'LINK_DOWN', advice } as const;
  await sendReport(bad, {
    gateway: own,
    facility: 'Zentralklinik Süd',
    network: { ...network, method: 'static' },
    validation: { ...validation, steps: [failed, ...others] },
  });
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

test('which carts need somebody, why, and what was signed', async (t) => {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
  });
  t.after(async () => await context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (fault) => complaints.push(fault.message));
  const { consoleUrl, authority } = gateway.running;
  const issueWorkstationLicence = async (label: string): Promise<string> =>
    (await authority.issueWorkstationLicence(label, { by: 'test' })).code;
  await license({ system: { consoleUrl, issueWorkstationLicence } }, page);
  await signIn(page, demoPerson('finn'));
  await page.getByRole('heading', { name: 'Carts', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'US-1001' }).waitFor();
  const rows = async (): Promise<readonly string[]> =>
    await page.locator('.row__open').allInnerTexts();
  assert.deepEqual(await rows(), ['US-1001', 'US-1002', 'US-1003', 'US-1004', 'US-1005']);
  await examine(page, '90-carts');

  // The policy on patient data is one touch away on every page of the console.
  await page.getByRole('button', { name: PHI_WORDS.open }).click();
  const policy = page.getByRole('dialog', { name: PHI_WORDS.title });
  for (const { text } of DEMO_PHI_POLICY.sentences)
    await policy.getByRole('rowheader', { name: text.en }).waitFor();
  await policy.getByText(PHI_CONTROLS.destruction.does.en).waitFor();
  await examine(page, '93-patient-data');
  await page.keyboard.press('Escape');
  await policy.waitFor({ state: 'detached' });

  await page.getByLabel('Which carts').selectOption('attention');
  await page.getByRole('button', { name: 'US-1001' }).waitFor({ state: 'detached' });
  assert.deepEqual(await rows(), ['US-1002', 'US-1003']);
  // The address can be kept, and shows the same again.
  assert.match(page.url(), /only=attention/);
  await page.reload();
  await page.getByRole('button', { name: 'US-1002' }).waitFor();
  assert.deepEqual(await rows(), ['US-1002', 'US-1003']);
  await page.getByRole('button', { name: 'US-1002' }).press('Enter');
  const panel = page.getByRole('complementary', { name: 'US-1002' });
  await panel.getByText('Failed: link').first().waitFor();
  await panel.getByText(/^10\.20\.31\.47\/24, fixed/).waitFor();
  const reports = panel.getByRole('listitem');
  await reports.first().waitFor();
  assert.equal(await reports.count(), 2);
  await examine(page, '91-cart-needs-attention');

  const opening = context.waitForEvent('page');
  await panel
    .getByRole('link', { name: /^Open page of report/ })
    .first()
    .press('Enter');
  const report = await opening;
  await report.getByText('NOT ACCEPTED').waitFor();
  await examine(report, '92-report-page');
  await report.close();
  const saving = page.waitForEvent('download');
  await panel
    .getByRole('button', { name: /^Save file of report/ })
    .last()
    .press('Enter');
  const saved = await saving;
  assert.match(saved.suggestedFilename(), /^acpt-[0-9a-z]{26}\.json$/);
  const file = JSON.parse(await readFile(await saved.path(), 'utf8')) as { readonly kind: string };
  assert.equal(file.kind, 'chaperone-acceptance');

  await page.keyboard.press('Escape');
  await page.getByLabel('Which carts').selectOption('all');
  await page.getByLabel('Order').selectOption('facility');
  await page.getByRole('button', { name: 'US-1004' }).waitFor();
  await page.locator('.row__open').first().filter({ hasText: 'US-1004' }).waitFor();
  assert.doesNotMatch(page.url(), /only=/);
  assert.match(page.url(), /sort=facility/);
  assert.deepEqual(complaints, []);
});

test('a page that cannot be drawn says so, and leads back; it never goes blank', async (t) => {
  const context = await browser.newContext({ locale: 'en-GB' });
  t.after(async () => await context.close());
  const page = await context.newPage();
  const { consoleUrl, authority } = gateway.running;
  const issueWorkstationLicence = async (label: string): Promise<string> =>
    (await authority.issueWorkstationLicence(label, { by: 'test' })).code;
  await license({ system: { consoleUrl, issueWorkstationLicence } }, page);
  await signIn(page, demoPerson('finn'));
  await page.getByRole('button', { name: 'US-1001' }).waitFor();
  // An instant that no calendar has, as only a damaged gateway would tell it.
  const isList = (url: URL): boolean => url.pathname === '/api/admin/carts';
  await page.route(isList, async (route) => {
    const response = await route.fetch();
    const body = await response.text();
    await route.fulfill({
      response,
      body: body.replaceAll(/"validatedUtcMs":\d+/g, '"validatedUtcMs":9007199254740991'),
    });
  });
  await page.reload();
  const broke = page.getByRole('alert').filter({ hasText: 'This page cannot be shown' });
  await broke.waitFor();
  await examine(page, '93-page-broke');
  await page.unroute(isList);
  await broke.getByRole('link', { name: 'Back to the first page' }).press('Enter');
  await page.getByRole('button', { name: 'US-1001' }).waitFor();
});

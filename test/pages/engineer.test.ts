/**
 * Goal: a field engineer gets a cart from a licence on paper to a signed report on the panel alone, every mistake is said beside its field,
 * and every page can be read, touched and heard in three languages.
 * Method: real Chromium. Once against a real service centre and a real cart that has never been set up; once through every fixture of the
 * engineer page under the agent's content security policy. axe on each page. PANEL_SCREENSHOTS=<folder> photographs them.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { after, before, test } from 'node:test';
import type { TestContext } from 'node:test';
import { LANGUAGES } from '@chaperone/domain/notice/notice.ts';
import type { Language } from '@chaperone/domain/notice/notice.ts';
import type { Page } from 'playwright-core';
import { ENGINEER_FIXTURES, SCANNED } from '../../panel/preview/engineer-fixtures.ts';
import { ENGINEER_WORDS } from '../../panel/src/words/engineer-languages.ts';
import { WORDS } from '../../panel/src/words/languages.ts';
import { layDemoFiles } from '../../tools/demo/demo-files.ts';
import { startSystem } from '../../tools/demo/system.ts';
import { buildPage } from '../../tools/pages/pages.ts';
import { ROOT } from '../../tools/workspace/workspace.ts';
import { violationsOn } from './accessibility.ts';
import { openStage, openWindow } from './panel-stage.ts';
import type { PanelStage } from './panel-stage.ts';

const PIN = '271828';
const TARGET_MIN = 44;

let stage: PanelStage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());

async function photograph(page: Page, name: string): Promise<void> {
  const folder = process.env['PANEL_SCREENSHOTS'];
  if (folder !== undefined) await page.screenshot({ path: path.join(folder, `${name}.png`) });
}

async function examine(page: Page, name: string): Promise<readonly string[]> {
  return [...(await axeComplaints(page, name)), ...(await tooSmall(page, name))];
}

async function tooSmall(page: Page, name: string): Promise<readonly string[]> {
  return (await smallTargets(page)).map((target) => `${name}: small: ${target}`);
}

async function axeComplaints(page: Page, name: string): Promise<readonly string[]> {
  const violations = await violationsOn(page);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${name}: ${id}: ${nodes.map((node) => node.html).join(' ')}`);
}

/** Buttons and fields that a finger misses. A choice is touched on its whole label. */
function smallTargets(page: Page): Promise<readonly string[]> {
  return page.evaluate(`[...document.querySelectorAll('button, label:has(> input), input:not(label > input), textarea')]
    .map((each) => ({ each, box: each.getBoundingClientRect() }))
    .filter(({ each, box }) => box.width > 0 && !each.matches('label.field__file') && (box.height < ${TARGET_MIN} || box.width < ${TARGET_MIN}))
    .map(({ each }) => each.outerHTML.slice(0, 120))`);
}

/** Types the PIN on the pad, with the finger. */
async function typePin(page: Page, pin: string): Promise<void> {
  for (const digit of pin) await page.getByRole('button', { name: digit, exact: true }).click();
}

async function startNew(t: TestContext) {
  await buildPage(ROOT, 'panel', () => undefined);
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-engineer-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const files = await layDemoFiles(folder, Date.now());
  const system = await startSystem({
    ...files,
    ...{ folder, serial: 'US-DEMO-0001', model: 'Demo Ultrasound 900', cart: 'new' },
    ...{ ports: { edge: 0, console: 0, panel: 0 }, engineerPin: PIN, say: () => undefined },
  });
  t.after(() => system.stop());
  const context = await stage.browser.newContext({
    ...{ viewport: { width: 1280, height: 1024 }, locale: 'en', acceptDownloads: true },
  });
  t.after(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const isRefusal = /the server responded with a status of (?:403|422)/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !isRefusal)
      complaints.push(message.text());
  });
  await page.goto(`${system.panelUrl}/#credential=${system.panelCredential}`);
  return { system, page, complaints };
}

test('from a licence on paper to a signed report, on the panel of a cart that was never set up', async (t) => {
  const { system, page, complaints } = await startNew(t);
  const found: string[] = [];
  const look = async (name: string): Promise<void> => {
    await photograph(page, `real-${name}`);
    found.push(...(await examine(page, `real-${name}`)));
  };
  const button = (name: string | RegExp) => page.getByRole('button', { name });
  await page.getByRole('heading', { name: 'This system is not set up yet.' }).waitFor();
  assert.equal(await button('Remote Maintenance').count(), 0);
  await look('not-set-up');
  await button('Service').click();
  await typePin(page, '314159');
  await button('Open').click();
  await page.getByText('This PIN is wrong.').waitFor();
  await look('pin');
  await typePin(page, PIN);
  await button('Open').click();

  await page.getByRole('heading', { name: 'Licence of this cart' }).waitFor();
  const { code, rootFingerprint } = await system.issueCartLicence();
  const typo = code.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  await page.getByLabel('Licence code').fill(typo);
  await page.getByLabel('Fingerprint of the root').fill(rootFingerprint.slice(0, 20));
  await button('Enrol this cart').click();
  await page.getByText('This licence code is mistyped').waitFor();
  await look('licence');
  await page.getByLabel('Licence code').fill(code.toLowerCase());
  await button('Enrol this cart').click();
  await page.getByText('This cart is enrolled.').waitFor();
  await button('Next').click();

  await page.getByRole('heading', { name: 'Network', exact: true }).waitFor();
  await look('network');
  // By whether NetworkManager runs on this machine.
  await button(/^(?:Next|Leave it as it is)$/)
    .and(page.locator(':visible'))
    .click();

  const host = page.getByLabel('Gateway: name or IP address');
  const right = await host.inputValue();
  await host.fill('https://gateway.example');
  await button('Save and go on').click();
  await page.getByText('Type it without').waitFor();
  await look('gateway');
  assert.equal(await host.inputValue(), 'https://gateway.example', 'what was typed stays');
  await host.fill(right);
  await button('Save and go on').click();

  await page.getByRole('heading', { name: 'Validation' }).waitFor();
  await button('Validate').click();
  await page.getByText('This cart reaches the service centre.').waitFor({ timeout: 60_000 });
  assert.equal(await page.locator('.looked__step').count(), 13);
  await look('validation');
  await button('Next').click();

  await page.getByRole('heading', { name: 'Acceptance' }).waitFor();
  await button('Sign the report').click();
  await page.getByText('Type the name of the hospital').waitFor();
  await page.getByLabel('Hospital').fill('St. Marien Krankenhaus');
  await page.getByLabel('Your name').fill('F. Oberhauser');
  await button('Sign the report').click();
  await page.getByText('The acceptance report is signed.').waitFor();
  await look('acceptance');
  await button('Show the report').click();
  const report = page.getByRole('document', { name: 'Report' });
  await report.getByText('St. Marien Krankenhaus').first().waitFor();
  await look('report');
  const download = page.waitForEvent('download');
  await button('Save the report').click();
  assert.match((await download).suggestedFilename(), /^acceptance-acpt-\w+\.html$/);
  // Printed alone: the browser's dialog is held open here, for what it would print to be looked at.
  await page.evaluate('window.print = () => undefined');
  await page.getByRole('button', { name: 'Print the report' }).click();
  await page.emulateMedia({ media: 'print' });
  await page.locator('.print-page').getByText('ACCEPTED').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Print the report' }).isVisible(), false);
  await page.evaluate("window.dispatchEvent(new Event('afterprint'))");
  await page.emulateMedia({ media: 'screen' });
  await page.locator('.print-page').waitFor({ state: 'detached' });
  await button('Hide the report').click();
  await button('Text for the firewall team').click();
  const text = await page.getByRole('textbox', { name: 'Text for the firewall team' }).inputValue();
  assert.match(text, /US-DEMO-0001/);
  assert.match(text, /outbound/);
  await look('firewall');

  await page.getByRole('button', { name: 'Deutsch' }).click();
  await page.getByText('Der Abnahmebericht ist unterschrieben.').waitFor();
  await page.getByRole('button', { name: 'Español' }).click();
  await page.getByText('El informe de aceptación está firmado.').waitFor();
  await page.getByRole('button', { name: 'English' }).click();
  await button('Close this page').click();
  await page.getByRole('heading', { name: 'This system is closed.' }).waitFor();
  assert.equal(await button('Remote Maintenance').count(), 1);
  assert.deepEqual(found, []);
  assert.deepEqual(complaints, []);
});

test('a press of the button while the page is open closes it, and a session comes first', async (t) => {
  const panel = await openWindow(stage, { language: 'en' });
  t.after(panel.close);
  panel.preview.showEngineer(ENGINEER_FIXTURES['enrolled'] ?? raise());
  await openEngineer(panel.page, 'en');
  const { FIXTURES } = await import('../../panel/preview/fixtures.ts');
  await panel.show(FIXTURES['notice'] ?? raise());
  await panel.page.locator('.engineer').waitFor({ state: 'detached' });
  await panel.show({ ...(FIXTURES['idle'] ?? raise()) });
  assert.equal(await panel.page.locator('.engineer').count(), 0, 'it does not come back by itself');
});

/** Which step of the page each fixture is about. */
const STEP_OF: Readonly<Record<string, number>> = {
  ...{ new: 0, waiting: 0, enrolled: 0, 'no-network-manager': 1, trying: 1, 'rolled-back': 1 },
  ...{ 'rolled-back-at-the-port': 1, 'kept-without-gateway': 1 },
  ...{ validating: 3, validated: 3, inspected: 3, accepted: 4 },
};

/** The sizes of the displays that carts have, the one that the windows open with first. */
const SIZES = [
  { width: 1280, height: 1024 },
  { width: 1024, height: 768 },
] as const;

for (const language of LANGUAGES) {
  test(`${WORDS[language].name}: every engineer page can be read and touched, on both sizes`, async (t) => {
    const found: string[] = [];
    for (const [name, state] of Object.entries(ENGINEER_FIXTURES)) {
      const panel = await openWindow(stage, { language, ...SIZES[0] });
      const { page } = panel;
      panel.preview.showEngineer(state);
      panel.preview.answer('engineer/scan', 200, SCANNED);
      await openEngineer(page, language);
      await page
        .locator('.engineer__tab')
        .nth(STEP_OF[name] ?? 0)
        .click();
      if (state.ledgerDiverged !== null) {
        const words = ENGINEER_WORDS[language];
        const moment = words.moments(state.ledgerDiverged.noticedUtcMs);
        await page.getByText(words.ledgerDiverged(moment)).waitFor();
      }
      if (name === 'enrolled') await openWiFi(page, language);
      if (name === 'rolled-back-at-the-port') await tryWired(page, language);
      for (const size of SIZES) {
        await page.setViewportSize(size);
        const shown = `${name}-${language}-${size.width}x${size.height}`;
        await photograph(page, shown);
        // What a screen reader finds depends neither on the size nor on the language.
        const isExamined = size === SIZES[0] && language === 'en';
        found.push(...(await (isExamined ? examine : tooSmall)(page, shown)));
        found.push(...(await overflow(page)).map((what) => `${shown}: ${what}`));
      }
      found.push(...panel.complaints);
      await panel.close();
    }
    assert.deepEqual(found, []);
    t.diagnostic(`${Object.keys(ENGINEER_FIXTURES).length} pages`);
  });
}

test('what failed beyond the router alone can be kept by a choice, as it was tried', async (t) => {
  const panel = await openWindow(stage, { language: 'en' });
  t.after(panel.close);
  const { page, preview } = panel;
  preview.showEngineer(ENGINEER_FIXTURES['rolled-back-at-the-port'] ?? raise());
  await openEngineer(page, 'en');
  await page.locator('.engineer__tab').nth(1).click();
  await page.locator('label:visible', { hasText: 'Fixed' }).click();
  await page.locator('label:visible', { hasText: /^Address/ }).fill('10.20.30.41');
  await tryWired(page, 'en');
  await page.locator('label:visible', { hasText: /^Address/ }).fill('10.20.30.99');
  await page.getByText('the setting is kept although the gateway is not reached').waitFor();
  await page.getByRole('button', { name: 'Keep this setting anyway' }).click();
  preview.showEngineer(ENGINEER_FIXTURES['kept-without-gateway'] ?? raise());
  await page.getByText('Whether the gateway is reached was not looked at').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Keep this setting anyway' }).count(), 0);
  const asked = preview.acts.filter(({ path: name }) => name === 'engineer/network');
  assert.deepEqual(
    asked.map(({ body }) => {
      const { proof, profile } = body as { proof: string; profile: { ipv4: { address: string } } };
      return [proof, profile.ipv4.address];
    }),
    [
      ['gateway', '10.20.30.41'],
      ['link', '10.20.30.41'],
    ],
  );
});

test('what was typed is what the big button is for, and a refusal is gone when it is settled', async (t) => {
  const panel = await openWindow(stage, { language: 'en' });
  t.after(panel.close);
  const { page, preview } = panel;
  const [wired, wifi] = (ENGINEER_FIXTURES['enrolled'] ?? raise()).interfaces;
  preview.showEngineer({
    ...(ENGINEER_FIXTURES['validated'] ?? raise()),
    interfaces: [
      { ...(wired ?? raise()), state: 'down', address: null },
      { ...(wifi ?? raise()), state: 'up', address: '10.20.30.42', ssid: 'Ward-4' },
    ],
  });
  await openEngineer(page, 'en');
  await page.locator('.engineer__tab').nth(1).click();
  // The one in use comes first, not the one without a cable.
  await page.locator('.interface[aria-pressed="true"]', { hasText: 'wlan0' }).waitFor();
  const apply = page.locator('button:visible', { hasText: 'Try these settings' });
  const leave = page.locator('button:visible', { hasText: 'Leave it as it is' });
  assert.match((await leave.getAttribute('class')) ?? '', /button--go/);
  await page.locator('label:visible', { hasText: /^Name of the network/ }).fill('Ward-5');
  assert.match((await apply.getAttribute('class')) ?? '', /button--go/);
  assert.doesNotMatch((await leave.getAttribute('class')) ?? '', /button--go/);
  assert.ok(await apply.isVisible());

  await page.locator('.engineer__tab').nth(4).click();
  preview.answer('engineer/accept', 409, { code: 'VALIDATION_NOT_PASSED', detail: 'x' });
  await page.locator('button:visible', { hasText: 'Sign the report' }).click();
  await page.getByText('The last validation failed.').waitFor();
  const accepted = ENGINEER_FIXTURES['accepted'] ?? raise();
  const { validation, report } = accepted;
  preview.showEngineer({
    ...accepted,
    report: null,
    validation: { ...(validation ?? raise()), startedUtcMs: Date.UTC(2026, 2, 3) },
  });
  await page.getByText('The last validation failed.').waitFor({ state: 'detached' });

  preview.showEngineer({ ...accepted, report: { ...(report ?? raise()), isOutOfDate: true } });
  await page.getByText('This report is about earlier settings.').waitFor();
  await page.getByRole('button', { name: /Acceptance \(out of date\)/ }).waitFor();

  // A report that is worth nothing is said beside the one that is left, in the gateway's own words.
  preview.showEngineer({
    ...accepted,
    ...{ reportTrouble: 'ACCEPTANCE_REFUSED', reportRefusal: 'The clock of the cart is wrong.' },
  });
  await page.getByText('it is not sent again').waitFor();
  await page.getByText('The clock of the cart is wrong.').waitFor();
});

test('what is being tried is taken back at once, when somebody says so', async (t) => {
  const panel = await openWindow(stage, { language: 'de' });
  t.after(panel.close);
  const { page, preview } = panel;
  preview.showEngineer(ENGINEER_FIXTURES['trying'] ?? raise());
  await openEngineer(page, 'de');
  await page.locator('.engineer__tab').nth(1).click();
  await page.getByRole('button', { name: 'Jetzt zurück' }).click();
  preview.showEngineer(ENGINEER_FIXTURES['rolled-back'] ?? raise());
  await page.getByRole('button', { name: 'Jetzt zurück' }).waitFor({ state: 'detached' });
  assert.equal(
    preview.acts.filter(({ path: name }) => name === 'engineer/network/withdraw').length,
    1,
  );
});

test('by keyboard alone: the PIN, the steps and a field', async (t) => {
  const panel = await openWindow(stage, { language: 'en' });
  t.after(panel.close);
  panel.preview.showEngineer(ENGINEER_FIXTURES['new'] ?? raise());
  const { page } = panel;
  await page.getByRole('button', { name: 'Service' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'For field engineers' }).waitFor();
  await page.keyboard.type(PIN);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Licence of this cart' }).waitFor();
  await page.getByRole('button', { name: /Gateway, proxy/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Gateway and proxy' }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('192.0.2.10');
  assert.equal(await page.getByLabel('Gateway: name or IP address').inputValue(), '192.0.2.10');
  const posted = panel.preview.acts.find(({ path: name }) => name === 'engineer/open');
  assert.deepEqual(posted?.body, { pin: PIN });
});

async function openEngineer(page: Page, language: Language): Promise<void> {
  await page.getByRole('button', { name: WORDS[language].service }).click();
  await typePin(page, PIN);
  await page.getByRole('button', { name: ENGINEER_WORDS[language].pin.open, exact: true }).click();
  await page.locator('.engineer__tab').first().waitFor();
}

/** Tries what stands in the form; only what was tried here is offered to be kept. */
async function tryWired(page: Page, language: Language): Promise<void> {
  const { network } = ENGINEER_WORDS[language];
  const offer = page.getByRole('button', { name: network.keepAnyway });
  assert.equal(await offer.count(), 0);
  await page.locator('button:visible', { hasText: network.apply }).click();
  await offer.waitFor();
}

/** Looks for networks, takes one of WPA2-Enterprise. */
async function openWiFi(page: Page, language: Language): Promise<void> {
  const { network, stepNames } = ENGINEER_WORDS[language];
  await page.getByRole('button', { name: new RegExp(stepNames.network) }).click();
  await page.locator('.interface').nth(1).click();
  await page.getByRole('button', { name: network.scan }).click();
  await page.locator('button.networks__row').first().click();
  await page.getByLabel(network.loginServer).waitFor();
}

/** Nothing may be wider than the window: there is no way to scroll sideways with a finger here. */
function overflow(page: Page): Promise<readonly string[]> {
  return page.evaluate(`[...document.querySelectorAll('.engineer__step:not([hidden]), .engineer__steps')]
    .filter((each) => each.scrollWidth > each.clientWidth + 1)
    .map((each) => each.className + ' is wider than its place')`);
}

function raise(): never {
  throw new Error('there is no such fixture');
}

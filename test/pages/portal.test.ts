/**
 * Goal: a security officer can use the portal with a real browser, by keyboard, in three languages, on a small screen and on
 * paper; nothing is needed that the strict policy refuses, and axe finds nothing serious.
 *
 * Method: a whole gateway with a case that was served and resolved; Chromium with the officer's certificate (through
 * Playwright's own TLS end: what the portal does with certificates is shown in portal.test.ts of the gateway). With
 * PORTAL_SCREENSHOTS=<folder> each page is also photographed.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import {
  newTestGateway,
  someBytes,
} from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import type { TestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import {
  fetchFile,
  grantSession,
  openCase,
  resolveCase,
  sessionIs,
  transferIs,
} from '@chaperone/gateway/composition/testing/session-script.ts';
import type { TestCase } from '@chaperone/gateway/composition/testing/session-script.ts';
import { OfficerBrowser } from '@chaperone/gateway/portal/testing/officer-browser.ts';
import type { FacilityPolicyDocument } from '@chaperone/protocol/facility-policy/facility-policy-document.ts';
import {
  facilityKeyFingerprint,
  signPolicy,
} from '@chaperone/protocol/facility-policy/facility-policy-statement.ts';
import { RECEIPT_FILE_KIND } from '@chaperone/protocol/receipt/receipt-file.ts';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { violationsOn } from './accessibility.ts';

const CHROMIUM_FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run'];
const SERIOUS = new Set(['serious', 'critical']);
const PICTURES = process.env['PORTAL_SCREENSHOTS'];

const POLICY: FacilityPolicyDocument = {
  format: 1,
  facility: 'St. Test',
  version: 1,
  validFrom: '2026-01-01T00:00:00Z',
  validUntil: '2030-01-01T00:00:00Z',
  carts: 'every',
  hours: 'always',
  groups: [],
  activities: ['view'],
  files: { fetch: { allowed: [], refused: [] }, send: { allowed: [], refused: [] } },
  deIdentificationRequired: false,
  regionTemplates: [],
  secondApproval: null,
};
const newKey = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

/** Picks a file with a policy of this key, and sends the form. */
async function bringFile(page: Page, privateKey: KeyObject, version: number): Promise<void> {
  const jws = await signPolicy({ ...POLICY, version }, privateKey, Date.now());
  const buffer = Buffer.from(`${jws}\n`);
  await page.locator('#file').setInputFiles({ name: 'p.jws', mimeType: 'text/plain', buffer });
  await page.locator('form.bring button').click();
}

let gateway: TestGateway;
let browser: Browser;
let served: TestCase;
before(async () => {
  gateway = await newTestGateway();
  const tara = await gateway.signedIn('tara');
  const cart = await gateway.enrolCart();
  served = await openCase(tara);
  await cart.connect();
  await grantSession(tara, cart, served);
  cart.files.set('system.log', someBytes(2_345_678));
  await transferIs(tara, served, await fetchFile(tara, served, 'system.log'), 'done');
  await tara.ask('POST', `/api/cases/${served.id}/session/leave`);
  await sessionIs(tara, served, 'ended');
  assert.equal((await resolveCase(tara, served)).status, 200);
  await gateway.enrolCart('US-1002');
  await openCase(tara, 'US-1002');
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: CHROMIUM_FLAGS });
});
after(async () => {
  await browser.close();
  await gateway[Symbol.asyncDispose]();
});

interface Window extends AsyncDisposable {
  readonly page: Page;
  readonly officer: OfficerBrowser;
  readonly complaints: readonly string[];
  /** Examines the page as it stands and photographs it. */
  examine(name: string): Promise<void>;
}

async function openWindow(locale: string, width = 1180, height = 860): Promise<Window> {
  const officer = await OfficerBrowser.enrol(gateway.running, 'St. Test');
  const origin = gateway.running.portalUrl ?? '';
  const context = await browser.newContext({
    locale,
    viewport: { width, height },
    ignoreHTTPSErrors: true,
    clientCertificates: [
      {
        origin,
        cert: Buffer.from(officer.shown?.cert ?? ''),
        key: Buffer.from(officer.shown?.key.export({ type: 'pkcs8', format: 'pem' }) ?? ''),
      },
    ],
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // Chromium itself reports each refusal that a page then explains.
    if (message.text().startsWith('Failed to load resource')) return;
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) complaints.push(`it asked for ${request.url()}`);
  });
  await page.goto(origin);
  return {
    page,
    officer,
    complaints,
    examine: async (name) => {
      if (PICTURES !== undefined) {
        mkdirSync(PICTURES, { recursive: true });
        await page.screenshot({ path: path.join(PICTURES, `${name}.png`), fullPage: true });
      }
      const violations = await violationsOn(page);
      const found = violations.filter(({ impact }) => SERIOUS.has(impact ?? ''));
      assert.deepEqual(
        found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
        [],
        name,
      );
      const wide = await page.evaluate(
        'document.documentElement.scrollWidth > document.documentElement.clientWidth',
      );
      assert.equal(wide, false, `${name} has to be scrolled sideways`);
    },
    [Symbol.asyncDispose]: async () => await context.close(),
  };
}

test('by keyboard: sign in, read the case, its certificate and the ledger, sign out', async () => {
  await using window = await openWindow('en-GB');
  const { page, officer, examine, complaints } = window;
  await examine('sign-in');
  // The field has the focus.
  await page.keyboard.type('000000');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  await examine('sign-in-refused');
  await page.keyboard.type(officer.code());
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'St. Test' }).waitFor();
  await page.getByRole('note').getByText('Demonstration').waitFor();
  await examine('overview');

  await page.getByRole('link', { name: served.number, exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: `Case ${served.number}` }).waitFor();
  const row = page.getByRole('row').filter({ hasText: 'Tara' });
  await row.getByText('The technician ended it.').waitFor();
  await examine('case');
  const receipt = page.waitForEvent('download');
  // This cart has no second signature: it says so.
  await row.getByRole('link', { name: 'Receipt, signed by the cart' }).click();
  const kept = await receipt;
  assert.equal(kept.suggestedFilename(), `${served.number}-receipt.json`);
  const { kind } = JSON.parse(readFileSync(await kept.path(), 'utf8')) as { readonly kind: string };
  assert.equal(kind, RECEIPT_FILE_KIND);
  const verifier = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download the page that checks evidence' }).click();
  assert.equal((await verifier).suggestedFilename(), 'chaperone-verify.html');

  await page.getByRole('link', { name: 'Show the certificate of destruction' }).click();
  await page.getByRole('heading', { name: 'Certificate of destruction' }).waitFor();
  await examine('certificate');
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: /Download the evidence/ }).click();
  const saved = await download;
  assert.equal(saved.suggestedFilename(), `${served.number}-evidence.json`);
  const bundle = JSON.parse(readFileSync(await saved.path(), 'utf8')) as { readonly case: string };
  assert.equal(bundle.case, served.id);

  await page.getByRole('link', { name: 'Ledger' }).click();
  await page.getByText(gateway.running.ledger.verifierKey(), { exact: true }).waitFor();
  await examine('ledger');
  await page.goto(`${gateway.running.portalUrl ?? ''}/cases/nothing`);
  await page.getByText('There is nothing at this address.').waitFor();
  await examine('not-there');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Six-digit code').waitFor();
  assert.deepEqual(complaints, []);
});

test('in German and Spanish, on a small screen', async () => {
  const rows = [
    ['de-DE', 'Sechsstelliger Code', 'Fernsitzungen'],
    ['es-ES', 'Código de seis cifras', 'Sesiones remotas'],
  ] as const;
  for (const [locale, code, sessions] of rows) {
    await using window = await openWindow(locale, 390, 780);
    const { page, officer, examine, complaints } = window;
    assert.equal(await page.locator('html').getAttribute('lang'), locale.slice(0, 2));
    await page.getByLabel(code).fill(officer.code());
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: served.number, exact: true }).waitFor();
    await examine(`overview-${locale}`);
    await page.getByRole('link', { name: served.number, exact: true }).click();
    await page.getByRole('heading', { name: sessions }).waitFor();
    await examine(`case-${locale}`);
    await page.goto(`${gateway.running.portalUrl ?? ''}/cases/${served.id}/certificate`);
    await examine(`certificate-${locale}`);
    assert.deepEqual(complaints, []);
  }
});

test('the pages about the whole facility: sessions, held, certificates, policy, patient data, on both screens', async () => {
  const sizes = [
    ['en-GB', 1180, 860],
    ['de-DE', 390, 780],
  ] as const;
  for (const [locale, width, height] of sizes) {
    await using window = await openWindow(locale, width, height);
    const { page, officer, examine, complaints } = window;
    await page.getByRole('textbox').fill(officer.code());
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'St. Test' }).waitFor();
    for (const place of ['sessions', 'held', 'certificates', 'policy', 'patient-data']) {
      await page.locator(`nav a[href="/${place}"]`).click();
      await page.waitForURL(`**/${place}`);
      await examine(`${place}-${locale}`);
    }
    await page.locator('nav a[href="/sessions"]').click();
    await page.locator('table a[href*="/sessions/"]').first().click();
    await page.waitForURL('**/cases/*/sessions/*');
    await examine(`session-${locale}`);
    if (locale === 'en-GB') {
      await page.locator('nav a[href="/policy"]').click();
      await page.getByLabel('Signed policy').fill('not.a.policy');
      await page.getByRole('button', { name: 'Bring it' }).click();
      await page.getByRole('alert').getByText('not a signed policy').waitFor();
      await examine('policy-refused');
      // A file is picked, and another key's is refused until its fingerprint is typed.
      const [first, second] = [newKey(), newKey()];
      await bringFile(page, first.privateKey, 1);
      await page.getByRole('status').getByText('Version 1 was brought').waitFor();
      await examine('policy-first-key');
      await bringFile(page, second.privateKey, 2);
      await page.getByRole('alert').getByText('The last one was signed by the key').waitFor();
      await examine('policy-other-key');
      const fingerprint = facilityKeyFingerprint(second.publicKey);
      await page.getByLabel('Fingerprint of your new key').fill(fingerprint);
      await page.getByRole('button', { name: 'Bring it' }).click();
      await page.getByRole('status').getByText('Version 2 was brought').waitFor();
      await examine('policy-new-key');
      await page.locator('nav a[href="/held"]').click();
      const download = page.waitForEvent('download');
      await page.getByRole('link', { name: /Download all accounts/ }).click();
      assert.match((await download).suggestedFilename(), /^accounts-\d{4}-\d\d-\d\d\.tar$/);
    }
    if (locale === 'de-DE') {
      await page.locator('nav a[href="/policy"]').click();
      await bringFile(page, newKey().privateKey, 9);
      await page.getByRole('alert').getByText('Nichts wurde gebracht').waitFor();
      await examine('policy-other-key-de');
    }
    assert.deepEqual(complaints, []);
  }
});

test('on paper there is the certificate, black on white, and nothing to click on', async () => {
  await using window = await openWindow('en-GB');
  const { page, officer } = window;
  await page.getByLabel('Six-digit code').fill(officer.code());
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'St. Test' }).waitFor();
  await page.goto(`${gateway.running.portalUrl ?? ''}/cases/${served.id}/certificate`);
  await page.emulateMedia({ media: 'print' });
  if (PICTURES !== undefined)
    await page.screenshot({ path: path.join(PICTURES, 'paper.png'), fullPage: true });
  for (const name of [/Download/, 'Overview', 'Ledger'])
    assert.equal(
      await page
        .getByRole('link', { name })
        .first()
        .isVisible()
        .catch(() => false),
      false,
    );
  assert.equal(
    await page
      .getByRole('button')
      .first()
      .isVisible()
      .catch(() => false),
    false,
  );
  const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
  assert.equal(ground, 'rgb(255, 255, 255)');
  for (const format of ['A4', 'Letter']) {
    const paper = await page.pdf({ format });
    if (PICTURES !== undefined) writeFileSync(path.join(PICTURES, `paper-${format}.pdf`), paper);
    assert.equal(paper.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length, 1, format);
  }
});

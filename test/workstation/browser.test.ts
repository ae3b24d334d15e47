/**
 * Goal: a computer that the program has licensed opens the console in a real browser without being asked anything, signs in,
 * and its session request is believed by the cart; without the certificate the browser sees one bare refusal; retired, it is
 * out within five seconds. Method: gateway and cart as processes, the program as a process, Debian's Chromium with the client
 * certificate in its own NSS store and the machine's own policy. Nothing of Playwright's chooses a certificate.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { NSSStore } from '@chaperone/workstation/browser/nss-store.ts';
import { findRoot } from '@chaperone/workstation/gateway/trusted-root.ts';
import { parseGatewayAddress } from '@chaperone/workstation/gateway/address.ts';
import { decodePEM } from '@chaperone/protocol/x509/pem.ts';
import { layDemoFiles } from '../../tools/demo/demo-files.ts';
import { call } from '../../tools/demo/program.ts';
import { SERVICE_CENTRE, startSystem } from '../../tools/demo/system.ts';
import type { RunningSystem } from '../../tools/demo/system.ts';
import { buildPage } from '../../tools/pages/pages.ts';
import { ROOT } from '../../tools/workspace/workspace.ts';
import { Operator } from '../harness/operator.ts';
import { openCase, signIn } from '../pages/console-stage.ts';
import { POLICIES_WITHIN_MS, keepMachinePolicies } from './machine-policies.ts';
import { newWorkstationHome } from './workstation-home.ts';
import type { WorkstationHome } from './workstation-home.ts';

const SERIAL = 'US-CONSOLE-1';
/** Nothing of a retired workstation may be open after it. */
const OUT_WITHIN_MS = 5000;
const signal = new AbortController().signal;

let folder: string;
/** Another test file may have the machine's policies. */
const BEFORE = { timeout: POLICIES_WITHIN_MS + 60_000 };
let policies: AsyncDisposable;
let system: RunningSystem;
before(async () => {
  policies = await keepMachinePolicies();
  await buildPage(ROOT, 'console', () => undefined);
  folder = await mkdtemp(path.join(tmpdir(), 'chaperone-workstation-browser-'));
  system = await startSystem({
    ...(await layDemoFiles(folder, Date.now())),
    folder,
    serial: SERIAL,
    model: 'Vantage 7 Cardiac',
    ports: { edge: 0, console: 0, panel: 0 },
    consoleTls: 'browser-chain',
    say: () => undefined,
  });
}, BEFORE);
after(async () => {
  await system.stop();
  await rm(folder, { recursive: true, force: true });
  await policies[Symbol.asyncDispose]();
});

/** Licenses a computer as its technician does, with what the administrator handed over. */
async function licensed(label: string): Promise<WorkstationHome & { readonly id: string }> {
  const { gateway, code, rootFingerprint } = await system.licenceWorkstation(label);
  const computer = await newWorkstationHome();
  const road = ['--gateway', gateway, '--fingerprint', rootFingerprint];
  const { workstation } = await computer.json('enrol', ...road, '--code', code);
  return Object.assign(computer, { id: String(workstation) });
}

/** Photographs a page for a person, when WORKSTATION_SCREENSHOTS names a folder. */
async function photograph(page: Page, name: string): Promise<void> {
  const place = process.env['WORKSTATION_SCREENSHOTS'];
  if (place !== undefined) await page.screenshot({ path: path.join(place, `${name}.png`) });
}

test('a licensed computer opens the console unasked, and the cart believes what it signs', async () => {
  await using computer = await licensed('Service desk 4');
  const browser = await computer.openBrowser();
  const page = browser.pages()[0] ?? (await browser.newPage());
  const answer = await page.goto(system.consoleUrl);
  assert.equal(answer?.status(), 200);
  await page.getByLabel('Login name').waitFor();
  await photograph(page, '1-sign-in');
  await signIn(page);
  await page.getByText('There is no case yet.').waitFor();
  await openCase(page);
  await photograph(page, '2-case');

  const operator = new Operator(system.panelUrl, system.panelCredential);
  await page.getByRole('button', { name: 'Request as soon as the cart connects' }).click();
  await operator.press();
  await operator.accept();
  const { requests } = await operator.viewWhen('a request', (view) => view.requests.length > 0);
  const shownCode = page.getByTestId('comparison-code');
  await shownCode.waitFor();
  assert.equal(await shownCode.innerText(), requests[0]?.comparisonCode);
  await photograph(page, '3-comparison-code');
  await operator.consent(requests[0]?.id ?? '', ['view']);
  await page.locator('.stage__screen[data-state="shown"] canvas').waitFor();
  await photograph(page, '4-session');

  // Started anew, the browser still has both keys, and nobody licenses anything again.
  await browser.close();
  const anew = await computer.openBrowser();
  const again = anew.pages()[0] ?? (await anew.newPage());
  await again.goto(system.consoleUrl);
  await again
    .getByText('St. Example Hospital')
    .or(again.getByLabel('Login name'))
    .first()
    .waitFor();
  await operator.end();
});

test('a computer without a certificate sees one bare refusal', async () => {
  await using computer = await newWorkstationHome();
  const { gateway, rootFingerprint } = await system.licenceWorkstation('Never used');
  const address = parseGatewayAddress(gateway);
  const root = await findRoot({ fingerprint: rootFingerprint }, address, signal);
  const store = new NSSStore(path.join(computer.home, '.pki', 'nssdb'));
  await store.open();
  await store.trustForServers(
    'Service centre',
    decodePEM('CERTIFICATE', root)[0] ?? new Uint8Array(),
  );
  const browser = await computer.openBrowser();
  const page = browser.pages()[0] ?? (await browser.newPage());
  for (const where of ['/', '/cases', '/api/about', '/api/openapi.json', '/assets/index.js']) {
    const answer = await page.goto(`${system.consoleUrl}${where}`);
    assert.equal(answer?.status(), 403, where);
    const said = JSON.stringify([await answer?.text(), await answer?.allHeaders()]);
    assert.match(said, /licensed workstations only/);
    for (const tale of [SERVICE_CENTRE.name, SERVICE_CENTRE.phone, '0.1.0', 'fastify'])
      assert.ok(!said.includes(tale), `${where} tells ${tale}: ${said}`);
  }
  await page.goto(system.consoleUrl);
  await photograph(page, '5-refused');
});

test('a renewal leaves an open browser in, and it shows the newer certificate', async () => {
  await using computer = await licensed('To be renewed');
  const browser = await computer.openBrowser();
  const page = browser.pages()[0] ?? (await browser.newPage());
  const shown = async (): Promise<unknown> =>
    await page.evaluate("fetch('/api/workstation').then(async (answer) => await answer.json())");
  await page.goto(system.consoleUrl);
  await signIn(page);
  await page.getByRole('button', { name: 'New case' }).waitFor();
  const before = (await shown()) as { beganUtcMs: number };
  await computer.json('renew', '--force');
  await page.reload();
  await page.getByRole('button', { name: 'New case' }).waitFor();
  await browser.close();
  const anew = await computer.openBrowser();
  const again = anew.pages()[0] ?? (await anew.newPage());
  const answer = await again.goto(`${system.consoleUrl}/api/workstation`);
  const after = (await answer?.json()) as { beganUtcMs: number; use: string };
  assert.equal(after.use, 'browser');
  assert.ok(after.beganUtcMs > before.beganUtcMs);
});

test('retired, the page is out within five seconds, and comes back in by nothing', async () => {
  await using computer = await licensed('To be retired');
  const browser = await computer.openBrowser();
  const page = browser.pages()[0] ?? (await browser.newPage());
  await page.goto(system.consoleUrl);
  await signIn(page);
  await page.getByRole('button', { name: 'New case' }).waitFor();
  const config = ['--config', system.gatewayConfiguration];
  const why = ['--reason', 'it is sold'];
  await call('gateway', ['licence', 'retire', '--workstation', computer.id, ...why, ...config]);
  const outAt = Date.now() + OUT_WITHIN_MS;
  await page.getByText('This workstation has been retired').waitFor({ timeout: OUT_WITHIN_MS });
  assert.ok(Date.now() <= outAt);
  assert.ok(!(await page.content()).includes(SERVICE_CENTRE.name));
  await photograph(page, '6-retired');
  const answer = await page.goto(system.consoleUrl).catch(() => null);
  assert.equal(answer?.status() ?? 403, 403);
  await photograph(page, '7-retired-reloaded');
  const { output, exitCode } = await computer.call('status');
  assert.equal(exitCode, 1);
  assert.match(output, /was retired/);
});

/**
 * Goal: without a workstation's certificate a real browser sees one bare refusal, whatever it asks for. Method: gateway and
 * cart as processes, Debian's Chromium with an NSS store of its own in which only the root is.
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
import { SERVICE_CENTRE, startSystem } from '../../tools/demo/system.ts';
import type { RunningSystem } from '../../tools/demo/system.ts';
import { buildPage } from '../../tools/pages/pages.ts';
import { ROOT } from '../../tools/workspace/workspace.ts';
import { keepMachinePolicies } from './machine-policies.ts';
import { newWorkstationHome } from './workstation-home.ts';

const SERIAL = 'US-CONSOLE-1';
const signal = new AbortController().signal;

let folder: string;
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
});
after(async () => {
  await system.stop();
  await rm(folder, { recursive: true, force: true });
  await policies[Symbol.asyncDispose]();
});

/** Photographs a page for a person, when WORKSTATION_SCREENSHOTS names a folder. */
async function photograph(page: Page, name: string): Promise<void> {
  const place = process.env['WORKSTATION_SCREENSHOTS'];
  if (place !== undefined) await page.screenshot({ path: path.join(place, `${name}.png`) });
}

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

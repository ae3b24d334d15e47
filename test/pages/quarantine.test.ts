/**
 * Goal: a technician sees for each file where its virus check is, in plain words and live, can do nothing with one that is not
 * released, and can destroy an infected one. Method: the built console in real Chromium before a gateway with a real clamd,
 * which is stopped and started again; axe on each page.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { EICAR, zipOf } from '@chaperone/gateway/antivirus/testing/packed.ts';
import {
  Technician,
  newTestGateway,
} from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import type { TestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import { uploadFile, uploadedRecord } from '@chaperone/gateway/composition/testing/upload-file.ts';
import { openCase } from '@chaperone/gateway/composition/testing/session-script.ts';
import { antivirus } from '@chaperone/gateway/platform/configuration/section-antivirus.ts';
import { container, startClamd } from '@chaperone/host/linux-debian/clamav/testing/dated-clamd.ts';
import type { DatedClamd } from '@chaperone/host/linux-debian/clamav/testing/dated-clamd.ts';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { buildPage } from '../../tools/pages/pages.ts';
import { ROOT } from '../../tools/workspace/workspace.ts';
import { CHROMIUM_FLAGS, demoPerson, license, openWindow, signIn } from './console-stage.ts';

const CURRENT = { 'daily.cud': container(Date.now() - 3_600_000) };

let folder: string;
let clamd: DatedClamd;
let gateway: TestGateway;
let browser: Browser;
before(async () => {
  await buildPage(ROOT, 'console', () => undefined);
  folder = await mkdtemp(path.join(tmpdir(), 'chaperone-clamd-'));
  clamd = await startClamd(CURRENT, { folder });
  const section = antivirus.parse({ kind: 'clamd', socket: clamd.socket, bytesMax: 1024 * 1024 });
  gateway = await newTestGateway({}, null, 'off-demo', 'off', {}, { antivirus: section });
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: CHROMIUM_FLAGS,
  });
});
after(async () => {
  await browser.close();
  await gateway[Symbol.asyncDispose]();
  await clamd.close();
  await rm(folder, { recursive: true, force: true });
});

test('each file says where its check is, and what to do; what was held comes free while one looks', async () => {
  const { running } = gateway;
  const tara = await Technician.signIn(running, 'tara');
  await gateway.enrolCart();
  const serviceCase = await openCase(tara);
  const upload = async (name: string, bytes: Buffer): Promise<void> => {
    uploadedRecord(await uploadFile(tara, serviceCase.id, name, bytes));
  };
  await upload('settings.bin', Buffer.from('clean'));
  await upload('driver.zip', zipOf([{ name: 'driver.exe', content: EICAR }]));
  await upload('locked.zip', zipOf([{ name: 'a', content: Buffer.from('x'), isEncrypted: true }]));

  const { page, complaints, examine } = await openWindow(browser, running.consoleUrl, 1440, 900);
  const found: string[] = [];
  const stage = {
    system: {
      consoleUrl: running.consoleUrl,
      issueWorkstationLicence: async (label: string) =>
        (await running.authority.issueWorkstationLicence(label, { by: 'test' })).code,
    },
  };
  await license(stage, page);
  await signIn(page);
  await page.getByText(serviceCase.number).first().click();
  await page.getByRole('link', { name: 'Records' }).click();
  const row = (name: string) => page.getByRole('row').filter({ hasText: name });
  await row('settings.bin').getByText('Released', { exact: true }).waitFor();
  await row('driver.zip').getByText('Virus found').waitFor();
  await row('driver.zip').getByText(/EICAR/i).waitFor();
  await row('locked.zip').getByText('Take a copy without a password.').waitFor();
  for (const name of ['driver.zip', 'locked.zip'])
    assert.equal(
      await row(name)
        .getByRole('button', { name: /^(?:Send|Export|Open|De-identify)/ })
        .count(),
      0,
    );
  // What is not released is no link, and its address shows words instead of its content.
  assert.equal(await page.getByRole('link', { name: /^Open / }).count(), 1);
  found.push(...(await examine('quarantine-01-records')));
  const { recordList } = (await tara.ask('GET', `/api/cases/${serviceCase.id}`)).body as {
    readonly recordList: readonly { readonly id: string; readonly name: string }[];
  };
  const records = page.url();
  const driver = recordList.find(({ name }) => name === 'driver.zip')?.id ?? '';
  await page.goto(`${records}/${driver}`);
  await page.getByText('so it cannot be looked at').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Bytes', exact: true }).count(), 0);
  found.push(...(await examine('quarantine-04-viewer')));
  await page.goto(records);

  // A lead who is not designated sees where each file is; the desk would let her neither open nor destroy one.
  const lead = await openWindow(browser, running.consoleUrl, 1280, 800);
  await license(stage, lead.page);
  await signIn(lead.page, demoPerson('lena'));
  await lead.page.getByRole('heading', { name: 'Service cases' }).waitFor();
  await lead.page.goto(records);
  await lead.page.getByRole('row').filter({ hasText: 'driver.zip' }).waitFor();
  const act = /^(?:Destroy|De-identify|Export|Send)/;
  assert.equal(await lead.page.getByRole('button', { name: act }).count(), 0);
  assert.equal(await lead.page.getByRole('link', { name: /^Open / }).count(), 0);
  found.push(...(await lead.examine('quarantine-05-lead')));
  complaints.push(...lead.complaints);
  await lead.page.context().close();

  await clamd.close();
  await upload('later.bin', Buffer.from('clean, too'));
  await row('later.bin').getByText('Held: scanner does not answer').waitFor();
  await page.getByText('The virus scanner does not answer. Files are fetched').waitFor();
  found.push(...(await examine('quarantine-02-scanner-away')));
  clamd = await startClamd(CURRENT, { folder });
  await row('later.bin').getByText('Released', { exact: true }).waitFor();
  await page
    .getByText('The virus scanner does not answer. Files are fetched')
    .waitFor({ state: 'detached' });

  await row('driver.zip').getByRole('button', { name: 'Destroy driver.zip' }).click();
  await page.getByRole('dialog').waitFor();
  found.push(...(await examine('quarantine-03-destroy')));
  await page.getByRole('button', { name: 'Destroy it' }).click();
  await row('driver.zip').waitFor({ state: 'detached' });
  assert.deepEqual([complaints, found], [[], []]);
});

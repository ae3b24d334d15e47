/**
 * Goal: a technician fetches a whole folder, holds it and one file of it and goes on, sends a file, and always sees how far each is:
 * on a desk's usual screen, under the small picture of the session. Method: the built console in real Chromium, with a real cart
 * whose road is slowed by what moves on it; axe on each page.
 */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { demoPerson, enter, openCase, openConsoleStage } from './console-stage.ts';
import type { ConsoleStage } from './console-stage.ts';
import { watch } from './watched.ts';

/** Large enough to be seen on its way; bytes. */
const LARGE_BYTES = 192 * 1024 * 1024;

let stage: ConsoleStage;
before(async () => {
  stage = await openConsoleStage();
});
after(async () => await stage[Symbol.asyncDispose]());

test('a folder is fetched together, held and gone on with; what is long does not push anything out of sight', async (t) => {
  const folder = path.join(stage.logs, 'acquisition-2026-11-30');
  await mkdir(folder);
  for (const at of [1, 2, 3, 4, 5, 6])
    await writeFile(path.join(folder, `trace-${at}.log`), `line of trace ${at}\n`.repeat(2_000));
  await writeFile(
    path.join(stage.logs, 'transducer-self-test_long-axis_2026-11-30T08-15-00Z.raw'),
    Buffer.alloc(LARGE_BYTES, 7),
  );
  const window = await stage.openWindow(1280, 800);
  const [seen] = watch(t, window);
  const { page } = window;
  const { operator } = stage;
  await enter(stage, page, demoPerson());
  await openCase(page);
  await page.getByLabel('Send files').check();
  await page.getByRole('button', { name: 'Request as soon as the cart connects' }).click();
  await operator.press();
  await operator.accept();
  const { requests } = await operator.viewWhen('a request', (view) => view.requests.length > 0);
  await operator.consent(requests[0]?.id ?? '', ['view', 'fetch-files', 'send-files']);
  await page.locator('.stage__screen[data-state="shown"] canvas').waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('f');
  await page.getByRole('button', { name: /^Fetch folder acquisition/ }).waitFor();
  await seen?.look('60-files');
  await page.getByRole('button', { name: /^Fetch transducer-self-test/ }).click();
  await page.getByRole('button', { name: /^Pause transducer-self-test/ }).click();
  await page.getByText('Paused', { exact: true }).waitFor();
  await seen?.look('61-paused');
  await page.getByRole('button', { name: /^Fetch folder acquisition/ }).click();
  await page.getByText('6 of 6 done').waitFor();
  await page.locator('.drop button:enabled', { hasText: 'choose files' }).waitFor();
  await page.getByLabel('Send files to the cart', { exact: true }).setInputFiles({
    name: 'calibration.tbl',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from('a new calibration table\n'.repeat(1000)),
  });
  await page.getByText('calibration.tbl').first().waitFor();
  await page.getByRole('button', { name: /^Resume transducer-self-test/ }).click();
  await seen?.look('62-going-on');
  const row = page.getByRole('listitem').filter({ hasText: 'transducer-self-test' });
  await row.getByText('Done, digest checked').waitFor({ timeout: 120_000 });
  await seen?.look('63-done');
  const wide = await page.evaluate(
    'document.documentElement.scrollWidth > document.documentElement.clientWidth',
  );
  assert.equal(wide, false);
  seen?.settle();
});

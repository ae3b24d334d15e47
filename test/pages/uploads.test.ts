/**
 * Goal: folders that a technician sends or fetches keep their structure, a fetch is held and gone on with, and nothing of what is
 * sent stays in the browser. Method: the built console in real Chromium, before a real gateway and a real cart whose inbox is read.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chooseFolder, dropOn, toFiles } from './upload-acts.ts';
import { openConsoleStage } from './console-stage.ts';
import type { ConsoleStage, ConsoleWindow } from './console-stage.ts';

let stage: ConsoleStage;
let folder: string;
let window: ConsoleWindow;
before(async () => {
  stage = await openConsoleStage();
  folder = await mkdtemp(path.join(tmpdir(), 'chaperone-uploads-'));
  window = await stage.openWindow();
  await toFiles(stage, window.page);
});
after(async () => {
  await stage[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test('a folder keeps its structure, chosen or dropped; the browser’s storage keeps nothing of it', async () => {
  const { page } = window;
  await mkdir(path.join(folder, 'tables/deep'), { recursive: true });
  const one = randomBytes(70_000);
  const two = randomBytes(5_000_000);
  await writeFile(path.join(folder, 'tables/one.tbl'), one);
  await writeFile(path.join(folder, 'tables/deep/two.tbl'), two);
  await chooseFolder(page, path.join(folder, 'tables'));
  await page.locator('.transfer--done', { hasText: 'two.tbl' }).waitFor();
  await page.locator('.transfer--done', { hasText: 'one.tbl' }).waitFor();
  assert.deepEqual(await readFile(path.join(stage.inbox, 'tables/one.tbl')), one);
  assert.deepEqual(await readFile(path.join(stage.inbox, 'tables/deep/two.tbl')), two);
  await mkdir(path.join(folder, 'dropped/deep'), { recursive: true });
  await writeFile(path.join(folder, 'dropped/deep/three.tbl'), one);
  await dropOn(page, '.drop', [path.join(folder, 'dropped')]);
  await page.locator('.transfer--done', { hasText: 'three.tbl' }).waitFor();
  assert.deepEqual(await readFile(path.join(stage.inbox, 'dropped/deep/three.tbl')), one);
  const stored = await page.evaluate(
    'JSON.stringify([{ ...localStorage }, { ...sessionStorage }])',
  );
  assert.doesNotMatch(String(stored), /tables|dropped|\.tbl|tus::|uploads/);
});

test('a folder is fetched; a fetch is held and gone on with', async () => {
  const { page } = window;
  await mkdir(path.join(stage.logs, 'night'), { recursive: true });
  await writeFile(path.join(stage.logs, 'night/a.log'), 'first\n'.repeat(100));
  await writeFile(path.join(stage.logs, 'night/b.log'), randomBytes(60_000_000));
  await page.getByRole('button', { name: 'Refresh' }).click();
  await page.getByRole('button', { name: 'Fetch folder night with everything in it' }).click();
  const held = page.getByRole('button', { name: /^Pause (night · 2 files|.*b\.log)$/ }).first();
  await held.click();
  await page
    .getByRole('button', { name: /^Resume (night · 2 files|.*b\.log)$/ })
    .first()
    .click();
  // Sixty megabytes take a busy machine longer than a page is usually waited for.
  await page.locator('.transfer--done', { hasText: 'b.log' }).waitFor({ timeout: 120_000 });
  await page.getByText('2 of 2 done').first().waitFor();
});

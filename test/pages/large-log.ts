/** A technician in a log that is too large to be loaded whole: its end, a word in it, a pattern, a place by number. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { sealLargeLog } from './record-scenes.ts';
import type { Watch } from './watched.ts';

/** Lines before the end, where a word stands that is nowhere else. */
const NEEDLE_BEFORE_END = 1000;
/** To index or search hundreds of megabytes takes its time; milliseconds. */
const PATIENCE_MS = 90_000;

export interface LargeLog {
  /** Thousands of them. */
  readonly lines: number;
  /** As the page's head says it. */
  readonly size: RegExp;
}

/** Seals such a log into the case of a signed-in window and investigates it. */
export async function investigateLargeLog(
  page: Page,
  seen: Watch | undefined,
  recordPage: (record: string) => string,
  caseId: string,
  { lines, size }: LargeLog,
): Promise<void> {
  const needleAt = lines - NEEDLE_BEFORE_END;
  const record = await sealLargeLog(page, caseId, 'large.log', lines, needleAt);
  await page.goto(recordPage(record));
  assert.match(await page.locator('.viewer__head').innerText(), size);
  const count = lines.toLocaleString('en-GB');
  await page.getByText(`${count} lines`, { exact: true }).waitFor({ timeout: PATIENCE_MS });
  await page.getByRole('region', { name: 'Lines' }).focus();
  await page.keyboard.press('End');
  await page.getByText(new RegExp(`line ${lines - 1} `)).waitFor();
  await page.keyboard.press('Home');
  await page.getByText(/line 0 /).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('NEEDLE');
  await page.keyboard.press('Enter');
  await page.getByText('1 of 1 line', { exact: true }).waitFor({ timeout: PATIENCE_MS });
  await page.locator('mark', { hasText: 'needle' }).waitFor();
  await seen?.look('82-large-log');
  await page.getByLabel('Pattern').check();
  await page.getByRole('searchbox').fill(`line ${needleAt / 1000}0{2}\\d `);
  await page.keyboard.press('Enter');
  await page.getByText('1 of 10 lines', { exact: true }).waitFor({ timeout: PATIENCE_MS });
  await page.locator('#content').focus();
  await page.keyboard.press('g');
  await page.keyboard.type(String(lines / 2 + 1));
  await page.keyboard.press('Enter');
  await page.getByText(new RegExp(`line ${lines / 2} `)).waitFor();
}

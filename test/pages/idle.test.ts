/**
 * Goal: a console that is left open asks on and on and still ends at the sign-in page, in its place; a hand on the mouse
 * keeps it. Method: the built console in real Chromium, whose timers are moved on, and a whole gateway, whose clock is.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newTestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import { ManualClock } from '@chaperone/gateway/platform/testing/manual-clock.ts';
import { chromium } from 'playwright-core';
import { buildPage } from '../../tools/pages/pages.ts';
import { ROOT } from '../../tools/workspace/workspace.ts';
import { CHROMIUM_FLAGS, license, signIn } from './console-stage.ts';

const MINUTE_MS = 60_000;

test('who touches nothing meets the sign-in page; who moves the mouse stays', async () => {
  await buildPage(ROOT, 'console', () => undefined);
  const clock = new ManualClock(Date.now());
  await using gateway = await newTestGateway({ clock });
  const { authority, consoleUrl } = gateway.running;
  const system = {
    consoleUrl,
    issueWorkstationLicence: async (label: string) =>
      (await authority.issueWorkstationLicence(label, { by: 'test' })).code,
  };
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: CHROMIUM_FLAGS,
  });
  try {
    const page = await browser.newPage();
    await page.clock.install();
    await license({ system }, page);
    await signIn(page);
    await page.getByRole('button', { name: 'New case' }).waitFor();
    /** Lets minutes pass for both; answers what the page said in the last of its own questions. */
    const pass = async (minutes: number, eachMinute: () => Promise<void>): Promise<string> => {
      let said = '';
      for (let minute = 0; minute < minutes; minute += 1) {
        await eachMinute();
        const asked = page.waitForRequest((request) => request.url().endsWith('/api/desk'));
        clock.advance(MINUTE_MS);
        await page.clock.runFor(MINUTE_MS - 1);
        said = (await asked).headers()['chaperone-active'] ?? '';
        await (await (await asked).response())?.finished();
      }
      return said;
    };
    let at = 0;
    const move = async (): Promise<void> => await page.mouse.move(100 + (at += 10), 100);
    assert.equal(await pass(20, move), '1');
    await page.getByRole('button', { name: 'New case' }).waitFor();
    await pass(1, async () => undefined);
    assert.equal(await pass(14, async () => undefined), '0');
    clock.advance(MINUTE_MS);
    await page.clock.runFor(MINUTE_MS);
    await page.getByLabel('Login name').waitFor();
  } finally {
    await browser.close();
  }
});

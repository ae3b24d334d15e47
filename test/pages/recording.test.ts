/**
 * Goal: a technician plays what was recorded of a screen: at each moment the player's canvas is what the cart showed then, pixel for
 * pixel, reached by slider, buttons and keys, at other speeds, under the desk's policy.
 * Method: the built console in real Chromium before a gateway with a cart whose screen the test draws and freezes; the canvas
 * against what was drawn; axe; every complaint of the browser counts.
 */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { newTestGateway } from '@chaperone/gateway/composition/testing/gateway-harness.ts';
import { grantSession, openCase } from '@chaperone/gateway/composition/testing/session-script.ts';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import { buildPage } from '../../tools/pages/pages.ts';
import { ROOT } from '../../tools/workspace/workspace.ts';
import { DrawnScreen } from '../harness/drawn-screen.ts';
import { eventually } from '../harness/eventually.ts';
import { openViewer } from '../harness/rfb-viewer.ts';
import { webSocketRoad } from '../harness/road.ts';
import { CHROMIUM_FLAGS, license, openWindow, signIn } from './console-stage.ts';

const PATIENCE_MS = 60_000;
const PLAYED = '.recording__screen[data-shown="yes"] canvas';
/** Keys come often, so that a short recording has several. */
const TERMS = { keyEveryMs: 500, keyEveryBytes: 500_000, durableEveryMs: 1_000 };

/** A number for all pixels of the player's canvas; empty while there is none. */
async function shown(page: Page): Promise<string> {
  return await page.evaluate(`
    (() => {
      const canvas = document.querySelector('${PLAYED}');
      if (canvas === null || canvas.width === 0) return '';
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      let sum = canvas.width;
      for (let at = 0; at < data.length; at += 4)
        sum = (Math.imul(sum, 31) + data[at] * 65536 + data[at + 1] * 256 + data[at + 2]) | 0;
      return String(sum);
    })()
  `);
}

/** The same of a picture in the cart's order of colours. */
function drawn({ picture, size }: DrawnScreen): string {
  let sum = size.width;
  for (let at = 0; at < picture.length; at += 4)
    sum = (Math.imul(sum, 31) + (picture.readUInt32LE(at) & 0xffffff)) | 0;
  return String(sum);
}

test('what was seen is played again, at its times, by slider, buttons and keys', async (t) => {
  await buildPage(ROOT, 'console', () => undefined);
  const recording = { screens: 'on', terms: TERMS };
  const real = { recording } as object;
  await using gateway = await newTestGateway({}, null, 'off-demo', 'off', {}, real);
  const cart = await gateway.enrolCart();
  const tara = await gateway.signedIn('tara');
  const serviceCase = await openCase(tara);
  const screen = new DrawnScreen({ width: 480, height: 320 });
  cart.onScreen = (stream) => screen.show(stream);
  await cart.connect();
  await grantSession(tara, cart, serviceCase);
  const socket = tara.webSocket(`/api/cases/${serviceCase.id}/session/screen`);
  const begunUtcMs = Date.now();
  const viewer = await openViewer(webSocketRoad(socket));
  t.after(() => viewer.close());
  const still = async (): Promise<{ readonly sum: string; readonly atMs: number }> => {
    screen.isFrozen = true;
    await eventually('all of it', () => viewer.pictureDigest() === screen.digest, PATIENCE_MS);
    await delay(800);
    const found = { sum: drawn(screen), atMs: Date.now() - begunUtcMs };
    await delay(800);
    screen.isFrozen = false;
    return found;
  };
  await viewer.nextFrames(60);
  const first = await still();
  await viewer.nextFrames(60);
  const last = await still();
  screen.isFrozen = true;
  viewer.close();
  assert.notEqual(first.sum, last.sum);

  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: CHROMIUM_FLAGS,
  });
  t.after(() => browser.close());
  const { consoleUrl } = gateway.running;
  const { page, complaints, examine } = await openWindow(browser, consoleUrl, 1440, 900);
  page.setDefaultTimeout(PATIENCE_MS);
  const system = {
    consoleUrl,
    issueWorkstationLicence: async (label: string) => {
      const { code } = await gateway.running.authority.issueWorkstationLicence(label, {
        by: 'test',
      });
      return code;
    },
  };
  await license({ system }, page);
  await signIn(page);
  await page.getByText('St. Test').first().waitFor();
  await page.goto(`${consoleUrl}/cases/${serviceCase.id}/records`);
  const link = page.getByRole('link', { name: /Screen .* UTC\.screen/ });
  await link.waitFor();
  await page.getByText('Made by this gateway').waitFor();
  assert.deepEqual(await examine('70-records-with-recording'), []);
  await link.click();
  await page.locator(PLAYED).waitFor();
  const slider = page.getByRole('slider', { name: 'Place in the recording' });

  // The end, by the slider's own key: what stood there last.
  await slider.focus();
  await page.keyboard.press('End');
  await eventually('the last picture', async () => (await shown(page)) === last.sum, PATIENCE_MS);
  assert.deepEqual(await examine('71-recording-end'), []);

  // A moment in the middle. The recording begins a moment after the screen was asked for.
  await slider.fill(String(first.atMs - 400));
  await eventually('the first picture', async () => (await shown(page)) === first.sum, PATIENCE_MS);
  assert.deepEqual(await examine('72-recording-middle'), []);

  // It plays on by itself, faster, and stops where it ends.
  await page.getByRole('button', { name: '8 ×' }).click();
  await page.getByRole('button', { name: 'Play (space)' }).click();
  await eventually(
    'the last picture again',
    async () => (await shown(page)) === last.sum,
    PATIENCE_MS,
  );
  await page.getByRole('button', { name: 'Play (space)' }).waitFor();

  // By keys, wherever the focus is.
  const time = page.getByLabel('Time and duration');
  const atEnd = await time.innerText();
  await page.locator('.viewer__name').click();
  await page.keyboard.press('ArrowLeft');
  await eventually('an earlier time', async () => (await time.innerText()) !== atEnd);
  await page.getByRole('button', { name: '1 ×' }).click();
  await page.keyboard.press('Home');
  await page.locator('.viewer__name').click();
  await page.keyboard.press(' ');
  await page.getByRole('button', { name: 'Pause (space)' }).waitFor();
  assert.deepEqual(await examine('73-recording-plays'), []);
  await page.keyboard.press(' ');
  await page.getByRole('button', { name: 'Play (space)' }).waitFor();
  assert.deepEqual(complaints, []);
});

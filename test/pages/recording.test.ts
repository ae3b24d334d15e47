/**
 * Goal: a technician plays what was recorded of a screen: at each moment the player's canvas is what the cart showed then, pixel for
 * pixel, reached by slider, buttons and keys, at other speeds, under the desk's policy.
 * Method: the built console in real Chromium before a gateway with a cart whose screen the test draws and freezes; the canvas
 * against what was drawn; axe; every complaint of the browser counts.
 */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import { buildPage } from '../../tools/pages/pages.ts';
import { ROOT } from '../../tools/workspace/workspace.ts';
import { DrawnScreen } from '../harness/drawn-screen.ts';
import { eventually } from '../harness/eventually.ts';
import { openViewer } from '../harness/rfb-viewer.ts';
import { webSocketRoad } from '../harness/road.ts';
import { CHROMIUM_FLAGS } from './console-stage.ts';
import {
  PATIENCE_MS,
  PLAYED,
  drawn,
  openRecordedSession,
  openRecords,
  shown,
} from './recording-stage.ts';

test('what was seen is played again, at its times, by slider, buttons and keys', async (t) => {
  await buildPage(ROOT, 'console', () => undefined);
  const screen = new DrawnScreen({ width: 480, height: 320 });
  const session = await openRecordedSession((stream) => screen.show(stream));
  const { tara, serviceCase } = session;
  await using _ = session.gateway;
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
  const { page, complaints, examine } = await openRecords(session, browser);
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

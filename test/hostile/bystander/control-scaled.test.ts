/**
 * Goal: on a display with two pixels to each CSS pixel, and with a panel that was zoomed, the whole window is protected.
 * Method: as control.test.ts, with a scaled browser; clicks at all four corners and the middle, before and after the
 * operator zooms out with Control and the wheel.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { click, PANEL_PLACE, sendAtOnce, SharedDisplay, WITNESS_PLACE } from './shared-display.ts';

/** The panel looks for its place every 250 ms. */
const BETWEEN_ACTS_MS = 600;

test('a scaled and zoomed panel is protected over its whole window', async () => {
  await using scene = await SharedDisplay.open({ scale: 2 });
  await scene.day.openSession(['view', 'control']);
  const viewer = await scene.day.technician.openScreen(scene.day.opened.id);
  await viewer.nextFrames(1);
  const { x, y, width, height } = PANEL_PLACE;
  const toWitness = async (): Promise<void> => {
    const place = [String(WITNESS_PLACE.x + 100), String(WITNESS_PLACE.y + 200)];
    await scene.atDisplay('mousemove', ...place, 'click', '1');
    await scene.panel.until('the keyboard elsewhere', '!document.hasFocus()');
    await delay(BETWEEN_ACTS_MS);
    await scene.forget();
  };
  const tryEverywhere = async (): Promise<void> => {
    for (const px of [x + 2, x + width / 2, x + width - 2]) {
      for (const py of [y + 2, y + height / 2, y + height - 2]) sendAtOnce(viewer, click(px, py));
    }
    viewer.send(click(WITNESS_PLACE.x + 100, WITNESS_PLACE.y + 200));
    await scene.untilWitnessed(/^ButtonPress/);
    await delay(BETWEEN_ACTS_MS);
    assert.deepEqual(await scene.reachedPanel(), []);
  };
  assert.equal(await scene.panel.evaluate('devicePixelRatio'), 2);
  await toWitness();
  await tryEverywhere();
  const middle = [String(x + width / 2), String(y + height / 2)];
  const zoomOut = ['keydown', 'ctrl', 'click', '5', 'click', '5', 'click', '5', 'keyup', 'ctrl'];
  await scene.atDisplay('mousemove', ...middle, 'click', '1', ...zoomOut);
  await scene.panel.until('the zoom', 'devicePixelRatio < 2');
  await toWitness();
  await tryEverywhere();
});

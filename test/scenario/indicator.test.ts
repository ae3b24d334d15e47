/**
 * Goal: from the operator's touch to the end of the agent the cart's display itself shows that somebody is in, whatever fills
 * it, and a hand on it ends the session for the technician, too.
 * Method: the whole demo system with a real Xvfb as the cart's display, a full-screen program on it, and what the display's
 * pixels say; the agent is killed.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { Neighbour } from '@chaperone/cart/indicator/testing/neighbour.ts';
import { INDICATOR_COLOUR } from '@chaperone/cart/indicator/x11/draw-banner.ts';
import { layOut } from '@chaperone/cart/indicator/x11/layout.ts';
import { atDisplay, startDisplay } from '@chaperone/cart/platform/testing/x-display.ts';
import { startDay } from './day.ts';

const WHITE = 0xff_ffff;
const { end: END } = layOut(800, 600);

async function stage(t: TestContext) {
  const display = await startDisplay(t, '800x600');
  const neighbour = await Neighbour.at(t, display);
  const examination = await neighbour.fullScreen();
  const raising = setInterval(() => neighbour.raise(examination), 20);
  t.after(() => clearInterval(raising));
  const day = await startDay({}, { kind: 'x11', display });
  t.after(async () => await day[Symbol.asyncDispose]());
  return { display, neighbour, day };
}

test('it is over a full-screen examination when the grant is there, and End on it ends the session everywhere', async (t) => {
  const { display, neighbour, day } = await stage(t);
  assert.equal(await neighbour.pixel(5, 5), WHITE);
  await day.openSession(['view', 'control']);
  assert.equal(await neighbour.pixel(5, 5), INDICATOR_COLOUR.live);
  await atDisplay(display, 'mousemove', String(END.x + 30), String(END.y + 20));
  await neighbour.pressWith('Xvfb mouse');
  const { ended } = await day.operator.viewWhen('the end', ({ phase }) => phase === 'ended');
  assert.equal(ended?.reason, 'operator-ended');
  await day.technician.sessionWhen(day.opened.id, (session) => session.state === 'ended');
  await neighbour.until(5, 5, WHITE);
});

test('an agent that is killed takes it along, and with it the session', async (t) => {
  const { neighbour, day } = await stage(t);
  await day.openSession(['view']);
  assert.equal(await neighbour.pixel(5, 5), INDICATOR_COLOUR.live);
  await day.system.cart.kill();
  await neighbour.until(5, 5, WHITE);
  await day.technician.sessionWhen(day.opened.id, (session) => session.state === 'interrupted');
  const journal = path.join(day.system.cartData, 'journal', 'journal.ndjson');
  const text = await readFile(journal, 'utf8');
  assert.match(text, /"kind":"indicator-shown","sessionId":"[^"]+","display":"x11","reason":null/);
});

/**
 * Goal: a technician with `control` over a display that also shows the operator's panel never touches the panel, by
 * mouse or by keyboard, while their input reaches everything else on it.
 * Method: a real X display with a window manager, the panel in real Chromium, X0tigervnc, the real cart and gateway; a
 * viewer that sends what no well-behaved one would. The panel's page counts what reaches it as from a person's hand.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { RFBViewer } from '../../harness/rfb-viewer.ts';
import {
  click,
  key,
  PANEL_PLACE,
  pointer,
  sendAtOnce,
  SharedDisplay,
  tap,
  WITNESS_PLACE,
} from './shared-display.ts';

/** The panel looks for its place every 250 ms; what a person does between two acts takes longer. */
const BETWEEN_ACTS_MS = 600;
const ALT = 0xffe9;
const CONTROL = 0xffe3;
const SUPER = 0xffeb;
const TAB = 0xff09;
const RETURN = 0xff0d;
const SPACE = 0x20;
const AT_WITNESS = [WITNESS_PLACE.x + 100, WITNESS_PLACE.y + 200] as const;
const IN_PANEL = [PANEL_PLACE.x + 280, PANEL_PLACE.y + 400] as const;

let scene: SharedDisplay;
let viewer: RFBViewer;

before(async () => {
  scene = await SharedDisplay.open();
  await scene.day.openSession(['view', 'control']);
  viewer = await scene.day.technician.openScreen(scene.day.opened.id);
  await viewer.nextFrames(1);
});
after(() => scene[Symbol.asyncDispose]());

/** The operator's own hand takes the keyboard to the witness; then input may pass. */
beforeEach(async () => {
  const [x, y] = AT_WITNESS;
  await scene.atDisplay('mousemove', String(x), String(y), 'click', '1');
  await scene.panel.until('the keyboard elsewhere', '!document.hasFocus()');
  await delay(BETWEEN_ACTS_MS);
  await scene.forget();
});

/** Waits until the display has what was sent: a last motion over the witness comes behind it. */
async function untilDelivered(): Promise<void> {
  const [x, y] = AT_WITNESS;
  await delay(BETWEEN_ACTS_MS);
  viewer.send(pointer(0, x + 3, y));
  await scene.untilWitnessed(/^MotionNotify/);
}

test('clicks and keys reach another window', async () => {
  viewer.send(click(...AT_WITNESS));
  await scene.untilWitnessed(/^ButtonPress/);
  await delay(BETWEEN_ACTS_MS);
  viewer.send(tap(0x71));
  await scene.untilWitnessed(/keysym 0x71, q/);
  assert.deepEqual(await scene.reachedPanel(), []);
});

test('no click, drag, wheel or button held on the way reaches the panel or its frame', async () => {
  const { x, y, width, height } = PANEL_PLACE;
  for (const [px, py] of [
    IN_PANEL,
    [x, y],
    [x - 1, y + 100], // the window manager's frame
    [x + 200, y - 10], // its title
    [x + width - 1, y + height - 1],
    [x + width, y + height],
  ] as const) {
    sendAtOnce(viewer, click(px, py), pointer(8, px, py), pointer(0, px, py), pointer(4, px, py));
    viewer.send(pointer(0, ...AT_WITNESS));
  }
  sendAtOnce(viewer, pointer(1, ...AT_WITNESS), pointer(1, ...IN_PANEL), pointer(0, ...IN_PANEL));
  for (let step = 0; step < 200; step += 1) {
    viewer.send(pointer(step % 2, AT_WITNESS[0] + step * 4, IN_PANEL[1]));
  }
  await untilDelivered();
  assert.deepEqual(await scene.reachedPanel(), []);
  assert.equal(await scene.panel.evaluate('document.hasFocus()'), false);
});

test('no key takes the keyboard to the panel', async () => {
  sendAtOnce(viewer, key(true, ALT), tap(TAB), key(false, ALT), tap(RETURN), tap(SPACE));
  await delay(30);
  sendAtOnce(viewer, tap(RETURN), tap(TAB), tap(SPACE));
  sendAtOnce(viewer, key(true, ALT), tap(0xff1b), key(false, ALT), tap(SPACE));
  sendAtOnce(viewer, key(true, CONTROL), key(true, ALT), tap(0xff53), tap(0xffbe));
  sendAtOnce(viewer, key(false, ALT), key(false, CONTROL), key(true, SUPER), tap(0x64));
  sendAtOnce(viewer, key(false, SUPER), tap(0xfef9), tap(0xff96), tap(0x1008_fe01));
  await untilDelivered();
  assert.deepEqual(await scene.reachedPanel(), []);
  assert.equal(await scene.panel.evaluate('document.hasFocus()'), false);
});

test('keys in one piece with a click on the frame do not reach the panel', async () => {
  const { x, y, height } = PANEL_PLACE;
  for (const place of [
    [x - 1, y + 200],
    [x + 200, y - 12],
    [x + 200, y + height + 3],
  ] as const) {
    sendAtOnce(viewer, click(...place), tap(TAB), tap(RETURN), tap(SPACE), tap(0xffc9));
  }
  await untilDelivered();
  assert.deepEqual(await scene.reachedPanel(), []);
});

test('while the panel has the keyboard nothing passes, and what was held is let go', async () => {
  viewer.send(key(true, 0x71));
  await scene.untilWitnessed(/KeyPress/);
  const { x, y } = PANEL_PLACE;
  // The operator's own touch, on the panel's title.
  await scene.atDisplay('mousemove', String(x + 200), String(y - 10), 'click', '1');
  await scene.panel.until('the keyboard at the panel', 'document.hasFocus()');
  await delay(BETWEEN_ACTS_MS);
  await scene.forget();
  sendAtOnce(viewer, tap(RETURN), tap(SPACE), tap(TAB), click(...IN_PANEL), click(...AT_WITNESS));
  await delay(BETWEEN_ACTS_MS);
  assert.deepEqual(await scene.reachedPanel(), []);
  assert.deepEqual(
    scene.reachedWitness().filter((line) => /Press/.test(line)),
    [],
  );
});

test('a panel that was moved is protected where it is now; one that says nothing stops control', async () => {
  const [window = ''] = (await scene.atDisplay('search', '--name', 'Remote Maintenance')).split(
    '\n',
  );
  await scene.atDisplay('windowmove', window, '600', '120');
  await scene.panel.until('the new place', 'screenX < 640');
  await delay(BETWEEN_ACTS_MS);
  viewer.send(click(PANEL_PLACE.x + 100, PANEL_PLACE.y + PANEL_PLACE.height + 30));
  await untilDelivered();
  assert.deepEqual(await scene.reachedPanel(), []);
  // A page that hangs: its agent hears nothing of it any more.
  await scene.panel.evaluate(
    'setTimeout(() => { for (const until = Date.now() + 9000; Date.now() < until; ); }); true',
  );
  await delay(7000);
  await scene.atDisplay('windowmove', window, '100', '120');
  sendAtOnce(viewer, click(...IN_PANEL), click(300, 400), tap(RETURN));
  await scene.panel.until('the page again', 'true');
  assert.deepEqual(
    (await scene.reachedPanel()).filter((event) => /down|click|key/.test(event)),
    [],
  );
});

test('each refusal is counted in the journal', async () => {
  const file = path.join(scene.day.system.cartData, 'journal', 'journal.ndjson');
  await scene.day.operator.end();
  await scene.day.operator.viewWhen('the end', (view) => view.phase === 'ended');
  assert.match(await readFile(file, 'utf8'), /"kind":"input-refused"/);
});

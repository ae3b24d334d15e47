/**
 * Goal: a signal at the cart takes everything from the technician, with the network there or cut; nothing of the gateway's
 * gives it back, and after the operator's touch the same session goes on.
 * Method: real gateway and agent; a real display, the vendor's command, the panel's button, a road that is frozen, an agent that is killed.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { startDisplay } from '@chaperone/cart/platform/testing/x-display.ts';
import { signalInterlock } from '@chaperone/cart/interlock/interlock.ts';
import { call, start } from '../../tools/demo/program.ts';
import { eventually } from '../harness/eventually.ts';
import { startDay } from './day.ts';
import type { Day } from './day.ts';

async function stage(t: TestContext): Promise<Day> {
  const display = await startDisplay(t, '800x600');
  const day = await startDay({}, { kind: 'x11', display });
  t.after(async () => await day[Symbol.asyncDispose]());
  return day;
}

async function journalOf(day: Day): Promise<string> {
  return await readFile(path.join(day.system.cartData, 'journal', 'journal.ndjson'), 'utf8');
}

test('a signal closes the screen and refuses everything; the panel lifts it, and the screen opens again', async (t) => {
  const day = await stage(t);
  await day.openSession(['view', 'control', 'fetch-files']);
  const viewer = await day.technician.openScreen(day.opened.id);
  await viewer.nextFrames(1);
  const configuration = path.join(day.folder, 'cart.json');
  await call('cart', ['interlock', 'raise', '--config', configuration, '--reason', 'new-exam']);
  await viewer.closed;
  const { interlock } = await day.operator.viewWhen('it', (view) => view.interlock !== null);
  assert.equal(interlock?.source, 'new-exam');
  await day.technician.sessionWhen(day.opened.id, (each) => each.interlock === 'new-exam');
  await assert.rejects(day.technician.openScreen(day.opened.id));
  await day.operator.continueService();
  await day.technician.sessionWhen(day.opened.id, (each) => each.interlock === null);
  const again = await day.technician.openScreen(day.opened.id);
  await again.nextFrames(1);
  const journal = await journalOf(day);
  assert.match(journal, /"interlock-raised","sessionId":"[^"]+","source":"new-exam"/);
  assert.match(journal, /"interlock-lifted"/);
});

test('with the road frozen nothing more goes onto it, and it is still raised when the session has been resumed', async (t) => {
  const day = await stage(t);
  await day.openSession(['view']);
  const viewer = await day.technician.openScreen(day.opened.id);
  await viewer.nextFrames(1);
  day.road.freeze();
  await day.operator.holdOff();
  const frames = viewer.frames();
  await day.operator.viewWhen('the lost road', (view) => view.session?.link === 'lost');
  day.road.mend();
  await eventually('the session to resume', async () => {
    const session = await day.technician.session(day.opened.id);
    if (session.state === 'interrupted' && session.challenge !== null)
      await day.technician.resume(day.opened, session.activities).catch(() => undefined);
    return session.state === 'granted' || session.state === 'open' ? true : null;
  });
  const session = await day.technician.sessionWhen(
    day.opened.id,
    (each) => each.interlock !== null,
  );
  assert.equal(session.interlock, 'operator');
  await assert.rejects(day.technician.openScreen(day.opened.id));
  // What was under way when the road froze may still arrive; it is no more than was there.
  assert.ok(viewer.frames() <= frames + 1);
});

test('without a session nobody gets in before it is lifted, not even after a stop of the agent', async (t) => {
  const day = await stage(t);
  await signalInterlock(day.system.cartData, 'probe-active');
  await assert.rejects(day.operator.press(), { code: 'SESSION_INTERLOCKED' });
  await eventually('the mark to be on the disk', async () =>
    (await readFile(path.join(day.system.cartData, 'interlock'), 'utf8').catch(() => '')) === ''
      ? null
      : true,
  );
  await day.system.cart.kill();
  const file = path.join(day.folder, 'cart.json');
  const { program } = await start(
    'cart',
    ['run', '--config', file],
    path.join(day.folder, 'cart.log'),
    (output) => /(http:\S+)\/#credential=/.exec(output),
  );
  try {
    const { raised } = await signalInterlock(day.system.cartData, 'vendor');
    assert.equal(raised, 'probe-active');
  } finally {
    await program.stop();
  }
});

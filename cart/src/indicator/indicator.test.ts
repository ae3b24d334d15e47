/**
 * Goal: no session without its sign on the display: nobody is let in before it is seen, it pauses when it is hidden and ends
 * when it is lost, the operator's hand on it counts and the technician's does not reach it.
 * Method: a granted session against a scripted desk, the real indicator on a real Xvfb, the screen through a real X0tigervnc,
 * and another program on the display.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { before, test, type TestContext } from 'node:test';
import type { Duplex } from 'node:stream';
import type { SessionState } from '@chaperone/domain/session/state.ts';
import { connect, grant, startBench, testCertificates } from '../platform/testing/cart-bench.ts';
import type { TestCertificates } from '../platform/testing/cart-bench.ts';
import { openLog } from '../platform/log.ts';
import { atDisplay, startXServer } from '../platform/testing/x-display.ts';
import { connectSource } from '../screen/screen.ts';
import { RecordingViewer } from '../screen/testing/recording-viewer.ts';
import { makeIndicator, noIndicator } from './indicator.ts';
import { Neighbour } from './testing/neighbour.ts';
import { INDICATOR_COLOUR } from './x11/draw-banner.ts';
import { layOut } from './x11/layout.ts';

const { live } = INDICATOR_COLOUR;
const SIZE = { width: 800, height: 600 };
const { interlock: INTERLOCK, pause: PAUSE, end: END } = layOut(SIZE.width, SIZE.height);

let certificates: TestCertificates;
before(async () => {
  certificates = await testCertificates();
});

function indicatorAt(display: string) {
  return makeIndicator(
    { kind: 'x11', display, xauthority: null, devices: null },
    { monotonicMs: () => performance.now(), log: openLog('silent') },
  );
}

async function stage(t: TestContext) {
  const { display, server } = await startXServer(t, `${SIZE.width}x${SIZE.height}`);
  const neighbour = await Neighbour.at(t, display);
  const screenSource = connectSource({ kind: 'x11', display });
  t.after(() => screenSource.close());
  const bench = await startBench(t, {
    ...{ certificates, screenSource },
    indicator: indicatorAt(display),
  });
  return { display, server, neighbour, bench };
}

const isPaused = (state: SessionState): boolean => 'paused' in state && state.paused;
const isEnded = (state: SessionState): boolean => state.phase === 'ended';

test('it is on the display before anybody is in, and gone when the session is', async (t) => {
  const { neighbour, bench } = await stage(t);
  const opened = await connect(bench);
  assert.equal(await neighbour.pixel(5, 5), 0);
  // The grant has just been taken: what the display shows now was there before it.
  await grant(opened, certificates.workstation);
  assert.equal(await neighbour.pixel(5, 5), live);
  assert.ok(bench.journal.facts.some(({ kind }) => kind === 'indicator-shown'));
  bench.session.end('operator-ended');
  await neighbour.until(5, 5, 0);
});

test('with no display to show it on nobody is let in, and the journal says so', async (t) => {
  const bench = await startBench(t, { certificates, indicator: indicatorAt(':59999') });
  const opened = await connect(bench);
  await assert.rejects(grant(opened, certificates.workstation), { code: 'INDICATOR_UNAVAILABLE' });
  assert.equal(bench.session.state.phase, 'waiting');
  await bench.session.close();
  const refused = bench.journal.facts.find(({ kind }) => kind === 'operation-refused');
  assert.partialDeepStrictEqual(refused, {
    ...{ operation: 'panel consent', code: 'INDICATOR_UNAVAILABLE' },
  });
});

test('hidden for a second it pauses the session, and nobody goes on before it is seen', async (t) => {
  const { neighbour, bench } = await stage(t);
  await grant(await connect(bench), certificates.workstation);
  neighbour.grabServer();
  await bench.until(isPaused);
  assert.ok(bench.journal.facts.some(({ kind }) => kind === 'indicator-covered'));
  await assert.rejects(bench.session.liftPause(), { code: 'INDICATOR_UNAVAILABLE' });
  neighbour.ungrabServer();
  while (bench.indicator.state.is !== 'shown') await neighbour.sync();
  await bench.session.liftPause();
  assert.ok(!isPaused(bench.session.state));
});

test('a display whose server is killed ends the session', async (t) => {
  const { server, bench } = await stage(t);
  await grant(await connect(bench), certificates.workstation);
  const exited = once(server, 'exit');
  server.kill('SIGKILL');
  await bench.until(isEnded);
  assert.partialDeepStrictEqual({ ...bench.session.state }, { reason: 'indicator-lost' });
  const facts = bench.journal.facts.map(({ kind }) => kind);
  assert.ok(facts.indexOf('indicator-lost') < facts.indexOf('session-ended'));
  await exited;
});

test('a hand on Pause pauses and one on End ends; what is injected does neither', async (t) => {
  const { display, neighbour, bench } = await stage(t);
  await grant(await connect(bench), certificates.workstation);
  const at = async ({ x, y }: typeof PAUSE, ...rest: string[]): Promise<void> =>
    await atDisplay(display, 'mousemove', String(x + 30), String(y + 20), ...rest);
  await at(END, 'click', '1');
  await at(PAUSE);
  await neighbour.pressWith('Xvfb mouse');
  await bench.until(isPaused);
  // The server tells in order: the injected click on End came before.
  assert.equal(bench.session.state.phase, 'granted');
  await at(END);
  await neighbour.pressWith('Xvfb mouse');
  await bench.until(isEnded);
  assert.partialDeepStrictEqual({ ...bench.session.state }, { reason: 'operator-ended' });
});

test('one touch of a hand holds everybody off, what is injected does not, and only the panel lifts it', async (t) => {
  const { display, neighbour, bench } = await stage(t);
  const { granted, interactive } = await grant(await connect(bench), certificates.workstation);
  const viewer = new RecordingViewer(
    interactive.open('CONNECT', 'screen', granted) as unknown as Duplex,
  );
  await viewer.start();
  await viewer.nextUpdate();
  const raisedBy = (): string | undefined => bench.session.state.interlock?.source;
  const { x, y } = INTERLOCK;
  const [inX, inY] = [x + 30, y + 20];
  // By the technician, and by a program on the display.
  for (const buttons of [0, 1, 0]) viewer.send({ type: 'pointer', buttons, x: inX, y: inY });
  await atDisplay(display, 'mousemove', String(inX), String(inY), 'click', '1');
  await interactive.hello();
  assert.equal(raisedBy(), undefined);
  await neighbour.pressWith('Xvfb mouse');
  await bench.until(({ interlock }) => interlock !== undefined);
  assert.equal(raisedBy(), 'operator');
  assert.equal(bench.journal.of('interlock-raised').length, 1);
  await neighbour.until(5, 5, INDICATOR_COLOUR.paused);
  // Another touch there changes nothing: it is no switch.
  await neighbour.pressWith('Xvfb mouse');
  await neighbour.sync();
  assert.equal(raisedBy(), 'operator');
  while (bench.indicator.state.is !== 'shown') await neighbour.sync();
  await bench.session.liftInterlock();
  await neighbour.until(5, 5, live);
});

test("the technician's pointer does not enter it, and a button that was held is released before", async (t) => {
  const { neighbour, bench } = await stage(t);
  const granted = await grant(await connect(bench), certificates.workstation);
  const viewer = new RecordingViewer(
    granted.interactive.open('CONNECT', 'screen', granted.granted) as unknown as Duplex,
  );
  await viewer.start();
  await viewer.nextUpdate();
  const send = (buttons: number, x: number, y: number): void =>
    viewer.send({ type: 'pointer', buttons, x, y });
  const untilAt = async (x: number, y: number, buttons: number): Promise<void> => {
    for (;;) {
      const seen = await neighbour.pointer();
      if (seen.x === x && seen.y === y && seen.buttons === buttons) return;
    }
  };
  send(0, 400, 300);
  send(1, 400, 300);
  await untilAt(400, 300, 1);
  send(1, END.x + 20, END.y + 20);
  await untilAt(400, 300, 0);
  for (const { x, y } of [PAUSE, END, { x: 0, y: 300 }, { x: 799, y: 300 }, { x: 400, y: 599 }]) {
    send(0, x + 1, y + 1);
    send(1, x + 1, y + 1);
    send(0, x + 1, y + 1);
  }
  send(0, 410, 310);
  await untilAt(410, 310, 0);
  assert.equal(bench.session.tally.inputRefused, 16);
  assert.equal(bench.session.state.phase, 'open');
});

test("a real device stops the technician's input for a while, and what was held is released; an injected one does not", async (t) => {
  const { display, neighbour, bench } = await stage(t);
  const granted = await grant(await connect(bench), certificates.workstation);
  const viewer = new RecordingViewer(
    granted.interactive.open('CONNECT', 'screen', granted.granted) as unknown as Duplex,
  );
  await viewer.start();
  await viewer.nextUpdate();
  const untilAt = async (x: number, y: number, buttons: number): Promise<void> => {
    for (;;) {
      const seen = await neighbour.pointer();
      if (seen.x === x && seen.y === y && seen.buttons === buttons) return;
    }
  };
  const send = (buttons: number, x: number): void =>
    viewer.send({ type: 'pointer', buttons, x, y: 300 });
  await atDisplay(display, 'mousemove', '300', '300', 'click', '1');
  send(1, 400);
  await untilAt(400, 300, 1);
  assert.equal(bench.session.isOperatorAtWork, false);
  await neighbour.pressWith('Xvfb mouse');
  while (!bench.session.isOperatorAtWork) await neighbour.sync();
  await untilAt(400, 300, 0);
  const refused = bench.session.tally.inputRefused;
  send(0, 500);
  // What the cart has answered after it was dealt with after it.
  await granted.interactive.hello();
  const seen = await neighbour.pointer();
  if (bench.session.isOperatorAtWork) assert.equal(seen.x, 400);
  assert.equal(bench.session.tally.inputRefused, refused, 'nobody is accused of it');
  while (bench.session.isOperatorAtWork) await neighbour.sync();
  send(0, 450);
  await untilAt(450, 300, 0);
});

test('an agent that is killed takes it from the display', async (t) => {
  const { display } = await startXServer(t, `${SIZE.width}x${SIZE.height}`);
  const neighbour = await Neighbour.at(t, display);
  const door = new URL('indicator.ts', import.meta.url).href;
  const log = new URL('../platform/log.ts', import.meta.url).href;
  const program = `
    const { makeIndicator } = await import(${JSON.stringify(door)});
    const { openLog } = await import(${JSON.stringify(log)});
    const indicator = makeIndicator(
      { kind: 'x11', display: ${JSON.stringify(display)}, xauthority: null, devices: null },
      { monotonicMs: () => performance.now(), log: openLog('silent') });
    indicator.show({ technicianName: 'Ada', activities: ['view'], paused: false, interlocked: false, sinceMonotonicMs: null, language: 'de' });`;
  const agent = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: 'ignore',
  });
  t.after(() => agent.kill('SIGKILL'));
  await neighbour.until(5, 5, live);
  agent.kill('SIGKILL');
  await neighbour.until(5, 5, 0);
});

test('a cart whose panel is the display, and one that has none, let somebody in; the journal says which', async (t) => {
  for (const [reason, display] of [
    [null, 'panel'],
    ['The display is a printer', 'none'],
  ] as const) {
    const bench = await startBench(t, { certificates, indicator: noIndicator(reason) });
    await grant(await connect(bench), certificates.workstation);
    const shown = bench.journal.facts.find(({ kind }) => kind === 'indicator-shown');
    assert.partialDeepStrictEqual(shown, { display, reason });
  }
});

/**
 * Goal: while the indicator is to be shown, the display shows it, over whatever other programs do; when it does not, that is
 * told; and nothing but the operator's own hand touches it.
 * Method: a real Xvfb, another program on it that sees the display's pixels and does what any program can do, and xdotool,
 * which injects as RFB servers do. A server without hardware has no device that a hand could touch: its own, "Xvfb mouse",
 * is pressed through XTEST's way to name a device, so no test sees a touchscreen.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openLog } from '../../platform/log.ts';
import { atDisplay, startDisplay, startXServer } from '../../platform/testing/x-display.ts';
import type { Indicated, IndicatorReport } from '../indicator-contract.ts';
import { Neighbour } from '../testing/neighbour.ts';
import { INDICATOR_COLOUR } from './draw-banner.ts';
import { layOut } from './layout.ts';
import { X11Indicator } from './x11-indicator.ts';

const { live, paused } = INDICATOR_COLOUR;
const SIZE = { width: 800, height: 600 };
const { banner, border, pause: PAUSE, end: END } = layOut(SIZE.width, SIZE.height);
const MOUSE = 'Xvfb mouse';

const ADA: Indicated = {
  ...{
    technicianName: 'Ada Nilsen',
    activities: ['view', 'control'],
    isRecorded: true,
    paused: false,
    interlocked: false,
  },
  ...{ sinceMonotonicMs: null, language: 'en' },
};

interface Stage {
  readonly display: string;
  readonly indicator: X11Indicator;
  readonly reports: IndicatorReport[];
  readonly neighbour: Neighbour;
  /** Waits until a report of this kind comes after now. */
  next(type: IndicatorReport['type']): Promise<IndicatorReport>;
}

function indicatorAt(t: TestContext, display: string, devices: readonly string[] | null = null) {
  const reports: IndicatorReport[] = [];
  const waiting = new Set<(report: IndicatorReport) => void>();
  const indicator = new X11Indicator({
    ...{ display, xauthority: null, devices, log: openLog('silent') },
    monotonicMs: () => performance.now(),
  });
  t.after(() => indicator.hide());
  indicator.onReport((report) => {
    reports.push(report);
    for (const told of [...waiting]) told(report);
  });
  const next = (type: IndicatorReport['type']): Promise<IndicatorReport> =>
    new Promise((resolve) => {
      const told = (report: IndicatorReport): void => {
        if (report.type !== type) return;
        waiting.delete(told);
        resolve(report);
      };
      waiting.add(told);
    });
  return { indicator, reports, next };
}

async function stage(t: TestContext, devices: readonly string[] | null = null): Promise<Stage> {
  const display = await startDisplay(t, `${SIZE.width}x${SIZE.height}`);
  const neighbour = await Neighbour.at(t, display);
  const made = indicatorAt(t, display, devices);
  const seen = made.next('seen');
  made.indicator.show(ADA);
  await seen;
  return { display, neighbour, ...made };
}

const middleOf = ({ x, y, width, height }: typeof banner): [number, number] => [
  x + Math.floor(width / 2),
  y + Math.floor(height / 2),
];

/** Counts what is written in the banner: pixels that are not its ground. */
async function written(neighbour: Neighbour): Promise<number> {
  let count = 0;
  for (let x = 20; x < 320; x += 1) {
    if ((await neighbour.pixel(x, 27)) !== live) count += 1;
  }
  return count;
}

test('border, banner and both targets are on the display, over a full screen; hidden, nothing is left', async (t) => {
  const display = await startDisplay(t, `${SIZE.width}x${SIZE.height}`);
  const neighbour = await Neighbour.at(t, display);
  await neighbour.fullScreen();
  const { indicator, next } = indicatorAt(t, display);
  const seen = next('seen');
  indicator.show(ADA);
  assert.deepEqual(indicator.regions(), [], 'it is nowhere yet');
  await seen;
  assert.deepEqual(indicator.regions(), [banner, ...border]);
  for (const side of border) assert.equal(await neighbour.pixel(...middleOf(side)), live);
  for (const target of [PAUSE, END]) {
    assert.ok(target.height >= 44 && target.width >= 44);
    assert.equal(await neighbour.pixel(target.x + 20, target.y + 4), INDICATOR_COLOUR.target);
  }
  assert.ok((await written(neighbour)) > 40, 'it names somebody');
  assert.equal(await neighbour.pixel(400, 300), 0xff_ffff, 'what is inside stays as it is');
  indicator.show({ ...ADA, paused: true });
  await neighbour.until(...middleOf(border[0] ?? banner), paused);
  indicator.hide();
  assert.deepEqual(indicator.regions(), []);
  await neighbour.until(...middleOf(border[0] ?? banner), 0xff_ffff);
  await neighbour.until(5, 5, 0xff_ffff);
});

test('a full-screen program that raises itself every 20 ms never covers it', async (t) => {
  const { neighbour, reports } = await stage(t);
  const window = await neighbour.fullScreen();
  const raising = setInterval(() => neighbour.raise(window), 20);
  t.after(() => clearInterval(raising));
  let covered = 0;
  for (let looks = 0; looks < 150; looks += 1) {
    const places = [
      [5, 5],
      [SIZE.width - 2, 300],
      [400, SIZE.height - 2],
    ] as const;
    const pixels = await Promise.all(places.map(([x, y]) => neighbour.pixel(x, y)));
    if (pixels.some((pixel) => pixel !== live)) covered += 1;
    await pause(5);
  }
  assert.equal(covered, 0);
  assert.ok(!reports.some(({ type }) => type === 'lost'));
});

test('a window in the overlay itself does not stay above it, and one that takes it away neither', async (t) => {
  const { neighbour } = await stage(t);
  const ours = await neighbour.indicatorWindow();
  await neighbour.fullScreen(await neighbour.overlay());
  await neighbour.until(5, 5, live);
  neighbour.unmap(ours);
  await neighbour.sync();
  await neighbour.until(5, 5, live);
});

test('what is painted over it without a window is seen, told and mended', async (t) => {
  const { neighbour, next, reports } = await stage(t);
  const scribbling = setInterval(() => neighbour.scribble(), 2);
  t.after(() => clearInterval(scribbling));
  await next('covered');
  await next('covered');
  clearInterval(scribbling);
  await neighbour.until(5, 5, live);
  await next('seen');
  assert.ok(!reports.some(({ type }) => type === 'lost'));
});

test('a server that answers nobody else shows nothing that could be vouched for', async (t) => {
  const { neighbour, next } = await stage(t);
  neighbour.grabServer();
  await neighbour.sync();
  await next('covered');
  await next('covered');
  neighbour.ungrabServer();
  await next('seen');
});

test('a window that is destroyed and a server that is killed are its loss', async (t) => {
  const { display, server } = await startXServer(t, `${SIZE.width}x${SIZE.height}`);
  const neighbour = await Neighbour.at(t, display);
  const { indicator, next } = indicatorAt(t, display);
  let seen = next('seen');
  indicator.show(ADA);
  await seen;
  const destroyed = next('lost');
  neighbour.destroy(await neighbour.indicatorWindow());
  assert.deepEqual(await destroyed, { type: 'lost', loss: 'window-destroyed' });
  seen = next('seen');
  indicator.show(ADA);
  await seen;
  const killed = next('lost');
  const exited = once(server, 'exit');
  server.kill('SIGKILL');
  assert.deepEqual(await killed, { type: 'lost', loss: 'display-lost' });
  await exited;
});

test('no display, and one with a compositing manager: it says so at once', async (t) => {
  for (const display of [':59999', await composited(t)]) {
    const { indicator, next } = indicatorAt(t, display);
    const lost = next('lost');
    indicator.show(ADA);
    assert.deepEqual(await lost, { type: 'lost', loss: 'display-unavailable' });
    assert.deepEqual(indicator.regions(), []);
  }
});

async function composited(t: TestContext): Promise<string> {
  const display = await startDisplay(t);
  await (await Neighbour.at(t, display)).claimCompositing();
  return display;
}

test('what a program injects touches nothing; a device of the display does, under a grab, too', async (t) => {
  const { display, neighbour, next, reports } = await stage(t);
  const [x, y] = middleOf(PAUSE);
  await atDisplay(display, 'mousemove', String(x), String(y), 'click', '1');
  const first = next('touched');
  await neighbour.pressWith(MOUSE);
  assert.deepEqual(await first, { type: 'touched', target: 'pause' });
  await neighbour.grabPointer();
  const [endX, endY] = middleOf(END);
  await atDisplay(display, 'mousemove', String(endX), String(endY), 'click', '1');
  const second = next('touched');
  await neighbour.pressWith(MOUSE);
  assert.deepEqual(await second, { type: 'touched', target: 'end' });
  const touches = reports.filter(({ type }) => type === 'touched');
  // One press may be told twice; the two injected clicks came before each and were not told.
  assert.deepEqual(
    touches.slice(0, -1).map((each) => 'target' in each && each.target),
    touches.slice(0, -1).map(() => 'pause'),
  );
});

test('with a list of devices only those count', async (t) => {
  const { display, neighbour, reports } = await stage(t, ['A touchscreen that is not there']);
  const [x, y] = middleOf(PAUSE);
  await atDisplay(display, 'mousemove', String(x), String(y));
  await neighbour.pressWith(MOUSE);
  // Two looks later what the server told of the press has been heard.
  reports.length = 0;
  while (reports.length < 2) await pause(20);
  assert.ok(!reports.some(({ type }) => type === 'touched'));
});

/**
 * Goal: any RFB viewer sees the cart's screen: TigerVNC's viewer and libvncclient play what moves, and when it stands still they show
 * the frame buffer of the display, pixel for pixel.
 * Method: a real display with the real cine, X0tigervnc, the relay and the re-encoder as in a session, on a socket that the stock
 * viewers dial. TigerVNC's viewer fills a display of its own, whose frame buffer is read. libvncclient is that of `x11vnc -reflect`,
 * which shows on what it got, and is read by a viewer of ours without encodings.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { connectSource, openScreen, reEncoded } from '@chaperone/cart/screen/screen.ts';
import { openForTest } from '@chaperone/cart/screen/testing/opened-screen.ts';
import {
  isUnderPointer,
  playFilm,
  startProgram,
  startRealDisplay,
  startReflection,
  startTigerVNC,
  type Film,
  type RealDisplay,
} from '@chaperone/cart/screen/testing/real-display.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { eventually } from '../harness/eventually.ts';

const SIZE = { width: 640, height: 480 };
/** Beside the middle, where the pointer is. */
const FILM = { x: 10, y: 90, width: 300, height: 224 };
/** A film, its encoder and two X servers share what processor there is. */
const PATIENCE_MS = 120_000;
/** Far more than the pointer that a viewer draws; fewer than a film changes. */
const MOVED_MIN = 2000;

interface Cart {
  readonly display: RealDisplay;
  readonly film: Film;
  readonly port: number;
}

/** A cart's screen with a film on it, on a TCP port. */
async function startCart(t: TestContext): Promise<Cart> {
  const display = await startRealDisplay(t, SIZE);
  const socket = path.join(display.directory, 'rfb');
  await startTigerVNC(t, display, socket);
  const source = reEncoded(connectSource({ kind: 'rfb', address: `unix:${socket}` }), {
    videoProgram: '/usr/bin/ffmpeg',
  });
  const ending = new AbortController();
  const server = createServer((viewer) => {
    viewer.on('error', () => undefined);
    openScreen({
      source,
      viewer,
      activities: ['view'],
      inputAllowed: () => false,
      paused: () => false,
      excludedRegions: () => [],
      signal: ending.signal,
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    ending.abort();
    await source.close();
    server.close();
  });
  const film = playFilm(t, display, FILM);
  return { display, film, port: (server.address() as AddressInfo).port };
}

function differing(one: Uint32Array, other: Uint32Array): number {
  assert.equal(one.length, other.length);
  return one.reduce(
    (sum, pixel, at) => sum + (pixel === other[at] || isUnderPointer(at, SIZE) ? 0 : 1),
    0,
  );
}

/** What a viewer shows moves while the film does, and is what the display shows once the film stands still. */
async function follows({ display, film }: Cart, shown: () => Uint32Array): Promise<void> {
  let before = shown();
  const moves = async (): Promise<boolean> => {
    const now = shown();
    const moved = differing(before, now);
    before = now;
    return await Promise.resolve(moved > MOVED_MIN);
  };
  for (let times = 0; times < 3; times += 1)
    await eventually('the viewer to play the film', moves, PATIENCE_MS);
  film.freeze();
  const isExact = async (): Promise<boolean> =>
    await Promise.resolve(differing(display.pixels(), shown()) === 0);
  await eventually('the exact picture in the viewer', isExact, PATIENCE_MS);
}

test('TigerVNC’s viewer plays the film and shows every pixel of what stands still', async (t) => {
  const cart = await startCart(t);
  const own = await startRealDisplay(t, SIZE);
  startProgram(
    t,
    'xtigervncviewer',
    [
      ...['-FullScreen=1', '-MenuKey=', '-ViewOnly=1', '-DotWhenNoCursor=0', '-RemoteResize=0'],
      ...['-SecurityTypes=None', '-AlertOnFatalError=0', `127.0.0.1::${cart.port}`],
    ],
    { DISPLAY: own.name, HOME: own.directory },
  );
  await follows(cart, () => own.pixels());
});

test('libvncclient plays the film and shows every pixel of what stands still', async (t) => {
  const cart = await startCart(t);
  const socket = path.join(cart.display.directory, 'reflected');
  await startReflection(t, cart.port, socket);
  const source = connectSource({ kind: 'rfb', address: `unix:${socket}` });
  const { viewer } = openForTest(t, source, ['view']);
  await viewer.start([ENCODING.raw]);
  await follows(cart, () => Uint32Array.from(viewer.pixels));
});

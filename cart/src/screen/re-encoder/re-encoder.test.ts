/**
 * Goal: what a viewer of the re-encoder has is, when the screen stands still, the cart's frame buffer, pixel for pixel, in
 * every encoding; what moves is sent as film and made exact afterwards; sources that change size, restart or stay away, a
 * missing video program and viewers that do not read harm nothing.
 * Method: real X displays with the real cine, real X0tigervnc and x11vnc; a viewer that decodes by itself, behind the
 * relay as in a session; the display's own frame buffer to compare with.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { desktopNameOf } from '@chaperone/protocol/rfb/picture-state.ts';
import type { ScreenFilmUnavailable } from '../screen-error.ts';
import { connectSource } from '../source/connect-source.ts';
import { openForTest, type OpenedScreen } from '../testing/opened-screen.ts';
import {
  isUnderPointer,
  playFilm,
  startProgram,
  startRealDisplay,
  startTigerVNC,
  startX11vnc,
  type RealDisplay,
} from '../testing/real-display.ts';
import { reEncoded } from './re-encoder.ts';

const FFMPEG = '/usr/bin/ffmpeg';
const SIZE = { width: 640, height: 480 };
/** Beside the middle, where the pointer is. */
const FILM = { x: 10, y: 90, width: 300, height: 224 };
const PSEUDO = [ENCODING.desktopSize, ENCODING.lastRect, ENCODING.cursor, ENCODING.desktopName];
const MODERN = [ENCODING.fence, ENCODING.continuousUpdates];

const COVER = 0x1e2632;

interface Shown {
  readonly display: RealDisplay;
  readonly opened: OpenedScreen;
}

async function show(
  t: TestContext,
  server: typeof startTigerVNC,
  encodings: readonly number[],
  videoProgram: string | null = FFMPEG,
  onFilmUnavailable?: (why: ScreenFilmUnavailable) => void,
): Promise<Shown> {
  const display = await startRealDisplay(t, SIZE);
  return await showOn(t, display, encodings, videoProgram, onFilmUnavailable, server);
}

async function showOn(
  t: TestContext,
  display: RealDisplay,
  encodings: readonly number[],
  videoProgram: string | null,
  onFilmUnavailable?: (why: ScreenFilmUnavailable) => void,
  server = startTigerVNC,
): Promise<Shown> {
  const socket = path.join(display.directory, 'rfb');
  await server(t, display, socket);
  const source = reEncoded(connectSource({ kind: 'rfb', address: `unix:${socket}` }), {
    videoProgram,
    ...(onFilmUnavailable && { onFilmUnavailable }),
  });
  const opened = openForTest(t, source, ['view', 'control']);
  await opened.viewer.start([...encodings, ...PSEUDO]);
  return { display, opened };
}

/** Pixels in which the viewer's picture is not the display's. */
function differing({ display, opened }: Shown): number {
  const { viewer } = opened;
  return display
    .pixels()
    .reduce(
      (sum, pixel, at) => sum + (viewer.pixels[at] === pixel || isUnderPointer(at, SIZE) ? 0 : 1),
      0,
    );
}

/** Waits until the viewer is told that it has every pixel, and has what the display shows. */
async function untilExact(shown: Shown): Promise<void> {
  const { viewer } = shown.opened;
  await viewer.until(
    () => viewer.names.at(-1) === desktopNameOf('exact') && differing(shown) === 0,
  );
}

/** Decodes a film into its frames, 0x00RRGGBB each pixel. */
function decodeFilm(
  film: Buffer,
  { width, height }: { width: number; height: number },
  format: 'h264' | 'mjpeg' = 'h264',
): Buffer[] {
  const arguments_ = [
    '-loglevel',
    'error',
    '-f',
    format,
    '-i',
    'pipe:0',
    '-fps_mode',
    'passthrough',
  ];
  const output = ['-f', 'rawvideo', '-pix_fmt', 'bgr0', 'pipe:1'];
  const { stdout, status } = spawnSync(FFMPEG, [...arguments_, ...output], {
    input: film,
    maxBuffer: 1024 * 1024 * 1024,
  });
  assert.equal(status, 0);
  const frameBytes = width * height * 4;
  const count = Math.floor(stdout.length / frameBytes);
  return Array.from({ length: count }, (_, at) =>
    stdout.subarray(at * frameBytes, (at + 1) * frameBytes),
  );
}

function cropOf(
  pixels: Uint32Array,
  stride: number,
  area: { x: number; y: number; width: number; height: number },
): Uint32Array {
  return Uint32Array.from(
    { length: area.width * area.height },
    (_, at) =>
      pixels[(area.y + Math.floor(at / area.width)) * stride + area.x + (at % area.width)] ?? 0,
  );
}

/** Mean of the squared differences of green, which says most of how bright a pixel is. */
function meanSquare(frame: Buffer, exact: Uint32Array): number {
  let sum = 0;
  exact.forEach((pixel, at) => {
    sum += ((frame[at * 4 + 1] ?? 0) - ((pixel >> 8) & 255)) ** 2;
  });
  return sum / exact.length;
}

for (const [name, server] of [
  ['X0tigervnc', startTigerVNC],
  ['x11vnc', startX11vnc],
] as const) {
  for (const [still, encoding] of [
    ['Raw', ENCODING.raw],
    ['ZRLE', ENCODING.zrle],
    ['Tight', ENCODING.tight],
  ] as const) {
    test(`${name} as ${still}: no pixel differs once the film is frozen`, async (t) => {
      const shown = await show(t, server, [encoding]);
      const film = playFilm(t, shown.display, FILM);
      const { viewer } = shown.opened;
      await viewer.until(() => new Set(viewer.pixels).size > 50);
      film.freeze();
      await untilExact(shown);
      assert.ok(viewer.encodings.has(encoding));
    });
  }

  test(`${name}: the film goes as H.264 and is exact once it is frozen, again and again`, async (t) => {
    const shown = await show(t, server, [ENCODING.h264, ENCODING.tight, ...MODERN]);
    const { viewer } = shown.opened;
    const film = playFilm(t, shown.display, FILM);
    await viewer.until(() => viewer.films.length >= 5);
    film.freeze();
    await untilExact(shown);
    const before = viewer.films.length;
    film.go();
    await viewer.until(() => viewer.films.length >= before + 5);
    film.freeze();
    await untilExact(shown);
  });
}

test('without a program for film all of it goes without loss, with a broken one, too, and viewer and cart are told', async (t) => {
  for (const program of ['/nonexistent/ffmpeg', '/bin/false']) {
    const told: string[] = [];
    const encodings = [ENCODING.h264, ENCODING.tight, ...MODERN];
    const shown = await show(t, startTigerVNC, encodings, program, (why) => told.push(why.code));
    const film = playFilm(t, shown.display, FILM);
    const { viewer } = shown.opened;
    await viewer.until(() => viewer.names.includes(desktopNameOf('stills')));
    film.freeze();
    await untilExact(shown);
    assert.equal(viewer.films.length, 0);
    assert.deepEqual(told, ['SCREEN_FILM_UNAVAILABLE']);
    await film.stop();
  }
});

test('a program that dies under way is started again; one that keeps dying leaves the stills', async (t) => {
  const display = await startRealDisplay(t, SIZE);
  const program = path.join(display.directory, 'ffmpeg');
  writeFileSync(program, `#!/bin/sh\necho $$ >> ${program}.pids\nexec ${FFMPEG} "$@"\n`, {
    mode: 0o755,
  });
  const shown = await showOn(t, display, [ENCODING.h264, ENCODING.tight, ...MODERN], program);
  const { viewer } = shown.opened;
  const film = playFilm(t, display, FILM);
  await viewer.until(() => viewer.films.length >= 3);
  const pid = Number(readFileSync(`${program}.pids`, 'utf8').trim().split('\n').at(-1));
  process.kill(pid, 'SIGKILL');
  const before = viewer.films.length;
  await viewer.until(() => viewer.films.slice(before).some(({ isBeginning }) => isBeginning));
  // From here on each run ends at once.
  writeFileSync(program, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  process.kill(
    Number(readFileSync(`${program}.pids`, 'utf8').trim().split('\n').at(-1)),
    'SIGKILL',
  );
  await viewer.until(() => viewer.names.at(-1) === desktopNameOf('stills'));
  film.freeze();
  await untilExact(shown);
});

test('a viewer that knows Tight and a quality, but no H.264, gets the film as JPEG and then every pixel', async (t) => {
  for (const quality of [9, 2]) {
    const level = -32 + quality;
    const shown = await show(t, startTigerVNC, [ENCODING.tight, level, ...MODERN]);
    const film = playFilm(t, shown.display, FILM);
    const { viewer } = shown.opened;
    await viewer.until(() => viewer.images.length >= 5);
    assert.equal(viewer.names.at(-1), desktopNameOf('moving'));
    film.freeze();
    await untilExact(shown);
    const last = viewer.images.at(-1);
    assert.ok(last);
    const [frame] = decodeFilm(last.image, last.area, 'mjpeg');
    assert.ok(frame);
    const noise = meanSquare(frame, cropOf(viewer.pixels, viewer.width, last.area));
    assert.ok(noise < (quality === 9 ? 60 : 300), `quality ${quality}: ${noise}`);
    await film.stop();
  }
});

test('film decodes to what was on the display, and begins once', async (t) => {
  const shown = await show(t, startTigerVNC, [ENCODING.h264, ENCODING.tight, ...MODERN]);
  const film = playFilm(t, shown.display, FILM);
  const { viewer } = shown.opened;
  await viewer.until(() => viewer.films.length >= 10);
  film.freeze();
  await untilExact(shown);
  const area = viewer.films.at(-1)?.area;
  assert.ok(area);
  const last = viewer.films.slice(viewer.films.findLastIndex(({ isBeginning }) => isBeginning));
  assert.ok(last.length >= 5, 'the same film goes on');
  const frames = decodeFilm(Buffer.concat(last.map(({ frame }) => frame)), area);
  assert.equal(frames.length, last.length, 'each rectangle holds one frame');
  // What is on view now came as the last frame or right after it.
  const exact = cropOf(viewer.pixels, viewer.width, area);
  const noise = Math.min(...frames.slice(-3).map((frame) => meanSquare(frame, exact)));
  assert.ok(noise < 60, `a frame of the film is close to the picture: ${noise}`);
});

test('a source that is started again, in another size, is followed; meanwhile the picture is covered', async (t) => {
  const display = await startRealDisplay(t, SIZE);
  const other = await startRealDisplay(t, { width: 500, height: 400 });
  const socket = path.join(display.directory, 'rfb');
  const first = await startTigerVNC(t, display, socket);
  const source = connectSource({ kind: 'rfb', address: `unix:${socket}` });
  const opened = openForTest(t, reEncoded(source, { videoProgram: null }), ['view']);
  await opened.viewer.start([ENCODING.tight, ...PSEUDO, ...MODERN]);
  await opened.viewer.until(() => opened.viewer.names.at(-1) === desktopNameOf('exact'));
  await first.stop();
  await opened.viewer.until(() => opened.viewer.pixels.every((pixel) => pixel === COVER));
  assert.equal(opened.viewer.names.at(-1), desktopNameOf('moving'));
  rmSync(socket, { force: true });
  await startTigerVNC(t, other, socket);
  await opened.viewer.until(() => opened.viewer.width === 500);
  startProgram(t, 'xev', ['-geometry', '300x300+100+100'], { DISPLAY: other.name });
  await opened.viewer.until(() => opened.viewer.pixel(250, 350) === 0xff_ffff);
  await opened.viewer.until(() => opened.viewer.names.at(-1) === desktopNameOf('exact'));
});

test('a source that stays away ends the screen', async (t) => {
  const display = await startRealDisplay(t, { width: 320, height: 240 });
  const socket = path.join(display.directory, 'rfb');
  const server = await startTigerVNC(t, display, socket);
  const source = connectSource({ kind: 'rfb', address: `unix:${socket}` });
  const options = { videoProgram: null, sourceLostMaxMs: 500 };
  const opened = openForTest(t, reEncoded(source, options), ['view']);
  await opened.viewer.start([ENCODING.tight, ...PSEUDO]);
  await opened.viewer.nextUpdate();
  await server.stop();
  assert.equal((await opened.screen.done).reason, 'source-lost');
});

test('displays of 8 bits with a colour map, 16 and 30 bits a pixel are shown in 32', async (t) => {
  for (const depth of [8, 16, 30] as const) {
    const display = await startRealDisplay(t, { width: 640, height: 480 }, depth);
    const socket = path.join(display.directory, 'rfb');
    await startX11vnc(t, display, socket);
    const source = connectSource({ kind: 'rfb', address: `unix:${socket}` });
    const opened = openForTest(t, reEncoded(source, { videoProgram: null }), ['view']);
    startProgram(t, 'xev', ['-geometry', '300x300+100+100'], { DISPLAY: display.name });
    await opened.viewer.start([ENCODING.tight, ...PSEUDO]);
    // Its window is white on a black display.
    await opened.viewer.until(() => opened.viewer.pixel(250, 350) === 0xff_ffff);
  }
});

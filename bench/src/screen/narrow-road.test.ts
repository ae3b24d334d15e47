/**
 * Goal: over a narrow road the film goes on, nothing old is shown for long, and what stands still is exact in the end; a wide
 * road is no different but for its pace.
 * Method: the cart's session, tunnel and re-encoder against a desk over a slow link with the rate and delay of its plan; a real
 * display with the real cine; a viewer that decodes by itself. No time is asserted.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import path from 'node:path';
import { test } from 'node:test';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { desktopNameOf } from '@chaperone/protocol/rfb/picture-state.ts';
import {
  connect,
  grant,
  startBench,
  testCertificates,
} from '@chaperone/cart/platform/testing/cart-bench.ts';
import { connectSource, reEncoded } from '@chaperone/cart/screen/screen.ts';
import {
  isUnderPointer,
  playFilm,
  startRealDisplay,
  startTigerVNC,
} from '@chaperone/cart/screen/testing/real-display.ts';
import { RecordingViewer } from '@chaperone/cart/screen/testing/recording-viewer.ts';
import { bandwidthDelayBytes } from '../link/lane.ts';
import { startLink } from '../link/link.ts';

const SIZE = { width: 640, height: 480 };
/** Beside the middle, where the pointer is. */
const FILM = { x: 10, y: 90, width: 300, height: 224 };
const PSEUDO = [ENCODING.desktopSize, ENCODING.lastRect, ENCODING.cursor, ENCODING.desktopName];
const MODERN = [ENCODING.fence, ENCODING.continuousUpdates];
const ROADS = [
  ['100 Mbit/s', { bitsPerSecond: 100_000_000, delayMs: 5 }],
  ['256 kbit/s', { bitsPerSecond: 256_000, delayMs: 40 }],
] as const;

const certificates = await testCertificates();

for (const [name, road] of ROADS) {
  test(`over ${name} the film goes on, and once it is frozen every pixel is right`, async (t) => {
    const display = await startRealDisplay(t, SIZE);
    const socket = path.join(display.directory, 'rfb');
    await startTigerVNC(t, display, socket);
    const source = reEncoded(connectSource({ kind: 'rfb', address: `unix:${socket}` }), {
      videoProgram: '/usr/bin/ffmpeg',
    });
    t.after(() => source.close());
    // The desk's port is known only once it listens.
    const dial = { host: '127.0.0.1', port: 0 };
    const started = await startBench(t, { certificates, screenSource: source, dial });
    const plan = { ...road, queueBytes: Math.max(16_384, bandwidthDelayBytes(road)) };
    const link = await startLink({ host: '127.0.0.1', port: started.desk.port }, plan);
    t.after(() => link.close());
    dial.port = link.port;
    const bench = await grant(await connect(started), certificates.workstation, ['view']);
    const stream = bench.interactive.open('CONNECT', 'screen', bench.granted);
    await once(stream, 'response');
    const viewer = new RecordingViewer(stream);
    const film = playFilm(t, display, FILM);
    await viewer.start([ENCODING.h264, ENCODING.tight, ...PSEUDO, ...MODERN]);
    await viewer.until(() => viewer.films.length >= 5);
    const before = viewer.films.length;
    await viewer.until(() => viewer.films.length >= before + 20);
    film.freeze();
    const differs = (pixel: number, at: number): boolean =>
      viewer.pixels[at] !== pixel && !isUnderPointer(at, SIZE);
    await viewer.until(
      () => viewer.names.at(-1) === desktopNameOf('exact') && !display.pixels().some(differs),
    );
    assert.ok(viewer.failure === null);
  });
}

/**
 * Goal: from the beginning of a recording and from each of its keys, what is played is what its viewer had at that moment, pixel
 * for pixel, in every encoding; at a key of a film, its film begins there.
 * Method: a real display with X0tigervnc, the relay (and the re-encoder) as in a session, a viewer that decodes, and the desk's tap
 * between them; what the tap gives is decoded by a viewer that begins there.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { duplexPair } from 'node:stream';
import type { Duplex } from 'node:stream';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { connectSource, openScreen, reEncoded } from '@chaperone/cart/screen/screen.ts';
import {
  playFilm,
  startRealDisplay,
  startTigerVNC,
} from '@chaperone/cart/screen/testing/real-display.ts';
import type { RealDisplay } from '@chaperone/cart/screen/testing/real-display.ts';
import { RecordingViewer } from '@chaperone/cart/screen/testing/recording-viewer.ts';
import { NOVNC_FORMAT, ScreenTap } from '@chaperone/gateway/desk/recording/screen-tap.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { writeServerInit } from '@chaperone/protocol/rfb/viewer-handshake.ts';
import { eventually } from '../harness/eventually.ts';

const SIZE = { width: 640, height: 480 };
const FILM = { x: 10, y: 90, width: 300, height: 224 };
const ALWAYS = [ENCODING.copyRect, ENCODING.desktopSize, ENCODING.lastRect, ENCODING.cursor];
const PATIENCE_MS = 60_000;

interface Key {
  readonly size: { readonly width: number; readonly height: number };
  /** Everything that was recorded from this key on, in pieces. */
  readonly pieces: Buffer[];
}

interface Viewed {
  readonly viewer: RecordingViewer;
  readonly tap: ScreenTap;
  /** The first is the beginning. */
  readonly keys: Key[];
  /** Begins a key as the desk does. */
  beginKey(): void;
}

/** A viewer of a real display, with the tap between it and the cart. */
async function view(
  t: TestContext,
  encodings: readonly number[],
  kind: 'passed' | 're-encoded',
): Promise<Viewed & { readonly display: RealDisplay }> {
  const display = await startRealDisplay(t, SIZE);
  const socket = path.join(display.directory, 'rfb');
  await startTigerVNC(t, display, socket);
  const plain = connectSource({ kind: 'rfb', address: `unix:${socket}` });
  const source = kind === 'passed' ? plain : reEncoded(plain, { videoProgram: '/usr/bin/ffmpeg' });
  const ending = new AbortController();
  const [atCart, fromCart] = duplexPair();
  const [toViewer, atViewer] = duplexPair();
  openScreen({
    source,
    viewer: atCart,
    activities: ['view'],
    inputAllowed: () => false,
    paused: () => false,
    excludedRegions: () => [],
    signal: ending.signal,
  });
  const tap = new ScreenTap();
  const keys: Key[] = [];
  fromCart.on('data', (bytes: Buffer) => {
    const shown = tap.fromCart(bytes);
    if (shown !== null) {
      if (keys.length === 0) keys.push({ size: tap.size ?? SIZE, pieces: [] });
      for (const { pieces } of keys) pieces.push(shown);
    }
    toViewer.write(bytes);
  });
  toViewer.on('data', (bytes: Buffer) => {
    tap.fromViewer(bytes);
    fromCart.write(bytes);
  });
  t.after(async () => {
    ending.abort();
    for (const each of [fromCart, toViewer]) each.destroy();
    if ('close' in source) await (source as { close(): Promise<void> }).close();
  });
  const viewer = new RecordingViewer(atViewer);
  await viewer.until(() => viewer.width > 0);
  // ZRLE is recorded in noVNC's order of colours only; whether a viewer puts red first makes no difference to it here.
  const isZRLE = encodings.includes(ENCODING.zrle);
  if (isZRLE) viewer.send({ type: 'set-pixel-format', format: NOVNC_FORMAT });
  await viewer.start([...encodings, ...ALWAYS]);
  return {
    viewer,
    tap,
    keys,
    display,
    beginKey: () => {
      assert.ok(tap.mayAsk);
      const { size, messages } = tap.beginKey();
      keys.push({ size, pieces: messages.length === 0 ? [] : [messages] });
      fromCart.write(tap.wholePicture());
    },
  };
}

/** Plays what was recorded from a key on. Raw pixels are in noVNC's order of colours there. */
async function played({ size, pieces }: Key): Promise<RecordingViewer> {
  const [server, client]: [Duplex, Duplex] = duplexPair();
  const viewer = new RecordingViewer(client);
  server.on('data', () => undefined);
  server.write(Buffer.from('RFB 003.008\n\x01\x01\0\0\0\0', 'latin1'));
  server.write(writeServerInit(size, 'Recording'));
  // As the console's player does: a ZRLE rectangle of one pixel that begins the zlib stream.
  server.write(
    Buffer.from([
      ...[0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 16],
      ...[0, 0, 0, 11, 0x78, 0x01, 0, 4, 0, 0xfb, 0xff, 1, 0, 0, 0],
    ]),
  );
  const all = Buffer.concat(pieces);
  server.write(all);
  // The last that it is told of has a name by which the end is known.
  const name = Buffer.from('the end');
  const head = Buffer.from([
    0,
    0,
    0,
    1,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0xff,
    0xff,
    0xfe,
    0xcd,
    0,
    0,
    0,
    name.length,
  ]);
  server.write(Buffer.concat([head, name]));
  await viewer.until(() => viewer.names.includes('the end'));
  assert.equal(viewer.failure, null);
  server.destroy();
  return viewer;
}

function isSame(shown: RecordingViewer, again: RecordingViewer, isRaw: boolean): boolean {
  return shown.pixels.every((pixel, at) => {
    const other = again.pixels[at] ?? -1;
    if (!isRaw) return pixel === other;
    const swapped = ((other & 0xff) << 16) | (other & 0xff00) | (other >> 16);
    return pixel === swapped;
  });
}

/** Waits until nothing more comes. */
async function quiet(viewer: RecordingViewer): Promise<void> {
  let before = -1;
  await eventually(
    'a picture that stands still',
    async () => {
      const isStill = viewer.bytes === before;
      before = viewer.bytes;
      await new Promise((resolve) => setTimeout(resolve, 700));
      return isStill && viewer.bytes === before;
    },
    PATIENCE_MS,
  );
}

for (const kind of ['passed', 're-encoded'] as const) {
  for (const encoding of ['raw', 'tight', 'zrle'] as const) {
    if (kind === 'passed' && encoding === 'zrle') continue;
    test(`${encoding}, ${kind}: played from its beginning and from a key it is the same picture`, async (t) => {
      const viewed = await view(t, [ENCODING[encoding]], kind);
      const { viewer, display, keys, tap } = viewed;
      const film = playFilm(t, display, FILM);
      const begun = viewer.updates;
      await viewer.until(() => viewer.updates >= begun + 15);
      viewed.beginKey();
      await viewer.until(() => tap.isKeyWhole);
      const whole = viewer.updates;
      await viewer.until(() => viewer.updates >= whole + 10);
      film.freeze();
      await quiet(viewer);
      assert.equal(keys.length, 2);
      if (encoding === 'zrle') assert.ok(viewer.encodings.has(ENCODING.zrle));
      for (const key of keys) {
        const again = await played(key);
        assert.ok(isSame(viewer, again, encoding === 'raw'), 'another picture');
      }
    });
  }
}

test('a film goes on at a key as a film of its own', async (t) => {
  const viewed = await view(t, [ENCODING.tight, ENCODING.h264, ENCODING.desktopName], 're-encoded');
  const { viewer, display, keys, tap } = viewed;
  const film = playFilm(t, display, FILM);
  await eventually('film', () => viewer.films.length >= 5, PATIENCE_MS);
  viewed.beginKey();
  const before = viewer.films.length;
  await eventually('the whole picture', () => tap.isKeyWhole, PATIENCE_MS);
  tap.takeLastGoodKey();
  await eventually('more film', () => viewer.films.length >= before + 5, PATIENCE_MS);
  // The film of before the key is over: whoever begins at the key misses nothing.
  assert.equal(tap.takeLastGoodKey(), Infinity);
  film.freeze();
  await quiet(viewer);
  const key = keys[1];
  assert.ok(key !== undefined);
  const again = await played(key);
  assert.ok(again.films.length >= 5);
  assert.ok(again.films[0]?.isBeginning, 'the first frame refers to none before it');
  assert.ok(isSame(viewer, again, false), 'another picture, once it stands still');
});

test('a viewer with pixels in a form that no recording holds is refused', () => {
  const tap = new ScreenTap();
  tap.fromViewer(Buffer.from('RFB 003.008\n\x01\x01', 'latin1'));
  const format = Buffer.from([0, 0, 0, 0, 8, 8, 0, 1, 0, 7, 0, 7, 0, 3, 0, 3, 6, 0, 0, 0]);
  assert.throws(() => tap.fromViewer(format), { code: 'SCREEN_NOT_RECORDABLE' });
  assert.equal(NOVNC_FORMAT.redShift, 0);
});

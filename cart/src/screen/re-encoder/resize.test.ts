/**
 * Goal: a source may change its size as often as it likes, in the middle of an update and of a film, and smaller than what was
 * drawn just now: the viewer follows, and has every pixel of the last one in the end. The pointer has the source's pixels.
 * Method: a scripted source of speckle that changes its size under way again and again, with the real ffmpeg; a decoding viewer.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { desktopNameOf } from '@chaperone/protocol/rfb/picture-state.ts';
import {
  writeRectangleHeader,
  writeUpdateHeader,
  type FramebufferSize,
} from '@chaperone/protocol/rfb/server-message.ts';
import { openForTest } from '../testing/opened-screen.ts';
import { ScriptedSource } from '../testing/scripted-source.ts';
import { reEncoded } from './re-encoder.ts';

const FRAME_MS = 15;
const FRAMES_OF_A_SIZE = 10;
const SIZES = [
  { width: 320, height: 240 },
  { width: 200, height: 161 },
  { width: 333, height: 250 },
  { width: 17, height: 9 },
  { width: 256, height: 256 },
] as const;

function raw(size: FramebufferSize, rows = size.height): Buffer {
  const pixels = Buffer.alloc(size.width * rows * 4);
  for (let at = 0; at < pixels.length; at += 4) {
    pixels.writeUInt32LE(Math.floor(Math.random() * 0x100_0000), at);
  }
  const area = { x: 0, y: 0, width: size.width, height: rows };
  return Buffer.concat([writeRectangleHeader(area, ENCODING.raw), pixels]);
}

function update(...rectangles: readonly Buffer[]): Buffer {
  return Buffer.concat([writeUpdateHeader(rectangles.length), ...rectangles]);
}

test('sizes that change under way are followed, and the last picture is exact', async (t) => {
  let size: FramebufferSize = SIZES[0];
  let last = raw(size);
  const source = new ScriptedSource(size, (message, { stream }) => {
    if (message.type === 'update-request' && !message.incremental) stream.write(update(last));
  });
  const opened = openForTest(t, reEncoded(source, { videoProgram: '/usr/bin/ffmpeg' }), ['view']);
  const { viewer } = opened;
  await viewer.start([
    ...[ENCODING.h264, ENCODING.tight, ENCODING.desktopSize, ENCODING.lastRect],
    ...[ENCODING.desktopName, ENCODING.fence, ENCODING.continuousUpdates],
  ]);
  await viewer.nextUpdate();
  let [frame, turns] = [0, 0];
  await new Promise<void>((resolve) => {
    const playing = setInterval(() => {
      const stream = source.connections[0]?.stream;
      frame += 1;
      if (frame % FRAMES_OF_A_SIZE !== 0) {
        last = raw(size);
        stream?.write(update(last));
        return;
      }
      turns += 1;
      const old = size;
      size = SIZES[turns % SIZES.length] ?? SIZES[0];
      last = raw(size);
      const header = writeRectangleHeader({ x: 0, y: 0, ...size }, ENCODING.desktopSize);
      // Half a picture of the old size goes before the new one, in the same update.
      stream?.write(update(raw(old, 5), header, last));
      if (turns < 3 * SIZES.length - 1) return;
      clearInterval(playing);
      resolve();
    }, FRAME_MS);
    t.after(() => clearInterval(playing));
  });
  await viewer.until(
    () =>
      viewer.width === size.width &&
      viewer.height === size.height &&
      viewer.names.at(-1) === desktopNameOf('exact'),
  );
  let differing = 0;
  for (let at = 0; at < size.width * size.height; at += 1)
    if (viewer.pixels[at] !== (last.readUInt32LE(12 + at * 4) & 0xff_ffff)) differing += 1;
  assert.equal(differing, 0);
});

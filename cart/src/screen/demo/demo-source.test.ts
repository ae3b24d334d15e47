/**
 * Goal: the demo source speaks RFB as any other source, shows the real cine pixel for pixel, and reacts to
 * input.
 * Method: a viewer with a decoder of its own reads it over the in-memory connection; what it sees is
 * compared with the DICOM file decoded again here.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { RecordingViewer, TIGHT_ENCODINGS } from '../testing/recording-viewer.ts';
import { CineView } from './cine-view.ts';
import { readCine } from './cine.ts';
import { demoSource } from './demo-source.ts';
import { InvalidCine } from './invalid-cine.ts';
import { KEYS } from './key.ts';
import { decodeRLEFrame } from './rle.ts';
import { readSample } from './sample.ts';
import { AREA } from './theme.ts';

async function startViewer(
  context: TestContext,
  encodings: readonly number[] = TIGHT_ENCODINGS,
): Promise<RecordingViewer> {
  const source = demoSource();
  context.after(() => source.close());
  const viewer = new RecordingViewer(await source.open(new AbortController().signal));
  await viewer.start(encodings);
  await viewer.nextUpdate();
  return viewer;
}

/** Copies the image area out of what the viewer shows. */
function imageOf(viewer: RecordingViewer): Uint32Array {
  const { x, y, width, height } = AREA.image;
  const image = new Uint32Array(width * height);
  for (let row = 0; row < height; row += 1) {
    const at = (y + row) * viewer.width + x;
    image.set(viewer.pixels.subarray(at, at + width), row * width);
  }
  return image;
}

function press(viewer: RecordingViewer, label: string, index = 0): void {
  const key = KEYS.filter((candidate) => candidate.label === label)[index];
  assert.ok(key);
  const x = key.area.x + 5;
  const y = key.area.y + 5;
  viewer.send({ type: 'pointer', buttons: 1, x, y });
  viewer.send({ type: 'pointer', buttons: 0, x, y });
}

/** Frames of the cine as they must be seen, from the file and its palette. */
function expectedFrames(): Uint32Array[] {
  const cine = readSample();
  const view = new CineView(cine, AREA.image);
  return cine.frames.map((_, index) => {
    const indices = view.frame(index);
    return Uint32Array.from(indices, (value) => cine.palette[value] ?? 0);
  });
}

/** Whether two images are alike but for the mark of the probe's side. */
function isSameImage(a: Uint32Array, b: Uint32Array): boolean {
  const markBelow = 40 * AREA.image.width;
  for (let at = markBelow; at < b.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

test('consecutive frames differ, and each is a frame of the DICOM file', async (context) => {
  const viewer = await startViewer(context);
  const expected = expectedFrames();
  const seen = new Set<number>();
  for (let update = 0; update < 200 && seen.size < 3; update += 1) {
    const image = imageOf(viewer);
    const frame = expected.findIndex((candidate) => isSameImage(image, candidate));
    assert.notEqual(frame, -1, 'what is shown is no frame of the cine');
    seen.add(frame);
    await viewer.nextUpdate();
  }
  assert.ok(seen.size >= 3);
});

test('a viewer that only knows Raw sees the same', async (context) => {
  const viewer = await startViewer(context, [ENCODING.raw]);
  const image = imageOf(viewer);
  assert.ok(expectedFrames().some((candidate) => isSameImage(image, candidate)));
  assert.deepEqual([...viewer.encodings], [ENCODING.raw]);
});

test('Freeze stops the cine; gain and typing change the picture', async (context) => {
  const viewer = await startViewer(context);
  press(viewer, 'Freeze');
  const frozenLamp = (): number => viewer.pixel(AREA.left.x + 27, 830);
  const live = frozenLamp();
  await viewer.until(() => frozenLamp() !== live);
  const frozen = imageOf(viewer);
  viewer.send({ type: 'key', down: true, keysym: 'A'.charCodeAt(0) });
  const noteAt = (AREA.note.y + 16) * viewer.width;
  const note = (): string => viewer.pixels.slice(noteAt, noteAt + 400).join();
  const before = note();
  await viewer.until(() => note() !== before);
  assert.ok(isSameImage(imageOf(viewer), frozen), 'the image stands still while it is frozen');
  press(viewer, '+', 0);
  await viewer.until(() => !isSameImage(imageOf(viewer), frozen));
});

test('enlarging keeps even areas of the cine exactly as the file has them', () => {
  const cine = readSample();
  const frame = cine.frames[0] ?? new Uint8Array(0);
  const { width, height } = AREA.image;
  const shown = new CineView(cine, AREA.image).frame(0);
  let compared = 0;
  for (let y = 160; y < 680; y += 1) {
    for (let x = 40; x < width - 40; x += 1) {
      // Twice the size, and the sector's tip (column 301) in the middle.
      const left = Math.floor(301 + (x + 0.5 - width / 2) / 2 - 0.5);
      const at = Math.floor((y + 0.5) / 2 - 0.5) * cine.width + left;
      const index = frame[at];
      const isEven = [at + 1, at + cine.width, at + cine.width + 1].every(
        (i) => frame[i] === index,
      );
      if (!isEven || left < 102) continue;
      assert.equal(shown[y * width + x], index);
      compared += 1;
    }
  }
  assert.ok(compared > (width * height) / 10);
});

test('RLE: literal runs, repeats, no-operations and short data', () => {
  const head = Buffer.alloc(64);
  head.writeUInt32LE(1, 0);
  head.writeUInt32LE(64, 4);
  const encoded = Buffer.concat([head, Buffer.from([2, 7, 8, 9, 0x80, 0xfd, 5])]);
  assert.deepEqual([...decodeRLEFrame(encoded, 7)], [7, 8, 9, 5, 5, 5, 5]);
  assert.throws(() => decodeRLEFrame(encoded, 8), InvalidCine);
  assert.throws(() => decodeRLEFrame(head.subarray(0, 10), 8), InvalidCine);
});

test('the sample has the size, rate and palette that its file states', () => {
  const cine = readSample();
  assert.deepEqual([cine.width, cine.height, cine.frames.length], [600, 430, 10]);
  assert.equal(cine.frameTimeMs, 76);
  // 16-bit entries: the high byte counts. Index 1 is a grey of 2, index 0 is black.
  assert.deepEqual(Array.from(cine.palette.subarray(0, 3)), [0x000000, 0x020202, 0x040404]);
  assert.throws(() => readCine(Buffer.from('no DICOM')), InvalidCine);
});

/**
 * Goal: what stands still is exact in every encoding and format.
 * Method: arbitrary pictures through encoders and decoders that were written apart; every format against the one-pixel
 * encoder of the protocol.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  encodePixel,
  encodeTightPixel,
  TRUE_COLOUR_32,
  type PixelFormat,
} from '@chaperone/protocol/rfb/pixel-format.ts';
import { TightDecoder } from '../testing/tight-decoder.ts';
import { ZRLEDecoder } from '../testing/zrle-decoder.ts';
import {
  compactPixelBytes,
  packCompactPixels,
  packPixels,
  packTightPixels,
} from './pack-pixels.ts';
import { cutForTight, encodeTight, TIGHT_PIXELS_MAX, TIGHT_WIDTH_MAX } from './tight.ts';
import { ZRLEEncoder } from './zrle.ts';

const HEADER_BYTES = 12;

/** Pictures of few or many colours, speckled or in runs. */
const picture = fc
  .record({
    width: fc.integer({ min: 1, max: 140 }),
    height: fc.integer({ min: 1, max: 140 }),
    colours: fc.constantFrom(1, 2, 3, 4, 5, 16, 17, 256, 257, 100_000),
    run: fc.constantFrom(1, 1, 3, 300, 2000),
    seed: fc.nat(),
  })
  .map(({ width, height, colours, run, seed }) => {
    let state = seed | 1;
    let colour = 0;
    const pixels = Uint32Array.from({ length: width * height }, () => {
      state = Math.imul(state ^ (state >>> 15), 0x2c1b_3c6d) + 0x9e37_79b1;
      if (run === 1 || (state >>> 3) % run === 0) {
        colour = Math.imul((state >>> 1) % colours, 0x01f3_5a7b) & 0xff_ffff;
      }
      return colour;
    });
    return { area: { x: 3, y: 5, width, height }, pixels };
  });

test('Tight and ZRLE: what is decoded is what was encoded, rectangle after rectangle', async () => {
  const tight = new TightDecoder();
  const zrle = new ZRLEDecoder();
  const encoder = new ZRLEEncoder();
  await fc.assert(
    fc.asyncProperty(picture, async ({ area, pixels }) => {
      const { width, height } = area;
      const asTight = await encodeTight(pixels, area, TRUE_COLOUR_32);
      assert.deepEqual(await tight.decode(asTight.subarray(HEADER_BYTES), width, height), pixels);
      const asZRLE = await encoder.encode(pixels, area, TRUE_COLOUR_32);
      assert.deepEqual(await zrle.decode(asZRLE.subarray(HEADER_BYTES), width, height), pixels);
    }),
    { numRuns: 60 },
  );
});

test('pixels are packed as the protocol packs each, in every format', () => {
  const five = { redMax: 31, greenMax: 63, blueMax: 31, redShift: 11, greenShift: 5, blueShift: 0 };
  const three = { redMax: 7, greenMax: 7, blueMax: 3, redShift: 0, greenShift: 3, blueShift: 6 };
  const formats: PixelFormat[] = [
    TRUE_COLOUR_32,
    { ...TRUE_COLOUR_32, bigEndian: true },
    { ...TRUE_COLOUR_32, redShift: 0, blueShift: 16 },
    { ...TRUE_COLOUR_32, redShift: 24, greenShift: 16, blueShift: 8 },
    { ...TRUE_COLOUR_32, redShift: 24, greenShift: 16, blueShift: 8, bigEndian: true },
    {
      ...TRUE_COLOUR_32,
      depth: 30,
      redMax: 1023,
      greenMax: 1023,
      blueMax: 1023,
      redShift: 20,
      greenShift: 10,
    },
    { ...TRUE_COLOUR_32, ...five, bitsPerPixel: 16, depth: 16 },
    { ...TRUE_COLOUR_32, ...five, bitsPerPixel: 16, depth: 16, bigEndian: true },
    { ...TRUE_COLOUR_32, ...three, bitsPerPixel: 8, depth: 8 },
  ];
  const colours = Uint32Array.from([0, 0xff_ffff, 0x12_3456, 0xfe_0180, 0x80_7f01]);
  const split = (rgb: number) => ({ red: rgb >> 16, green: (rgb >> 8) & 255, blue: rgb & 255 });
  for (const format of formats) {
    const each = [...colours].map(split);
    assert.deepEqual(
      packPixels(colours, format),
      Buffer.concat(each.map((c) => encodePixel(format, c))),
    );
    const tight = Buffer.concat(each.map((c) => encodeTightPixel(format, c)));
    assert.deepEqual(packTightPixels(colours, format), tight);
    assert.equal(packCompactPixels(colours, format).length, 5 * compactPixelBytes(format));
  }
  const [, , , high] = formats;
  assert.ok(high);
  // CPIXEL: the byte that is always zero is left out, wherever it is.
  assert.deepEqual(
    packCompactPixels(Uint32Array.of(0x12_3456), TRUE_COLOUR_32),
    Buffer.from('563412', 'hex'),
  );
  assert.deepEqual(
    packCompactPixels(Uint32Array.of(0x12_3456), high),
    Buffer.from('563412', 'hex'),
  );
});

test('an area is cut into pieces that Tight can hold, each pixel in one of them', () => {
  const side = fc.integer({ min: 1, max: 16_384 });
  fc.assert(
    fc.property(side, side, (width, height) => {
      const pieces = cutForTight({ x: 1, y: 2, width, height });
      const covered = pieces.reduce((sum, piece) => sum + piece.width * piece.height, 0);
      assert.equal(covered, width * height);
      for (const piece of pieces) {
        assert.ok(piece.width <= TIGHT_WIDTH_MAX && piece.width * piece.height <= TIGHT_PIXELS_MAX);
        assert.ok(piece.x + piece.width <= 1 + width && piece.y + piece.height <= 2 + height);
      }
    }),
  );
});

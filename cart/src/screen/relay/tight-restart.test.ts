/**
 * Goal: rectangles of a running Tight stream come out each on its own, alike in pixels, and broken or
 * boundless data are refused.
 * Method: one zlib stream over many rectangles, as servers make it; the output is decoded by a decoder that
 * loses its window at each reset, as noVNC's does.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, createDeflate, deflateRawSync, type Deflate } from 'node:zlib';
import fc from 'fast-check';
import { MalformedRFB } from '@chaperone/protocol/rfb/malformed-rfb.ts';
import { TRUE_COLOUR_32 } from '@chaperone/protocol/rfb/pixel-format.ts';
import { writeRectangleHeader } from '@chaperone/protocol/rfb/server-message.ts';
import { writeCompactLength } from '@chaperone/protocol/rfb/tight-length.ts';
import { TightDecoder } from '../testing/tight-decoder.ts';
import { TightRestart } from './tight-restart.ts';

const AREA = { x: 3, y: 4, width: 40, height: 10 };
const PLAIN_BYTES = AREA.width * AREA.height * 3;

/** Compresses the next part of a running stream, up to a sync flush. */
async function deflatePart(stream: Deflate, plain: Buffer): Promise<Buffer> {
  const parts: Buffer[] = [];
  const take = (part: Buffer): void => void parts.push(part);
  stream.on('data', take);
  stream.write(plain);
  await new Promise<void>((resolve) => stream.flush(constants.Z_SYNC_FLUSH, resolve));
  await new Promise(setImmediate);
  stream.off('data', take);
  return Buffer.concat(parts);
}

function tight(control: number, data: Buffer): Buffer {
  const head = writeRectangleHeader(AREA, 7);
  return Buffer.concat([head, Buffer.from([control]), writeCompactLength(data.length), data]);
}

test('each rectangle of running streams stands on its own afterwards', async () => {
  const pixels = fc.uint8Array({ minLength: PLAIN_BYTES, maxLength: PLAIN_BYTES });
  const rectangles = fc.array(fc.tuple(pixels, fc.nat({ max: 2 })), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(rectangles, async (sequence) => {
      const streams = [createDeflate(), createDeflate(), createDeflate()];
      const restart = new TightRestart();
      const decoder = new TightDecoder();
      // The second time round, all data can refer to what was before.
      for (const [plain, number] of [...sequence, ...sequence]) {
        const stream = streams[number] ?? createDeflate();
        const rectangle = tight(number << 4, await deflatePart(stream, Buffer.from(plain)));
        const passed = restart.apply(rectangle, AREA, TRUE_COLOUR_32);
        assert.deepEqual(passed.subarray(0, 12), rectangle.subarray(0, 12));
        const seen = await decoder.decode(passed.subarray(12), AREA.width, AREA.height);
        const expected = Buffer.from(plain);
        for (const [at, pixel] of seen.entries()) {
          assert.equal(pixel, expected.readUIntBE(3 * at, 3));
        }
      }
    }),
    { numRuns: 30 },
  );
});

test('data that are no zlib stream, too short, too long or cut are malformed', async () => {
  const whole = await deflatePart(createDeflate(), Buffer.alloc(PLAIN_BYTES, 7));
  const short = await deflatePart(createDeflate(), Buffer.alloc(PLAIN_BYTES - 1, 7));
  const long = await deflatePart(createDeflate(), Buffer.alloc(50 * PLAIN_BYTES, 7));
  const headless = deflateRawSync(Buffer.alloc(PLAIN_BYTES, 7));
  for (const data of [short, long, headless, whole.subarray(0, 4), Buffer.alloc(0)]) {
    const rectangle = tight(0, data);
    assert.throws(() => new TightRestart().apply(rectangle, AREA, TRUE_COLOUR_32), MalformedRFB);
  }
  const huge = { x: 0, y: 0, width: 16_384, height: 16_384 };
  assert.throws(
    () => new TightRestart().apply(tight(0, whole), huge, TRUE_COLOUR_32),
    MalformedRFB,
  );
});

test('fill and JPEG pass as they are', () => {
  const restart = new TightRestart();
  const fill = Buffer.concat([writeRectangleHeader(AREA, 7), Buffer.from([0x80, 1, 2, 3])]);
  assert.equal(restart.apply(fill, AREA, TRUE_COLOUR_32), fill);
  const jpeg = tight(0x90, Buffer.from([0xff, 0xd8]));
  assert.equal(restart.apply(jpeg, AREA, TRUE_COLOUR_32), jpeg);
});

/**
 * Goal: what stands still is exact in every way in which it may be sent, also when some of what was encoded is not sent after
 * all; and a menu that is drawn again costs a viewer that takes ZRLE beside Tight far less than the first time.
 * Method: pictures of text and speckle, areas of them encoded together and kept in part, as a property; decoders that were
 * written apart.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { TRUE_COLOUR_32 } from '@chaperone/protocol/rfb/pixel-format.ts';
import { Picture } from '../picture/picture.ts';
import { TightDecoder } from '../testing/tight-decoder.ts';
import { ZRLEDecoder } from '../testing/zrle-decoder.ts';
import { StillEncoder, type StillTerms } from './still.ts';

const SIZE = { width: 200, height: 120 };
const HEADER_BYTES = 12;

class Decoder {
  readonly #tight = new TightDecoder();
  readonly #zrle = new ZRLEDecoder();
  readonly picture = new Picture(SIZE);
  zrle = 0;

  async draw(rectangle: Buffer): Promise<void> {
    const [x, y, width, height] = [0, 2, 4, 6].map((at) => rectangle.readUInt16BE(at));
    const area = { x, y, width, height } as Rectangle;
    const content = rectangle.subarray(HEADER_BYTES);
    const encoding = rectangle.readInt32BE(8);
    if (encoding === ENCODING.raw) return this.picture.draw(area, content);
    const decoder = encoding === ENCODING.zrle ? this.#zrle : this.#tight;
    if (encoding === ENCODING.zrle) this.zrle += 1;
    const pixels = await decoder.decode(content, area.width, area.height);
    this.picture.draw(area, Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength));
  }
}

/** Draws something like text, in a colour with soft edges, or speckle. */
function scribble(picture: Picture, seed: number, isSpeckle: boolean): void {
  let state = seed | 1;
  for (let at = 0; at < picture.pixels.length; at += 1) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b_3c6d) + 0x9e37_79b1;
    const soft = (seed * 0x01_3579 + ((state >>> 12) % 90) * 0x02_0202) & 0xff_ffff;
    if (isSpeckle) picture.pixels[at] = state & 0xff_ffff;
    else if ((state >>> 4) % 9 === 0) picture.pixels[at] = soft;
  }
}

const step = fc.record({
  seed: fc.nat(),
  isSpeckle: fc.boolean(),
  areas: fc.array(
    fc.record({
      x: fc.nat(150),
      y: fc.nat(90),
      width: fc.integer({ min: 1, max: 50 }),
      height: fc.integer({ min: 1, max: 30 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  kept: fc.nat(4),
});

test('what is kept is exact after whatever was not, in every way', async () => {
  for (const still of ['tight', 'tight-or-zrle', 'zrle', 'raw'] as const) {
    const terms: StillTerms = { still, format: TRUE_COLOUR_32 };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        const encoder = new StillEncoder();
        const decoder = new Decoder();
        const picture = new Picture(SIZE);
        for (const { seed, isSpeckle, areas, kept } of steps) {
          scribble(picture, seed, isSpeckle);
          const encoded = await encoder.encode(picture, areas, terms);
          encoder.keep(Math.min(kept, areas.length));
          for (const rectangle of encoded.slice(0, kept).flat()) await decoder.draw(rectangle);
          for (const area of areas.slice(0, kept)) {
            assert.deepEqual(decoder.picture.crop(area), picture.crop(area));
          }
        }
      }),
      { numRuns: 25 },
    );
  }
});

test('what comes again costs a fraction where the viewer takes ZRLE', async () => {
  const picture = new Picture(SIZE);
  scribble(picture, 7, false);
  const area = { x: 0, y: 0, width: 80, height: 60 };
  const [encoder, decoder] = [new StillEncoder(), new Decoder()];
  const bytes: number[] = [];
  for (const still of ['zrle', 'tight-or-zrle'] as const) {
    const [first] = await encoder.encode(picture, [area], { still, format: TRUE_COLOUR_32 });
    encoder.keep(1);
    assert.ok(first?.[0]);
    await decoder.draw(first[0]);
    bytes.push(first[0].length);
  }
  assert.deepEqual(decoder.picture.crop(area), picture.crop(area));
  assert.ok((bytes[1] ?? Infinity) < (bytes[0] ?? 0) / 4, bytes.join(', '));
  assert.equal(decoder.zrle, 2);
});

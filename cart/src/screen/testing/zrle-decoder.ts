/** Decodes ZRLE rectangles into 0xRRGGBB pixels; written apart from the encoder it checks. */
import assert from 'node:assert/strict';
import { createInflate } from 'node:zlib';

export class ZRLEDecoder {
  readonly #inflate = createInflate();
  readonly #chunks: Buffer[] = [];

  constructor() {
    this.#inflate.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
    this.#inflate.on('error', () => undefined);
  }

  /** Decodes the content of one rectangle in 32-bit true colour. */
  async decode(content: Buffer, width: number, height: number): Promise<Uint32Array> {
    assert.equal(content.readUInt32BE(0), content.length - 4, 'the length is that of the data');
    await new Promise<void>((resolve, reject) => {
      this.#inflate.once('error', reject);
      this.#inflate.write(content.subarray(4), () => {
        this.#inflate.off('error', reject);
        resolve();
      });
    });
    // What was pushed in the same turn as the callback is emitted right after it.
    await new Promise(setImmediate);
    const plain = Buffer.concat(this.#chunks.splice(0));
    const pixels = new Uint32Array(width * height);
    let at = 0;
    const compact = (): number => {
      const pixel = plain.readUIntLE(at, 3);
      at += 3;
      return pixel;
    };
    for (let top = 0; top < height; top += 64) {
      for (let left = 0; left < width; left += 64) {
        const tileWidth = Math.min(64, width - left);
        const tileHeight = Math.min(64, height - top);
        const kind = plain.readUInt8(at);
        at += 1;
        assert.ok(kind <= 16 || kind === 128 || kind >= 130, 'ZRLE has no other tiles');
        const isRuns = kind >= 128;
        const colours = isRuns ? kind - 128 : kind;
        const palette = Array.from({ length: colours }, compact);
        const runs = function* (): Generator<number, never> {
          for (;;) {
            const index = colours === 0 ? -1 : plain.readUInt8(at++);
            const colour = index === -1 ? compact() : (palette[index & 127] ?? assert.fail());
            let length = 1;
            for (let more = index === -1 || index >= 128; more;) {
              const byte = plain.readUInt8(at++);
              length += byte;
              more = byte === 255;
            }
            for (; length > 0; length -= 1) yield colour;
          }
        };
        const run = runs();
        const bits = colours === 2 ? 1 : colours <= 4 ? 2 : 4;
        for (let y = 0; y < tileHeight; y += 1) {
          const rowAt = at;
          for (let x = 0; x < tileWidth; x += 1) {
            let pixel = palette[0] ?? 0;
            if (kind === 0) pixel = compact();
            else if (isRuns) pixel = run.next().value;
            else if (kind > 1) {
              const byte = plain.readUInt8(rowAt + ((x * bits) >> 3));
              const index = (byte >> (8 - bits - ((x * bits) & 7))) & ((1 << bits) - 1);
              pixel = palette[index] ?? assert.fail('an index without a colour');
            }
            pixels[(top + y) * width + left + x] = pixel;
          }
          if (kind > 1 && !isRuns) at = rowAt + Math.ceil((tileWidth * bits) / 8);
        }
      }
    }
    assert.equal(at, plain.length, 'the rectangle holds its tiles and no more');
    return pixels;
  }
}

/**
 * Decodes ZRLE rectangles in noVNC's 32-bit true colour, with every kind of tile.
 *
 * @see RFC 6143 section 7.7.6
 */
import { createInflate } from 'node:zlib';
import type { Pixels } from './frame-stream.ts';

const TILE_SIDE = 64;
const PALETTE_RUNS = 130;
const PLAIN_RUNS = 128;

export class ZRLEReader {
  readonly #inflate = createInflate();
  #chunks: Buffer[] = [];

  constructor() {
    this.#inflate.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
  }

  /** Decodes the content of one rectangle; they come in their order, for they share one zlib stream. */
  async decode(content: Buffer, width: number, height: number): Promise<Pixels> {
    await new Promise<void>((resolve, reject) => {
      this.#inflate.write(content.subarray(4), (error) => (error ? reject(error) : resolve()));
    });
    // What was pushed in the same turn as the callback is emitted right after it.
    await new Promise(setImmediate);
    const plain = Buffer.concat(this.#chunks);
    this.#chunks = [];
    return new TileReader(plain, width, height).read();
  }
}

class TileReader {
  readonly #plain: Buffer;
  readonly #width: number;
  readonly #height: number;
  readonly #pixels: Pixels;
  #at = 0;

  constructor(plain: Buffer, width: number, height: number) {
    this.#plain = plain;
    this.#width = width;
    this.#height = height;
    this.#pixels = new Uint32Array(width * height);
  }

  read(): Pixels {
    for (let top = 0; top < this.#height; top += TILE_SIDE) {
      for (let left = 0; left < this.#width; left += TILE_SIDE) {
        const wide = Math.min(TILE_SIDE, this.#width - left);
        const high = Math.min(TILE_SIDE, this.#height - top);
        const tile = this.#tile(wide, high);
        for (let row = 0; row < high; row += 1) {
          const line = tile.subarray(row * wide, (row + 1) * wide);
          this.#pixels.set(line, (top + row) * this.#width + left);
        }
      }
    }
    if (this.#at !== this.#plain.length)
      throw new Error('a ZRLE rectangle is longer than its tiles');
    return this.#pixels;
  }

  #tile(wide: number, high: number): Pixels {
    const kind = this.#byte();
    const tile = new Uint32Array(wide * high);
    if (kind === 0) for (let at = 0; at < tile.length; at += 1) tile[at] = this.#colour();
    else if (kind === 1) tile.fill(this.#colour());
    else if (kind <= 16) this.#packed(tile, wide, this.#palette(kind));
    else if (kind === PLAIN_RUNS) this.#plainRuns(tile);
    else if (kind >= PALETTE_RUNS) this.#paletteRuns(tile, this.#palette(kind - PLAIN_RUNS));
    else throw new Error(`ZRLE has no tiles of kind ${kind}`);
    return tile;
  }

  #packed(tile: Pixels, wide: number, palette: Pixels): void {
    const bits = palette.length === 2 ? 1 : palette.length <= 4 ? 2 : 4;
    for (let at = 0; at < tile.length; at += wide) {
      let byte = 0;
      for (let x = 0; x < wide; x += 1) {
        const shift = 8 - bits - ((x * bits) & 7);
        if (shift === 8 - bits) byte = this.#byte();
        tile[at + x] = palette[(byte >> shift) & ((1 << bits) - 1)] ?? 0;
      }
    }
  }

  #plainRuns(tile: Pixels): void {
    for (let at = 0; at < tile.length;) {
      const colour = this.#colour();
      const length = this.#length();
      tile.fill(colour, at, at + length);
      at += length;
    }
  }

  #paletteRuns(tile: Pixels, palette: Pixels): void {
    for (let at = 0; at < tile.length;) {
      const index = this.#byte();
      const length = (index & 0x80) === 0 ? 1 : this.#length();
      tile.fill(palette[index & 0x7f] ?? 0, at, at + length);
      at += length;
    }
  }

  #length(): number {
    let length = 1;
    for (;;) {
      const byte = this.#byte();
      length += byte;
      if (byte !== 255) return length;
    }
  }

  #palette(count: number): Pixels {
    return Uint32Array.from({ length: count }, () => this.#colour());
  }

  #colour(): number {
    this.#at += 3;
    return this.#plain.readUIntBE(this.#at - 3, 3);
  }

  #byte(): number {
    this.#at += 1;
    return this.#plain.readUInt8(this.#at - 1);
  }
}

/**
 * Encodes rectangles as ZRLE, for viewers that know neither Tight nor anything better.
 *
 * A connection has one zlib stream that is never reset. Here each rectangle is deflated on its own and ends at a byte, so
 * that what follows one another is that stream, and rectangles may be deflated side by side: only the very first begins
 * with zlib's header. Tiles are solid, have a packed palette of up to 16 colours, or are raw; runs are left to deflate.
 *
 * @see RFC 6143 section 7.7.6; RFC 1950 section 2.2
 */
import { promisify } from 'node:util';
import { constants, deflateRaw } from 'node:zlib';
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import type { PixelFormat } from '@chaperone/protocol/rfb/pixel-format.ts';
import { writeRectangleHeader } from '@chaperone/protocol/rfb/server-message.ts';
import { packCompactPixels, type Pixels } from './pack-pixels.ts';
import { indexColours, packIndices } from './palette.ts';

/** Pixels along a side of a tile, by ZRLE's definition. */
const SIDE = 64;
const PACKED_COLOURS_MAX = 16;
/** Deflate with a window of 32 KiB, no dictionary. */
const ZLIB_HEADER = Buffer.from([0x78, 0x01]);
const OPTIONS = { level: 3, finishFlush: constants.Z_SYNC_FLUSH } as const;

const deflateRawAsync = promisify<Uint8Array, typeof OPTIONS, Buffer>(deflateRaw);

export class ZRLEEncoder {
  #isBegun = false;

  /**
   * Encodes one rectangle, header and content. Its pixels are read before the first await. What it returns is written in
   * the order of the calls.
   */
  async encode(pixels: Pixels, area: Rectangle, format: PixelFormat): Promise<Buffer> {
    const begin = this.#isBegun ? [] : [ZLIB_HEADER];
    this.#isBegun = true;
    const deflated = await deflateRawAsync(packTiles(pixels, area, format), OPTIONS);
    const data = Buffer.concat([...begin, deflated]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([writeRectangleHeader(area, ENCODING.zrle), length, data]);
  }
}

function packTiles(pixels: Pixels, { width, height }: Rectangle, format: PixelFormat): Buffer {
  const parts: Buffer[] = [];
  for (let y = 0; y < height; y += SIDE) {
    for (let x = 0; x < width; x += SIDE) {
      const tileWidth = Math.min(SIDE, width - x);
      const tileHeight = Math.min(SIDE, height - y);
      const tile = new Uint32Array(tileWidth * tileHeight);
      for (let row = 0; row < tileHeight; row += 1) {
        const at = (y + row) * width + x;
        tile.set(pixels.subarray(at, at + tileWidth), row * tileWidth);
      }
      packTile(tile, tileWidth, format, parts);
    }
  }
  return Buffer.concat(parts);
}

/** A tile's first byte: 0 is raw, 1 solid, 2 to 16 the colours of a packed palette. */
function packTile(tile: Pixels, width: number, format: PixelFormat, parts: Buffer[]): void {
  const indexed = indexColours(tile, PACKED_COLOURS_MAX);
  if (indexed === null) {
    parts.push(Buffer.of(0), packCompactPixels(tile, format));
    return;
  }
  const { colours, indices } = indexed;
  parts.push(Buffer.of(colours.length), packCompactPixels(colours, format));
  if (colours.length === 1) return;
  const bits = colours.length === 2 ? 1 : colours.length <= 4 ? 2 : 4;
  parts.push(packIndices(indices, width, bits));
}

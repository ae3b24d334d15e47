/**
 * How a screen that a test draws packs its rectangles for a viewer with noVNC's form of pixels: plainly, and with zlib streams that go
 * on from one rectangle to the next, as cheap encoders have them.
 *
 * @see RFC 6143 §7.7.1 and §7.7.6; rfbproto, Tight Encoding
 */
import { constants, deflateRawSync, deflateSync } from 'node:zlib';
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { writeRectangleHeader } from '@chaperone/protocol/rfb/server-message.ts';
import { writeCompactLength } from '@chaperone/protocol/rfb/tight-length.ts';

/** Packs the pixels of a rectangle, three bytes each, red first. Returns header and content. */
export type RectangleEncoder = (area: Rectangle, pixels: Buffer) => Buffer;

const WINDOW_BYTES = 32 * 1024;
const TILE_PIXELS = 64;
const SYNC = { finishFlush: constants.Z_SYNC_FLUSH };

/** Deflates parts of one stream, each ending on a byte. */
function zlibStream(): (plain: Buffer) => Buffer {
  let before: Buffer | null = null;
  return (plain) => {
    const packed =
      before === null
        ? deflateSync(plain, SYNC)
        : deflateRawSync(plain, { ...SYNC, dictionary: before });
    before = Buffer.concat([before ?? Buffer.alloc(0), plain]).subarray(-WINDOW_BYTES);
    return packed;
  };
}

/** Tight, basic compression without a filter, one stream for all. */
export function tightEncoder(): RectangleEncoder {
  const pack = zlibStream();
  return (area, pixels) => {
    const header = writeRectangleHeader(area, ENCODING.tight);
    const control = Buffer.from([0]);
    // What is shorter goes as it is.
    if (pixels.length < 12) return Buffer.concat([header, control, pixels]);
    const packed = pack(pixels);
    return Buffer.concat([header, control, writeCompactLength(packed.length), packed]);
  };
}

/** ZRLE with raw tiles, and those of one colour as such. */
export function zrleEncoder(): RectangleEncoder {
  const pack = zlibStream();
  return (area, pixels) => {
    const packed = pack(Buffer.concat(tilesOf(area, pixels)));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(packed.length);
    return Buffer.concat([writeRectangleHeader(area, ENCODING.zrle), length, packed]);
  };
}

function tilesOf({ width, height }: Rectangle, pixels: Buffer): readonly Buffer[] {
  const tiles: Buffer[] = [];
  for (let top = 0; top < height; top += TILE_PIXELS)
    for (let left = 0; left < width; left += TILE_PIXELS) {
      const columns = Math.min(TILE_PIXELS, width - left);
      const rows = Math.min(TILE_PIXELS, height - top);
      const tile = Buffer.concat(
        Array.from({ length: rows }, (_, row) => {
          const at = ((top + row) * width + left) * 3;
          return pixels.subarray(at, at + columns * 3);
        }),
      );
      const first = tile.subarray(0, 3);
      const isSolid = tile.every((value, at) => value === first[at % 3]);
      tiles.push(Buffer.from([isSolid ? 1 : 0]), isSolid ? first : tile);
    }
  return tiles;
}

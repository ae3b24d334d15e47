/**
 * Encodes rectangles of a frame buffer as Tight, without loss.
 *
 * Up to 256 colours go as indices, more as they are; both through zlib. Each rectangle resets its zlib
 * stream, so that encoding keeps no state between rectangles, frames and viewers.
 *
 * @see rfbproto, Tight Encoding
 */
import { promisify } from 'node:util';
import { constants, deflate } from 'node:zlib';
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import {
  encodePixel,
  encodeTightPixel,
  isPackedByTight,
  pixelBytes,
  tightPixelBytes,
  type Colour,
  type PixelFormat,
} from '@chaperone/protocol/rfb/pixel-format.ts';
import { writeRectangleHeader } from '@chaperone/protocol/rfb/server-message.ts';
import {
  TIGHT_FILL,
  TIGHT_UNCOMPRESSED_BELOW_BYTES,
  writeCompactLength,
} from '@chaperone/protocol/rfb/tight-length.ts';

/** Where pixels come from: 0xRRGGBB each, `stride` to a row. */
export interface PixelSource {
  readonly pixels: Uint32Array;
  readonly stride: number;
}

/** Pixels in one rectangle, so that its data stay below Tight's length of 22 bits at 4 bytes a pixel. */
export const RECTANGLE_PIXELS_MAX = 900_000;

const COLOURS_MAX = 256;
/** Basic compression on stream 0, which is reset first. */
const BASIC = 0x01;
const EXPLICIT_FILTER = 0x40;
const PALETTE_FILTER = 1;
const ZLIB_OPTIONS = { level: 1, finishFlush: constants.Z_SYNC_FLUSH } as const;

const deflateAsync = promisify(deflate);

/** Cuts an area into bands that fit into one rectangle each. */
export function cutIntoBands(area: Rectangle): Rectangle[] {
  const rows = Math.max(1, Math.floor(RECTANGLE_PIXELS_MAX / area.width));
  const bands: Rectangle[] = [];
  for (let y = area.y; y < area.y + area.height; y += rows) {
    bands.push({ ...area, y, height: Math.min(rows, area.y + area.height - y) });
  }
  return bands;
}

/** Encodes one rectangle. Its pixels are read before the first await. */
export async function encodeTight(
  source: PixelSource,
  area: Rectangle,
  format: PixelFormat,
): Promise<Buffer> {
  const header = writeRectangleHeader(area, ENCODING.tight);
  const indexed = indexColours(source, area);
  if (indexed === null) {
    return Buffer.concat([
      header,
      Buffer.from([BASIC]),
      await squeeze(packAll(source, area, format)),
    ]);
  }
  const { colours, indices } = indexed;
  const palette = Buffer.concat(colours.map((rgb) => encodeTightPixel(format, splitColour(rgb))));
  if (colours.length === 1) return Buffer.concat([header, Buffer.from([TIGHT_FILL]), palette]);
  const head = Buffer.from([BASIC | EXPLICIT_FILTER, PALETTE_FILTER, colours.length - 1]);
  const data = colours.length === 2 ? packBits(indices, area) : indices;
  return Buffer.concat([header, head, palette, await squeeze(data)]);
}

/** Encodes one rectangle as Raw, for viewers that know nothing better. */
export function encodeRaw(source: PixelSource, area: Rectangle, format: PixelFormat): Buffer {
  const size = pixelBytes(format);
  const bytes = Buffer.alloc(area.width * area.height * size);
  let at = 0;
  forEachPixel(source, area, (rgb) => {
    bytes.set(encodePixel(format, splitColour(rgb)), at);
    at += size;
  });
  return Buffer.concat([writeRectangleHeader(area, ENCODING.raw), bytes]);
}

/** Compresses data and puts its length in front; very short data go as they are. */
async function squeeze(data: Uint8Array): Promise<Buffer> {
  if (data.length < TIGHT_UNCOMPRESSED_BELOW_BYTES) return Buffer.from(data);
  const packed = await deflateAsync(data, ZLIB_OPTIONS);
  return Buffer.concat([writeCompactLength(packed.length), packed]);
}

interface Indexed {
  readonly colours: readonly number[];
  readonly indices: Uint8Array;
}

/** Slots of the table that numbers colours: four times as many as colours, so that few collide. */
const SLOTS = 1024;
const FREE = 0xffff_ffff;

/** Numbers the colours of an area, or returns null if there are more than 256. */
function indexColours(source: PixelSource, area: Rectangle): Indexed | null {
  const { pixels, stride } = source;
  const indices = new Uint8Array(area.width * area.height);
  const keys = new Uint32Array(SLOTS).fill(FREE);
  const numbers = new Uint8Array(SLOTS);
  const colours: number[] = [];
  let to = 0;
  for (let y = area.y; y < area.y + area.height; y += 1) {
    const from = y * stride + area.x;
    for (let at = from; at < from + area.width; at += 1) {
      const colour = pixels[at] ?? 0;
      let slot = Math.imul(colour, 0x9e37_79b1) >>> 22;
      while (keys[slot] !== colour && keys[slot] !== FREE) slot = (slot + 1) % SLOTS;
      if (keys[slot] === FREE) {
        if (colours.length === COLOURS_MAX) return null;
        keys[slot] = colour;
        numbers[slot] = colours.length;
        colours.push(colour);
      }
      indices[to] = numbers[slot] ?? 0;
      to += 1;
    }
  }
  return { colours, indices };
}

/** Packs indices of two colours into bits, each row beginning with a new byte. */
function packBits(indices: Uint8Array, area: Rectangle): Uint8Array {
  const rowBytes = Math.ceil(area.width / 8);
  const bits = new Uint8Array(rowBytes * area.height);
  for (let y = 0; y < area.height; y += 1) {
    for (let x = 0; x < area.width; x += 1) {
      if (indices[y * area.width + x] === 0) continue;
      const at = y * rowBytes + (x >> 3);
      bits[at] = (bits[at] ?? 0) | (0x80 >> (x & 7));
    }
  }
  return bits;
}

function packAll(source: PixelSource, area: Rectangle, format: PixelFormat): Uint8Array {
  const size = tightPixelBytes(format);
  const bytes = new Uint8Array(area.width * area.height * size);
  const isPacked = isPackedByTight(format);
  let at = 0;
  forEachPixel(source, area, (rgb) => {
    if (isPacked) {
      bytes[at] = rgb >> 16;
      bytes[at + 1] = (rgb >> 8) & 255;
      bytes[at + 2] = rgb & 255;
    } else {
      bytes.set(encodePixel(format, splitColour(rgb)), at);
    }
    at += size;
  });
  return bytes;
}

function forEachPixel(source: PixelSource, area: Rectangle, take: (rgb: number) => void): void {
  for (let y = area.y; y < area.y + area.height; y += 1) {
    const rowAt = y * source.stride;
    for (let x = area.x; x < area.x + area.width; x += 1) take(source.pixels[rowAt + x] ?? 0);
  }
}

function splitColour(rgb: number): Colour {
  return { red: rgb >> 16, green: (rgb >> 8) & 255, blue: rgb & 255 };
}

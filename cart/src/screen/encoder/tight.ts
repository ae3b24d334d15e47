/**
 * Encodes rectangles as Tight, without loss.
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
import type { PixelFormat } from '@chaperone/protocol/rfb/pixel-format.ts';
import { writeRectangleHeader } from '@chaperone/protocol/rfb/server-message.ts';
import {
  TIGHT_FILL,
  TIGHT_UNCOMPRESSED_BELOW_BYTES,
  writeCompactLength,
} from '@chaperone/protocol/rfb/tight-length.ts';
import { packTightPixels, type Pixels } from './pack-pixels.ts';
import { indexColours, packIndices } from './palette.ts';

/** Pixels in one rectangle, so that its data stay below Tight's length of 22 bits at 4 bytes a pixel. */
export const TIGHT_PIXELS_MAX = 900_000;
/** Pixels along a row of a rectangle, by Tight's definition. */
export const TIGHT_WIDTH_MAX = 2048;

/** Basic compression on stream 0, which is reset first. */
const BASIC = 0x01;
const EXPLICIT_FILTER = 0x40;
const PALETTE_FILTER = 1;
/** Indices of few colours pack well and are few bytes; photographs gain little from more work. */
const PALETTE_OPTIONS = { level: 6, finishFlush: constants.Z_SYNC_FLUSH } as const;
const COLOUR_OPTIONS = { level: 1, finishFlush: constants.Z_SYNC_FLUSH } as const;

const deflateAsync = promisify<Uint8Array, typeof PALETTE_OPTIONS | typeof COLOUR_OPTIONS, Buffer>(
  deflate,
);

/** Cuts an area into pieces that fit into one rectangle each. */
export function cutForTight(area: Rectangle): Rectangle[] {
  const pieces: Rectangle[] = [];
  for (let x = area.x; x < area.x + area.width; x += TIGHT_WIDTH_MAX) {
    const width = Math.min(TIGHT_WIDTH_MAX, area.x + area.width - x);
    const rows = Math.floor(TIGHT_PIXELS_MAX / width);
    for (let y = area.y; y < area.y + area.height; y += rows) {
      pieces.push({ x, y, width, height: Math.min(rows, area.y + area.height - y) });
    }
  }
  return pieces;
}

/** Encodes one rectangle, header and content. Its pixels are read before the first await. */
export async function encodeTight(
  pixels: Pixels,
  area: Rectangle,
  format: PixelFormat,
): Promise<Buffer> {
  const header = writeRectangleHeader(area, ENCODING.tight);
  const indexed = indexColours(pixels);
  if (indexed === null) {
    const data = await squeeze(packTightPixels(pixels, format), COLOUR_OPTIONS);
    return Buffer.concat([header, Buffer.from([BASIC]), ...data]);
  }
  const { colours, indices } = indexed;
  const palette = packTightPixels(colours, format);
  if (colours.length === 1) return Buffer.concat([header, Buffer.from([TIGHT_FILL]), palette]);
  const head = Buffer.from([BASIC | EXPLICIT_FILTER, PALETTE_FILTER, colours.length - 1]);
  const data = colours.length === 2 ? packIndices(indices, area.width, 1) : indices;
  return Buffer.concat([header, head, palette, ...(await squeeze(data, PALETTE_OPTIONS))]);
}

/** Compresses data and puts its length in front; very short data go as they are. */
async function squeeze(
  data: Uint8Array,
  options: typeof PALETTE_OPTIONS | typeof COLOUR_OPTIONS,
): Promise<Uint8Array[]> {
  if (data.length < TIGHT_UNCOMPRESSED_BELOW_BYTES) return [data];
  const packed = await deflateAsync(data, options);
  return [writeCompactLength(packed.length), packed];
}

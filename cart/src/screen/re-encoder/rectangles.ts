/** What an update consists of beside pixels, and how many bytes it has. */
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import type { PixelFormat } from '@chaperone/protocol/rfb/pixel-format.ts';
import { writeRectangleHeader } from '@chaperone/protocol/rfb/server-message.ts';
import { packPixels } from '../encoder/pack-pixels.ts';
import type { SourceCursor } from './source-view.ts';

/** Encodes a cursor: its pixels in the viewer's format, and its mask as it came. */
export function encodeCursor({ area, content }: SourceCursor, format: PixelFormat): Buffer {
  const count = area.width * area.height;
  const pixels = Uint32Array.from(
    { length: count },
    (_, index) => content.readUInt32LE(index * 4) & 0xff_ffff,
  );
  return Buffer.concat([
    writeRectangleHeader(area, ENCODING.cursor),
    packPixels(pixels, format),
    content.subarray(count * 4),
  ]);
}

const FENCE_PAYLOAD_BYTES = 4;

/** What a fence carries there and back: its number. */
export function fencePayload(number: number): Buffer {
  const payload = Buffer.alloc(FENCE_PAYLOAD_BYTES);
  payload.writeUInt32BE(number);
  return payload;
}

/** Reads a fence's number; null if it is none of ours. */
export function fenceNumber(payload: Buffer): number | null {
  return payload.length === FENCE_PAYLOAD_BYTES ? payload.readUInt32BE(0) : null;
}

/** Keeps of encoded areas the first ones, one at least, that have no more bytes together. */
export function within(encoded: readonly Buffer[][], bytesMax: number): readonly Buffer[][] {
  let bytes = 0;
  const over = encoded.findIndex((each, at) => {
    bytes += bytesIn([each]);
    return at > 0 && bytes > bytesMax;
  });
  return over === -1 ? encoded : encoded.slice(0, over);
}

/** How many bytes encoded areas have. */
export function bytesIn(encoded: readonly (readonly Buffer[])[]): number {
  return encoded.flat().reduce((sum, { length }) => sum + length, 0);
}

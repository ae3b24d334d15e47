/**
 * Finds where a Tight rectangle ends, without decoding it.
 *
 * The first byte's low four bits reset zlib streams; its high four bits say fill (8), JPEG (9) or, below 8,
 * basic compression: stream number, and in bit 6 whether a filter byte follows.
 *
 * @see rfbproto, Tight Encoding
 */
import type { ByteQueue } from './byte-queue.ts';
import { MalformedRFB } from './malformed-rfb.ts';
import { tightPixelBytes, type PixelFormat } from './pixel-format.ts';

/** Control byte of a fill rectangle that also resets all four zlib streams. */
export const TIGHT_FILL_WITH_RESETS = 0x8f;
/** Basic data of fewer bytes than this are sent without zlib and without a length. */
export const TIGHT_UNCOMPRESSED_BELOW_BYTES = 12;
/** The longest compressed length that three length bytes (7 + 7 + 8 bits) can say. */
export const TIGHT_DATA_BYTES_MAX = (1 << 22) - 1;

const FILTER_COPY = 0;
const FILTER_PALETTE = 1;
const FILTER_GRADIENT = 2;

/**
 * Returns the bytes from `at` to the rectangle's end, or null if more must arrive to know it.
 *
 * @throws MalformedRFB
 */
export function tightLength(
  queue: ByteQueue,
  at: number,
  width: number,
  height: number,
  format: PixelFormat,
): number | null {
  if (queue.length <= at) return null;
  const control = queue.u8(at) >> 4;
  if (control === 8) return 1 + tightPixelBytes(format);
  if (control === 9) return withCompactLength(queue, at, 1);
  if (control > 9) throw new MalformedRFB('A Tight rectangle has an unknown compression control.');
  const filtered = (control & 4) !== 0;
  if (!filtered) return basicLength(queue, at, 1, width * height * tightPixelBytes(format));
  if (queue.length <= at + 1) return null;
  const filter = queue.u8(at + 1);
  if (filter === FILTER_COPY || filter === FILTER_GRADIENT) {
    return basicLength(queue, at, 2, width * height * tightPixelBytes(format));
  }
  if (filter !== FILTER_PALETTE) throw new MalformedRFB('A Tight rectangle has an unknown filter.');
  if (queue.length <= at + 2) return null;
  const colours = queue.u8(at + 2) + 1;
  const rowBytes = colours <= 2 ? Math.ceil(width / 8) : width;
  return basicLength(queue, at, 3 + colours * tightPixelBytes(format), rowBytes * height);
}

function basicLength(
  queue: ByteQueue,
  at: number,
  head: number,
  plainBytes: number,
): number | null {
  if (plainBytes < TIGHT_UNCOMPRESSED_BELOW_BYTES) return head + plainBytes;
  return withCompactLength(queue, at, head);
}

/** Adds a length of one to three bytes, seven bits each (the third has eight), low bits first. */
function withCompactLength(queue: ByteQueue, at: number, head: number): number | null {
  let length = 0;
  for (let index = 0; index < 3; index += 1) {
    if (queue.length <= at + head + index) return null;
    const byte = queue.u8(at + head + index);
    const isLast = index === 2 || (byte & 0x80) === 0;
    length |= (index === 2 ? byte : byte & 0x7f) << (7 * index);
    if (isLast) return head + index + 1 + length;
  }
  return null;
}

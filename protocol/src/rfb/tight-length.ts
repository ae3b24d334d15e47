/**
 * Finds where a Tight rectangle ends, without decoding it.
 *
 * The first byte's low four bits reset zlib streams; its high four bits say fill (8), JPEG (9) or, below 8,
 * basic compression: stream number, and in bit 6 whether a filter byte follows.
 *
 * @see rfbproto, Tight Encoding
 */
import { MalformedRFB } from './malformed-rfb.ts';
import { tightPixelBytes, type PixelFormat } from './pixel-format.ts';

/** Control byte of a fill rectangle. */
export const TIGHT_FILL = 0x80;
/** Control byte of a rectangle that is a JPEG image, behind its length. */
export const TIGHT_JPEG = 0x90;
/** Basic data of fewer bytes than this are sent without zlib and without a length. */
export const TIGHT_UNCOMPRESSED_BELOW_BYTES = 12;
/** The longest compressed length that three length bytes (7 + 7 + 8 bits) can say. */
export const TIGHT_DATA_BYTES_MAX = (1 << 22) - 1;

const FILTER_COPY = 0;
const FILTER_PALETTE = 1;
const FILTER_GRADIENT = 2;
const FILL = 8;
const JPEG = 9;
const FILTER_FOLLOWS = 4;

/** Bytes that can be looked at by their offset. */
export interface ByteView {
  readonly length: number;
  u8(at: number): number;
}

/** What stands in front of a basic rectangle's data. */
export interface TightBasic {
  /** Which of the four zlib streams holds the data. */
  readonly stream: number;
  /** Bytes of control, filter and palette. */
  readonly headBytes: number;
  /** Bytes of the data once inflated. */
  readonly plainBytes: number;
}

/**
 * Returns the bytes from `at` to the rectangle's end, or null if more must arrive to know it.
 *
 * @throws MalformedRFB
 */
export function tightLength(
  view: ByteView,
  at: number,
  width: number,
  height: number,
  format: PixelFormat,
): number | null {
  if (view.length <= at) return null;
  const kind = view.u8(at) >> 4;
  if (kind === FILL) return 1 + tightPixelBytes(format);
  if (kind === JPEG) return withCompactLength(view, at, 1);
  const basic = tightBasic(view, at, width, height, format);
  if (basic === null) return null;
  const { headBytes, plainBytes } = basic;
  if (plainBytes < TIGHT_UNCOMPRESSED_BELOW_BYTES) return headBytes + plainBytes;
  return withCompactLength(view, at, headBytes);
}

/** Tells whether a rectangle is basic: neither a fill nor a JPEG. */
export function isTightBasic(control: number): boolean {
  return control >> 4 < FILL;
}

/**
 * Reads what stands in front of a basic rectangle's data, or returns null if more must arrive.
 *
 * @throws MalformedRFB
 */
export function tightBasic(
  view: ByteView,
  at: number,
  width: number,
  height: number,
  format: PixelFormat,
): TightBasic | null {
  const kind = view.u8(at) >> 4;
  if (kind > JPEG) throw new MalformedRFB('A Tight rectangle has an unknown compression control.');
  const stream = kind & 3;
  const plainBytes = width * height * tightPixelBytes(format);
  if ((kind & FILTER_FOLLOWS) === 0) return { stream, headBytes: 1, plainBytes };
  if (view.length <= at + 1) return null;
  const filter = view.u8(at + 1);
  if (filter === FILTER_COPY || filter === FILTER_GRADIENT) {
    return { stream, headBytes: 2, plainBytes };
  }
  if (filter !== FILTER_PALETTE) throw new MalformedRFB('A Tight rectangle has an unknown filter.');
  if (view.length <= at + 2) return null;
  const colours = view.u8(at + 2) + 1;
  const rowBytes = colours <= 2 ? Math.ceil(width / 8) : width;
  const headBytes = 3 + colours * tightPixelBytes(format);
  return { stream, headBytes, plainBytes: rowBytes * height };
}

/** Writes a length in one to three bytes. */
export function writeCompactLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  if (length < 0x4000) return Buffer.from([(length & 0x7f) | 0x80, length >> 7]);
  return Buffer.from([(length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14]);
}

/** Adds a length of one to three bytes, seven bits each (the third has eight), low bits first. */
function withCompactLength(view: ByteView, at: number, head: number): number | null {
  let length = 0;
  for (let index = 0; index < 3; index += 1) {
    if (view.length <= at + head + index) return null;
    const byte = view.u8(at + head + index);
    const isLast = index === 2 || (byte & 0x80) === 0;
    length |= (index === 2 ? byte : byte & 0x7f) << (7 * index);
    if (isLast) return head + index + 1 + length;
  }
  return null;
}

/** Where a basic rectangle's data begin, behind their length of one to three bytes. */
export function tightDataAt(view: ByteView, lengthAt: number): number {
  let at = lengthAt;
  while (at < lengthAt + 2 && view.u8(at) >= 0x80) at += 1;
  return at + 1;
}

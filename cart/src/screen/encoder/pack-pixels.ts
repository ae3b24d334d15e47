/**
 * Packs pixels into the bytes that a viewer's pixel format asks for, whole rectangles at a time.
 *
 * @see RFC 6143 section 7.4 (PIXEL) and 7.7.5 (CPIXEL); rfbproto, Tight Encoding (TPIXEL)
 */
import {
  isPackedByTight,
  isSamePixelFormat,
  pixelBytes,
  TRUE_COLOUR_32,
  type PixelFormat,
} from '@chaperone/protocol/rfb/pixel-format.ts';

/** 0x00RRGGBB each. */
export type Pixels = Uint32Array<ArrayBuffer>;

/** Tells whether a viewer's format keeps every colour apart. */
export function isLossless(format: PixelFormat): boolean {
  return format.redMax >= 255 && format.greenMax >= 255 && format.blueMax >= 255;
}

/** Packs pixels as they stand in Raw and Cursor rectangles. */
export function packPixels(pixels: Pixels, format: PixelFormat): Buffer {
  if (isSamePixelFormat(format, TRUE_COLOUR_32)) return bytesOf(pixels);
  const values = convert(pixels, format);
  switch (format.bitsPerPixel) {
    case 8:
      return Buffer.from(Uint8Array.from(values).buffer);
    case 16: {
      const bytes = Buffer.from(Uint16Array.from(values).buffer);
      return format.bigEndian ? bytes.swap16() : bytes;
    }
    case 32:
      return format.bigEndian ? bytesOf(values).swap32() : bytesOf(values);
  }
}

/** Packs pixels as they stand in Tight rectangles. */
export function packTightPixels(pixels: Pixels, format: PixelFormat): Buffer {
  return isPackedByTight(format) ? packRGB(pixels) : packPixels(pixels, format);
}

/** Packs pixels as they stand in ZRLE rectangles: without the byte of four that is always zero. */
export function packCompactPixels(pixels: Pixels, format: PixelFormat): Buffer {
  const bytes = packPixels(pixels, format);
  const offset = compactOffset(format);
  if (offset === null) return bytes;
  const compact = Buffer.allocUnsafe(pixels.length * 3);
  for (let from = offset, to = 0; to < compact.length; from += 4, to += 3) {
    compact[to] = bytes[from] ?? 0;
    compact[to + 1] = bytes[from + 1] ?? 0;
    compact[to + 2] = bytes[from + 2] ?? 0;
  }
  return compact;
}

/** Bytes of a pixel in ZRLE rectangles. */
export function compactPixelBytes(format: PixelFormat): number {
  return compactOffset(format) === null ? pixelBytes(format) : 3;
}

/** Where the three bytes that count begin in the four of a pixel, or null if all of them count. */
function compactOffset(format: PixelFormat): number | null {
  if (format.bitsPerPixel !== 32 || format.depth > 24) return null;
  const mask =
    ((format.redMax << format.redShift) |
      (format.greenMax << format.greenShift) |
      (format.blueMax << format.blueShift)) >>>
    0;
  if (mask <= 0x00ff_ffff) return format.bigEndian ? 1 : 0;
  if ((mask & 0xff) === 0) return format.bigEndian ? 0 : 1;
  return null;
}

function bytesOf(pixels: Pixels): Buffer {
  return Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);
}

function packRGB(pixels: Pixels): Buffer {
  const bytes = Buffer.allocUnsafe(pixels.length * 3);
  for (let at = 0, to = 0; at < pixels.length; at += 1, to += 3) {
    const pixel = pixels[at] ?? 0;
    bytes[to] = pixel >> 16;
    bytes[to + 1] = pixel >> 8;
    bytes[to + 2] = pixel;
  }
  return bytes;
}

function convert(pixels: Pixels, format: PixelFormat): Pixels {
  const red = channel(format.redMax, format.redShift);
  const green = channel(format.greenMax, format.greenShift);
  const blue = channel(format.blueMax, format.blueShift);
  const values = new Uint32Array(pixels.length);
  for (let at = 0; at < pixels.length; at += 1) {
    const pixel = pixels[at] ?? 0;
    values[at] =
      (red[(pixel >> 16) & 255] ?? 0) | (green[(pixel >> 8) & 255] ?? 0) | (blue[pixel & 255] ?? 0);
  }
  return values;
}

/** What each of 256 levels becomes, in its place. */
function channel(max: number, shift: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, level) => Math.round((level * max) / 255) << shift);
}

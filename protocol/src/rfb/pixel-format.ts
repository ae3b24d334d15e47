/**
 * How a pixel is laid out on the wire, true colour only: a colour map cannot be shared between a source
 * and a viewer that come and go separately.
 *
 * | offset | size | field          | | offset | size | field       |
 * |--------|------|----------------|-|--------|------|-------------|
 * | 0      | 1    | bits per pixel | | 8      | 2    | blue max    |
 * | 1      | 1    | depth          | | 10     | 1    | red shift   |
 * | 2      | 1    | big-endian     | | 11     | 1    | green shift |
 * | 3      | 1    | true colour    | | 12     | 1    | blue shift  |
 * | 4      | 2    | red max        | | 13     | 3    | padding     |
 * | 6      | 2    | green max      | |        |      |             |
 *
 * @see RFC 6143 section 7.4
 */
import { MalformedRFB } from './malformed-rfb.ts';

export interface PixelFormat {
  readonly bitsPerPixel: 8 | 16 | 32;
  readonly depth: number;
  readonly bigEndian: boolean;
  readonly redMax: number;
  readonly greenMax: number;
  readonly blueMax: number;
  readonly redShift: number;
  readonly greenShift: number;
  readonly blueShift: number;
}

/** A colour with 8 bits a channel. */
export interface Colour {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

export const PIXEL_FORMAT_BYTES = 16;

/** 32 bits a pixel, little-endian 0x00RRGGBB: what the cart announces, whatever its source has. */
export const TRUE_COLOUR_32: PixelFormat = {
  bitsPerPixel: 32,
  depth: 24,
  bigEndian: false,
  redMax: 255,
  greenMax: 255,
  blueMax: 255,
  redShift: 16,
  greenShift: 8,
  blueShift: 0,
};

/** Reads a true-colour pixel format from 16 bytes. @throws MalformedRFB */
export function readPixelFormat(bytes: Buffer): PixelFormat {
  const bitsPerPixel = bytes.readUInt8(0);
  if (bitsPerPixel !== 8 && bitsPerPixel !== 16 && bitsPerPixel !== 32) {
    throw new MalformedRFB(`A pixel has 8, 16 or 32 bits, not ${bitsPerPixel}.`);
  }
  if (bytes.readUInt8(3) === 0) throw new MalformedRFB('Only true colour is spoken here.');
  const format: PixelFormat = {
    bitsPerPixel,
    depth: bytes.readUInt8(1),
    bigEndian: bytes.readUInt8(2) !== 0,
    redMax: bytes.readUInt16BE(4),
    greenMax: bytes.readUInt16BE(6),
    blueMax: bytes.readUInt16BE(8),
    redShift: bytes.readUInt8(10),
    greenShift: bytes.readUInt8(11),
    blueShift: bytes.readUInt8(12),
  };
  checkChannel(format.redMax, format.redShift, bitsPerPixel);
  checkChannel(format.greenMax, format.greenShift, bitsPerPixel);
  checkChannel(format.blueMax, format.blueShift, bitsPerPixel);
  return format;
}

function checkChannel(max: number, shift: number, bitsPerPixel: number): void {
  const bits = Math.log2(max + 1);
  if (!Number.isInteger(bits) || bits + shift > bitsPerPixel) {
    throw new MalformedRFB('A colour channel does not fit into the pixel.');
  }
}

/** Writes a pixel format as its 16 bytes. */
export function writePixelFormat(format: PixelFormat): Buffer {
  const bytes = Buffer.alloc(PIXEL_FORMAT_BYTES);
  bytes.writeUInt8(format.bitsPerPixel, 0);
  bytes.writeUInt8(format.depth, 1);
  bytes.writeUInt8(format.bigEndian ? 1 : 0, 2);
  bytes.writeUInt8(1, 3);
  bytes.writeUInt16BE(format.redMax, 4);
  bytes.writeUInt16BE(format.greenMax, 6);
  bytes.writeUInt16BE(format.blueMax, 8);
  bytes.writeUInt8(format.redShift, 10);
  bytes.writeUInt8(format.greenShift, 11);
  bytes.writeUInt8(format.blueShift, 12);
  return bytes;
}

/** Tells whether two formats lay out pixels alike. */
export function isSamePixelFormat(a: PixelFormat, b: PixelFormat): boolean {
  return writePixelFormat(a).equals(writePixelFormat(b));
}

/** Bytes of a pixel in Raw and Cursor rectangles. */
export function pixelBytes(format: PixelFormat): number {
  return format.bitsPerPixel / 8;
}

/** Tells whether Tight packs a pixel of this format into red, green and blue bytes (TPIXEL). */
export function isPackedByTight(format: PixelFormat): boolean {
  return (
    format.bitsPerPixel === 32 &&
    format.depth === 24 &&
    format.redMax === 255 &&
    format.greenMax === 255 &&
    format.blueMax === 255
  );
}

/** Bytes of a pixel in Tight rectangles (TPIXEL). */
export function tightPixelBytes(format: PixelFormat): number {
  return isPackedByTight(format) ? 3 : pixelBytes(format);
}

/** Encodes one colour as a pixel of this format. */
export function encodePixel(format: PixelFormat, colour: Colour): Buffer {
  const value =
    ((scale(colour.red, format.redMax) << format.redShift) |
      (scale(colour.green, format.greenMax) << format.greenShift) |
      (scale(colour.blue, format.blueMax) << format.blueShift)) >>>
    0;
  const size = pixelBytes(format);
  const bytes = Buffer.alloc(size);
  if (format.bigEndian) bytes.writeUIntBE(value, 0, size);
  else bytes.writeUIntLE(value, 0, size);
  return bytes;
}

/** Encodes one colour as a TPIXEL of this format. */
export function encodeTightPixel(format: PixelFormat, colour: Colour): Buffer {
  if (isPackedByTight(format)) return Buffer.from([colour.red, colour.green, colour.blue]);
  return encodePixel(format, colour);
}

function scale(channel: number, max: number): number {
  return Math.round((channel * max) / 255);
}

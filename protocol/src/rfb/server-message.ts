/**
 * What an RFB server says after the handshake, cut into units that can each be passed on or left out.
 *
 * A framebuffer update is not one unit: it is a beginning, whole rectangles, and an end. A Raw rectangle
 * is cut further, into bands of whole rows that each read as a rectangle of their own, so that no unit is
 * longer than a Tight rectangle can be. Pixels are not decoded. Encodings other than those in `ENCODING`
 * end the stream, because their length is unknown.
 *
 * @see RFC 6143 sections 7.6 and 7.7; rfbproto for Tight, Open H.264, desktop names, fences and continuous updates
 */
import { ByteQueue } from './byte-queue.ts';
import { CUT_TEXT_BYTES_MAX, FENCE_PAYLOAD_BYTES_MAX, type Rectangle } from './client-message.ts';
import { ENCODING } from './encoding.ts';
import { MalformedRFB } from './malformed-rfb.ts';
import { pixelBytes, TRUE_COLOUR_32, type PixelFormat } from './pixel-format.ts';
import { TIGHT_DATA_BYTES_MAX, tightLength } from './tight-length.ts';

/** Pixels along one side of a frame buffer; browsers draw no larger canvas. */
export const FRAMEBUFFER_SIDE_MAX = 16_384;
/** Pixels along one side of a cursor; the largest seen in practice are 256. */
export const CURSOR_SIDE_MAX = 512;
/** Bytes of a desktop's name. */
const NAME_BYTES_MAX = 4096;
const RECTANGLE_HEADER_BYTES = 12;
/** Bytes of one rectangle: the longest Tight data, its palette and headers. */
export const RECTANGLE_BYTES_MAX = RECTANGLE_HEADER_BYTES + 3 + 256 * 4 + 3 + TIGHT_DATA_BYTES_MAX;
/** Bytes of pixels in one band of a Raw rectangle, unless a single row is longer. */
const RAW_BAND_BYTES = 64 * 1024;

export interface FramebufferSize {
  readonly width: number;
  readonly height: number;
}

export type ServerUnit =
  | { readonly type: 'update-begins' }
  | {
      readonly type: 'rectangle';
      readonly encoding: number;
      readonly area: Rectangle;
      /** Header and content, as they go over the wire; of Raw, until the next unit only where bands share their memory. */
      readonly bytes: Buffer;
    }
  | { readonly type: 'update-ends' }
  | { readonly type: 'colour-map' }
  | { readonly type: 'bell' }
  | { readonly type: 'cut-text'; readonly text: Buffer | null }
  | { readonly type: 'continuous-updates-end' }
  | { readonly type: 'fence'; readonly flags: number; readonly payload: Buffer };

interface RawBands {
  readonly x: number;
  readonly width: number;
  y: number;
  rowsLeft: number;
}

export class ServerMessageParser {
  readonly #queue = new ByteQueue();
  #format: PixelFormat;
  #size: FramebufferSize;
  /** Rectangles to come in this update; null outside of one; Infinity until a LastRect. */
  #rectanglesLeft: number | null = null;
  #raw: RawBands | null = null;
  readonly #sharesBands: boolean;
  #band: Buffer | null = null;

  /**
   * @param sharesBands whether each band of Raw has the memory of the one before, for a reader that draws it at once: a film of
   * 800x600 would be 50 MB of memory a second otherwise
   * @throws MalformedRFB if the frame buffer's size is out of bounds
   */
  constructor(size: FramebufferSize, format: PixelFormat = TRUE_COLOUR_32, sharesBands = false) {
    checkSize(size);
    this.#size = size;
    this.#format = format;
    this.#sharesBands = sharesBands;
  }

  /** The frame buffer's size after the units yielded so far. */
  get size(): FramebufferSize {
    return this.#size;
  }

  /** Bytes held back because their unit is not complete. */
  get bufferedBytes(): number {
    return this.#queue.length;
  }

  /** Says how pixels will be laid out; only before anything was drawn. */
  setFormat(format: PixelFormat): void {
    this.#format = format;
  }

  /** Takes in bytes from the server; `next` then yields what they complete. */
  push(bytes: Uint8Array): void {
    this.#queue.push(bytes);
  }

  /** Returns the next whole unit, or null until more bytes arrive. @throws MalformedRFB */
  next(): ServerUnit | null {
    for (;;) {
      const unit = this.#step();
      if (unit !== 'again') return unit;
    }
  }

  /** Reads one unit; `again` means that something was consumed which is no unit of its own. */
  #step(): ServerUnit | null | 'again' {
    if (this.#queue.skipping > 0) return null;
    if (this.#raw !== null) return this.#nextBand(this.#raw);
    if (this.#rectanglesLeft === 0) {
      this.#rectanglesLeft = null;
      return { type: 'update-ends' };
    }
    if (this.#rectanglesLeft !== null) return this.#nextRectangle();
    return this.#nextMessage();
  }

  #nextMessage(): ServerUnit | null {
    const queue = this.#queue;
    if (queue.length === 0) return null;
    const kind = queue.u8(0);
    switch (kind) {
      case 0: {
        if (queue.length < 4) return null;
        const count = queue.u16(2);
        queue.skip(4);
        this.#rectanglesLeft = count === 0xffff ? Infinity : count;
        return { type: 'update-begins' };
      }
      case 1:
        if (queue.length < 6) return null;
        queue.skip(6 + 6 * queue.u16(4));
        return { type: 'colour-map' };
      case 2:
        queue.skip(1);
        return { type: 'bell' };
      case 3:
        return this.#cutText();
      case 150:
        queue.skip(1);
        return { type: 'continuous-updates-end' };
      case 248:
        return this.#fence();
      default:
        throw new MalformedRFB(`The screen source sent a message of unknown type ${kind}.`);
    }
  }

  #cutText(): ServerUnit | null {
    if (this.#queue.length < 8) return null;
    const length = Math.abs(this.#queue.i32(4));
    if (length > CUT_TEXT_BYTES_MAX) {
      this.#queue.skip(8 + length);
      return { type: 'cut-text', text: null };
    }
    if (this.#queue.length < 8 + length) return null;
    const isExtended = this.#queue.i32(4) < 0;
    const text = this.#queue.take(8 + length).subarray(8);
    return { type: 'cut-text', text: isExtended ? null : text };
  }

  #fence(): ServerUnit | null {
    if (this.#queue.length < 9) return null;
    const length = this.#queue.u8(8);
    if (length > FENCE_PAYLOAD_BYTES_MAX)
      throw new MalformedRFB('A fence carries at most 64 bytes.');
    if (this.#queue.length < 9 + length) return null;
    const bytes = this.#queue.take(9 + length);
    return { type: 'fence', flags: bytes.readUInt32BE(4), payload: bytes.subarray(9) };
  }

  #nextRectangle(): ServerUnit | null | 'again' {
    const queue = this.#queue;
    if (queue.length < RECTANGLE_HEADER_BYTES) return null;
    const area: Rectangle = {
      x: queue.u16(0),
      y: queue.u16(2),
      width: queue.u16(4),
      height: queue.u16(6),
    };
    const encoding = queue.i32(8);
    if (encoding === ENCODING.raw) {
      this.#checkInside(area);
      queue.skip(RECTANGLE_HEADER_BYTES);
      this.#countRectangle();
      if (area.width === 0 || area.height === 0) return 'again';
      this.#raw = { x: area.x, width: area.width, y: area.y, rowsLeft: area.height };
      return 'again';
    }
    const length = this.#contentLength(encoding, area);
    if (length === null || queue.length < RECTANGLE_HEADER_BYTES + length) return null;
    const bytes = queue.take(RECTANGLE_HEADER_BYTES + length);
    this.#countRectangle();
    if (encoding === ENCODING.lastRect) {
      this.#rectanglesLeft = 0;
      return 'again';
    }
    this.#applySize(encoding, area);
    return { type: 'rectangle', encoding, area, bytes };
  }

  /** Tells how many bytes follow a rectangle's header, or null if more must arrive to know it. */
  #contentLength(encoding: number, area: Rectangle): number | null {
    const { width, height } = area;
    const queue = this.#queue;
    switch (encoding) {
      case ENCODING.copyRect: {
        this.#checkInside(area);
        if (queue.length < RECTANGLE_HEADER_BYTES + 4) return null;
        const from = { x: queue.u16(12), y: queue.u16(14), width, height };
        this.#checkInside(from);
        return 4;
      }
      case ENCODING.tight:
        this.#checkInside(area);
        return tightLength(queue, RECTANGLE_HEADER_BYTES, width, height, this.#format);
      case ENCODING.zrle: {
        this.#checkInside(area);
        if (queue.length < RECTANGLE_HEADER_BYTES + 4) return null;
        const length = queue.u32(RECTANGLE_HEADER_BYTES);
        if (length > TIGHT_DATA_BYTES_MAX) throw new MalformedRFB('A ZRLE rectangle is too long.');
        return 4 + length;
      }
      case ENCODING.h264: {
        this.#checkInside(area);
        if (queue.length < RECTANGLE_HEADER_BYTES + 8) return null;
        const length = queue.u32(RECTANGLE_HEADER_BYTES);
        if (length > TIGHT_DATA_BYTES_MAX) throw new MalformedRFB('A video frame is too long.');
        return 8 + length;
      }
      case ENCODING.desktopName: {
        if (queue.length < RECTANGLE_HEADER_BYTES + 4) return null;
        const length = queue.u32(RECTANGLE_HEADER_BYTES);
        if (length > NAME_BYTES_MAX) throw new MalformedRFB("A desktop's name is too long.");
        return 4 + length;
      }
      case ENCODING.cursor:
        if (width > CURSOR_SIDE_MAX || height > CURSOR_SIDE_MAX) {
          throw new MalformedRFB(`A cursor is at most ${CURSOR_SIDE_MAX} pixels wide and high.`);
        }
        return width * height * pixelBytes(this.#format) + height * Math.ceil(width / 8);
      case ENCODING.extendedDesktopSize:
        if (queue.length < RECTANGLE_HEADER_BYTES + 4) return null;
        return 4 + 16 * queue.u8(RECTANGLE_HEADER_BYTES);
      case ENCODING.desktopSize:
      case ENCODING.lastRect:
      case ENCODING.qemuExtendedKeyEvent:
        return 0;
      default:
        throw new MalformedRFB(`The screen source sent the unknown encoding ${encoding}.`);
    }
  }

  /** Yields whole rows of a Raw rectangle under a header of their own. */
  #nextBand(raw: RawBands): ServerUnit | null {
    const rowBytes = raw.width * pixelBytes(this.#format);
    const rows = Math.min(raw.rowsLeft, Math.max(1, Math.floor(RAW_BAND_BYTES / rowBytes)));
    if (this.#queue.length < rows * rowBytes) return null;
    const area: Rectangle = { x: raw.x, y: raw.y, width: raw.width, height: rows };
    raw.y += rows;
    raw.rowsLeft -= rows;
    if (raw.rowsLeft === 0) this.#raw = null;
    const bytes = this.#bandOf(RECTANGLE_HEADER_BYTES + rows * rowBytes);
    writeRectangleHeader(area, ENCODING.raw).copy(bytes);
    this.#queue.moveTo(bytes, RECTANGLE_HEADER_BYTES, rows * rowBytes);
    return { type: 'rectangle', encoding: ENCODING.raw, area, bytes };
  }

  #bandOf(length: number): Buffer {
    if (!this.#sharesBands) return Buffer.allocUnsafe(length);
    if (this.#band === null || this.#band.length < length) {
      this.#band = Buffer.allocUnsafeSlow(length);
    }
    return this.#band.subarray(0, length);
  }

  #countRectangle(): void {
    if (this.#rectanglesLeft !== null) this.#rectanglesLeft -= 1;
  }

  /** An ExtendedDesktopSize whose y is not 0 answers a failed request and changes nothing. */
  #applySize(encoding: number, area: Rectangle): void {
    const isNewSize =
      encoding === ENCODING.desktopSize ||
      (encoding === ENCODING.extendedDesktopSize && area.y === 0);
    if (!isNewSize) return;
    checkSize(area);
    this.#size = { width: area.width, height: area.height };
  }

  #checkInside(area: Rectangle): void {
    const { width, height } = this.#size;
    if (area.x + area.width > width || area.y + area.height > height) {
      throw new MalformedRFB('The screen source drew outside of its frame buffer.');
    }
  }
}

/** Writes the twelve bytes before a rectangle's content. */
export function writeRectangleHeader(area: Rectangle, encoding: number): Buffer {
  const bytes = Buffer.alloc(RECTANGLE_HEADER_BYTES);
  bytes.writeUInt16BE(area.x, 0);
  bytes.writeUInt16BE(area.y, 2);
  bytes.writeUInt16BE(area.width, 4);
  bytes.writeUInt16BE(area.height, 6);
  bytes.writeInt32BE(encoding, 8);
  return bytes;
}

/** Writes the four bytes before an update's rectangles; null means that a LastRect ends them. */
export function writeUpdateHeader(rectangles: number | null): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16BE(rectangles ?? 0xffff, 2);
  return bytes;
}

function checkSize(size: FramebufferSize): void {
  const { width, height } = size;
  const isWithin = (side: number): boolean => side >= 1 && side <= FRAMEBUFFER_SIDE_MAX;
  if (!isWithin(width) || !isWithin(height)) {
    throw new MalformedRFB(
      `A frame buffer is 1 to ${FRAMEBUFFER_SIDE_MAX} pixels wide and high, not ${width}x${height}.`,
    );
  }
}

/**
 * What a viewer may say to an RFB server after the handshake, read incrementally and within limits.
 *
 * An unknown message type ends the stream, because its length is unknown. Extended pointer events (nine
 * buttons) are never negotiated by Chaperone, so that bit 7 of a button mask is an ordinary button.
 *
 * @see RFC 6143 section 7.5; rfbproto for types 150, 248, 250, 251 and 255
 */
import { ByteQueue } from './byte-queue.ts';
import { MalformedRFB } from './malformed-rfb.ts';
import { PIXEL_FORMAT_BYTES, readPixelFormat, type PixelFormat } from './pixel-format.ts';

/** Encodings in one SetEncodings; noVNC sends about 25, TigerVNC's viewer about 30. */
export const ENCODINGS_MAX = 256;
/** Bytes of clipboard text that are kept (TigerVNC's own limit); longer text is read over and reported as null. */
export const CUT_TEXT_BYTES_MAX = 256 * 1024;
/** Bytes of payload in a fence, by its definition. */
export const FENCE_PAYLOAD_BYTES_MAX = 64;
/** Bytes that a parser holds at most between two messages: the longest message that is kept whole. */
export const CLIENT_MESSAGE_BYTES_MAX = 8 + CUT_TEXT_BYTES_MAX;

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type ClientMessage =
  | { readonly type: 'set-pixel-format'; readonly format: PixelFormat }
  | { readonly type: 'set-encodings'; readonly encodings: readonly number[] }
  | { readonly type: 'update-request'; readonly incremental: boolean; readonly area: Rectangle }
  | { readonly type: 'key'; readonly down: boolean; readonly keysym: number }
  | { readonly type: 'pointer'; readonly buttons: number; readonly x: number; readonly y: number }
  | { readonly type: 'cut-text'; readonly extended: boolean; readonly text: Buffer | null }
  | { readonly type: 'continuous-updates'; readonly enable: boolean; readonly area: Rectangle }
  | { readonly type: 'fence'; readonly flags: number; readonly payload: Buffer }
  | { readonly type: 'xvp'; readonly operation: number }
  | { readonly type: 'set-desktop-size'; readonly width: number; readonly height: number }
  | {
      readonly type: 'extended-key';
      readonly down: boolean;
      readonly keysym: number;
      readonly keycode: number;
    };

export class ClientMessageParser {
  readonly #queue = new ByteQueue();

  /** Bytes held back because their message is not complete. */
  get bufferedBytes(): number {
    return this.#queue.length;
  }

  /** Whether everything that came was whole messages: here, and nowhere else, another message fits in. */
  get isBetweenMessages(): boolean {
    return this.#queue.length === 0 && this.#queue.skipping === 0;
  }

  /** Takes in bytes from the viewer; `next` then yields what they complete. */
  push(bytes: Uint8Array): void {
    this.#queue.push(bytes);
  }

  /** Returns the next whole message, or null until more bytes arrive. @throws MalformedRFB */
  next(): ClientMessage | null {
    const queue = this.#queue;
    if (queue.skipping > 0 || queue.length === 0) return null;
    const kind = queue.u8(0);
    switch (kind) {
      case 0:
        return this.#whole(4 + PIXEL_FORMAT_BYTES, readSetPixelFormat);
      case 2:
        return this.#setEncodings();
      case 3:
        return this.#whole(10, (bytes) => ({
          type: 'update-request',
          incremental: bytes.readUInt8(1) !== 0,
          area: readRectangle(bytes, 2),
        }));
      case 4:
        return this.#whole(8, (bytes) => ({
          type: 'key',
          down: bytes.readUInt8(1) !== 0,
          keysym: bytes.readUInt32BE(4),
        }));
      case 5:
        return this.#whole(6, (bytes) => ({
          type: 'pointer',
          buttons: bytes.readUInt8(1),
          x: bytes.readUInt16BE(2),
          y: bytes.readUInt16BE(4),
        }));
      case 6:
        return this.#cutText();
      case 150:
        return this.#whole(10, (bytes) => ({
          type: 'continuous-updates',
          enable: bytes.readUInt8(1) !== 0,
          area: readRectangle(bytes, 2),
        }));
      case 248:
        return this.#fence();
      case 250:
        return this.#whole(4, (bytes) => ({ type: 'xvp', operation: bytes.readUInt8(3) }));
      case 251:
        return this.#setDesktopSize();
      case 255:
        return this.#extendedKey();
      default:
        throw new MalformedRFB(`The viewer sent a message of unknown type ${kind}.`);
    }
  }

  #whole(length: number, read: (bytes: Buffer) => ClientMessage): ClientMessage | null {
    return this.#queue.length < length ? null : read(this.#queue.take(length));
  }

  #setEncodings(): ClientMessage | null {
    if (this.#queue.length < 4) return null;
    const count = this.#queue.u16(2);
    if (count > ENCODINGS_MAX) {
      throw new MalformedRFB(`The viewer lists ${count} encodings; ${ENCODINGS_MAX} are allowed.`);
    }
    return this.#whole(4 + 4 * count, (bytes) => ({
      type: 'set-encodings',
      encodings: Array.from({ length: count }, (_, index) => bytes.readInt32BE(4 + 4 * index)),
    }));
  }

  /** A negative length marks the extended form, whose payload has its absolute value in bytes. */
  #cutText(): ClientMessage | null {
    if (this.#queue.length < 8) return null;
    const declared = this.#queue.i32(4);
    const length = Math.abs(declared);
    const extended = declared < 0;
    if (length > CUT_TEXT_BYTES_MAX) {
      this.#queue.skip(8 + length);
      return { type: 'cut-text', extended, text: null };
    }
    return this.#whole(8 + length, (bytes) => ({
      type: 'cut-text',
      extended,
      text: bytes.subarray(8),
    }));
  }

  #fence(): ClientMessage | null {
    if (this.#queue.length < 9) return null;
    const length = this.#queue.u8(8);
    if (length > FENCE_PAYLOAD_BYTES_MAX)
      throw new MalformedRFB('A fence carries at most 64 bytes.');
    return this.#whole(9 + length, (bytes) => ({
      type: 'fence',
      flags: bytes.readUInt32BE(4),
      payload: bytes.subarray(9),
    }));
  }

  #setDesktopSize(): ClientMessage | null {
    if (this.#queue.length < 8) return null;
    return this.#whole(8 + 16 * this.#queue.u8(6), (bytes) => ({
      type: 'set-desktop-size',
      width: bytes.readUInt16BE(2),
      height: bytes.readUInt16BE(4),
    }));
  }

  #extendedKey(): ClientMessage | null {
    if (this.#queue.length < 2) return null;
    if (this.#queue.u8(1) !== 0) {
      throw new MalformedRFB('The viewer sent a QEMU message of unknown kind.');
    }
    return this.#whole(12, (bytes) => ({
      type: 'extended-key',
      down: bytes.readUInt16BE(2) !== 0,
      keysym: bytes.readUInt32BE(4),
      keycode: bytes.readUInt32BE(8),
    }));
  }
}

function readSetPixelFormat(bytes: Buffer): ClientMessage {
  return { type: 'set-pixel-format', format: readPixelFormat(bytes.subarray(4)) };
}

function readRectangle(bytes: Buffer, at: number): Rectangle {
  return {
    x: bytes.readUInt16BE(at),
    y: bytes.readUInt16BE(at + 2),
    width: bytes.readUInt16BE(at + 4),
    height: bytes.readUInt16BE(at + 6),
  };
}

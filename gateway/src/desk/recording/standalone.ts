/**
 * Makes each rectangle of a viewer's stream stand on its own, with the pixels that it has: a recording is begun anywhere.
 *
 * - Tight: a basic rectangle whose zlib stream begins anew with it passes; what goes on with an earlier one is inflated and
 *   deflated again, with a reset of its own. Fill and JPEG pass.
 * - ZRLE: a viewer has one zlib stream that cannot begin anew, so each rectangle is deflated such that it refers to nothing
 *   before it; the two bytes by which a zlib stream begins are left out, and the player says them once.
 * - Raw and Cursor: in noVNC's order of colours, if the viewer had the cart's.
 *
 * Relies on what all encoders do: each rectangle's data end with a zlib sync flush, on a byte.
 *
 * @see rfbproto, Tight Encoding; RFC 6143 §7.7.6
 */
import { constants, deflateRawSync, deflateSync } from 'node:zlib';
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { MalformedRFB } from '@chaperone/protocol/rfb/malformed-rfb.ts';
import type { PixelFormat } from '@chaperone/protocol/rfb/pixel-format.ts';
import {
  TIGHT_DATA_BYTES_MAX,
  TIGHT_UNCOMPRESSED_BELOW_BYTES,
  isTightBasic,
  tightBasic,
  tightDataAt,
  writeCompactLength,
} from '@chaperone/protocol/rfb/tight-length.ts';
import {
  inflatePart,
  inflateWhole,
  windowBehind,
  withoutZlibHeader,
} from '@chaperone/protocol/rfb/zlib-part.ts';

const HEADER_BYTES = 12;
/** Bytes of one rectangle's pixels: a display of 3840x2160 in one piece. Encoders cut far smaller. */
const PLAIN_BYTES_MAX = 36 * 1024 * 1024;
const ZRLE_DATA_AT = HEADER_BYTES + 4;
const SYNC = { level: 1, finishFlush: constants.Z_SYNC_FLUSH } as const;

/** What a stream's next data may refer to: the last plain bytes, or data from which they are read when they are needed. */
type Window = { readonly plain: Buffer } | { readonly begun: Buffer; readonly plainBytes: number };

export class StandaloneRectangles {
  readonly #format: PixelFormat;
  readonly #isSwapped: boolean;
  readonly #tight: (Window | null)[] = [null, null, null, null];
  #zrle: Buffer | null = null;

  /** @param isSwapped whether red and blue have to change places in pixels that go as they are */
  constructor(format: PixelFormat, isSwapped: boolean) {
    this.#format = format;
    this.#isSwapped = isSwapped;
  }

  /** Returns the rectangle, header and content, so that it stands on its own. @throws MalformedRFB */
  apply(encoding: number, area: Rectangle, bytes: Buffer): Buffer {
    switch (encoding) {
      case ENCODING.tight:
        return this.#tightOf(bytes, area);
      case ENCODING.zrle:
        return this.#zrleOf(bytes);
      case ENCODING.raw:
      case ENCODING.cursor:
        return this.#isSwapped ? swapped(bytes, area.width * area.height) : bytes;
      default:
        return bytes;
    }
  }

  #tightOf(bytes: Buffer, area: Rectangle): Buffer {
    const control = bytes.readUInt8(HEADER_BYTES);
    for (let stream = 0; stream < 4; stream += 1)
      if ((control & (1 << stream)) !== 0) this.#tight[stream] = null;
    if (!isTightBasic(control)) return withoutResets(bytes, control);
    const view = { length: bytes.length, u8: (at: number) => bytes.readUInt8(at) };
    const basic = tightBasic(view, HEADER_BYTES, area.width, area.height, this.#format);
    if (basic === null) throw new MalformedRFB('A Tight rectangle is cut short.');
    const { stream, headBytes, plainBytes } = basic;
    if (plainBytes < TIGHT_UNCOMPRESSED_BELOW_BYTES) return withoutResets(bytes, control);
    if (plainBytes > PLAIN_BYTES_MAX) throw new MalformedRFB('A Tight rectangle is too large.');
    const data = bytes.subarray(tightDataAt(view, HEADER_BYTES + headBytes));
    const window = this.#tight[stream] ?? null;
    if (window === null) {
      this.#tight[stream] = { begun: Buffer.from(data), plainBytes };
      // Whether or not it says so: of a recording's rectangles each begins its stream.
      return withControl(bytes, (control & 0xf0) | (1 << stream));
    }
    const before = 'plain' in window ? window.plain : firstPlain(window);
    const plain = inflateWhole(data, before, plainBytes);
    this.#tight[stream] = { plain: windowBehind(before, plain) };
    const packed = deflateSync(plain, SYNC);
    if (packed.length > TIGHT_DATA_BYTES_MAX)
      throw new MalformedRFB('A Tight rectangle is too large.');
    const head = Buffer.from(bytes.subarray(0, HEADER_BYTES + headBytes));
    head.writeUInt8((control & 0xf0) | (1 << stream), HEADER_BYTES);
    return Buffer.concat([head, writeCompactLength(packed.length), packed]);
  }

  #zrleOf(bytes: Buffer): Buffer {
    if (this.#isSwapped)
      throw new MalformedRFB('ZRLE in this order of colours cannot be recorded.');
    const data = bytes.subarray(ZRLE_DATA_AT);
    const isFirst = this.#zrle === null;
    const before = this.#zrle ?? Buffer.alloc(0);
    const part = isFirst ? withoutZlibHeader(data) : data;
    const plain = inflatePart(part, before, PLAIN_BYTES_MAX);
    this.#zrle = windowBehind(before, plain);
    const packed = deflateRawSync(plain, SYNC);
    if (packed.length > TIGHT_DATA_BYTES_MAX)
      throw new MalformedRFB('A ZRLE rectangle is too large.');
    const head = Buffer.from(bytes.subarray(0, ZRLE_DATA_AT));
    head.writeUInt32BE(packed.length, HEADER_BYTES);
    return Buffer.concat([head, packed]);
  }
}

function firstPlain({ begun, plainBytes }: Extract<Window, { readonly begun: Buffer }>): Buffer {
  const nothing = Buffer.alloc(0);
  return windowBehind(nothing, inflateWhole(withoutZlibHeader(begun), nothing, plainBytes));
}

/** A reset means something to rectangles that come later only, and in a recording none needs it. */
function withoutResets(bytes: Buffer, control: number): Buffer {
  return (control & 0x0f) === 0 ? bytes : withControl(bytes, control & 0xf0);
}

function withControl(bytes: Buffer, control: number): Buffer {
  if (bytes.readUInt8(HEADER_BYTES) === control) return bytes;
  const changed = Buffer.from(bytes);
  changed.writeUInt8(control, HEADER_BYTES);
  return changed;
}

/** Red and blue of pixels of 32 bits change places. */
function swapped(bytes: Buffer, pixels: number): Buffer {
  const changed = Buffer.from(bytes);
  for (let at = HEADER_BYTES; at < HEADER_BYTES + 4 * pixels; at += 4) {
    const first = changed.readUInt8(at);
    changed.writeUInt8(changed.readUInt8(at + 2), at);
    changed.writeUInt8(first, at + 2);
  }
  return changed;
}

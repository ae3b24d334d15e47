/**
 * Makes a source's Tight rectangles readable to a viewer whose zlib streams began with another source.
 *
 * A new source (after Pause) begins its zlib streams afresh. Tight can reset a viewer's streams, but the
 * inflater of noVNC 1.7.0 loses its window by a reset for good: data that refer to earlier rectangles fail from
 * then on. So each basic rectangle is inflated and deflated again, on its own, with a reset of its own. Fill and
 * JPEG, which need no stream, pass as they are.
 *
 * Relies on what all Tight encoders do: each rectangle's data end with a zlib sync flush, on a byte.
 */
import { constants, deflateSync } from 'node:zlib';
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import { MalformedRFB } from '@chaperone/protocol/rfb/malformed-rfb.ts';
import type { PixelFormat } from '@chaperone/protocol/rfb/pixel-format.ts';
import {
  isTightBasic,
  TIGHT_DATA_BYTES_MAX,
  TIGHT_UNCOMPRESSED_BELOW_BYTES,
  tightBasic,
  tightDataAt,
  writeCompactLength,
} from '@chaperone/protocol/rfb/tight-length.ts';
import {
  inflateWhole,
  windowBehind,
  withoutZlibHeader,
} from '@chaperone/protocol/rfb/zlib-part.ts';

const RECTANGLE_HEADER_BYTES = 12;
/** Bytes of one rectangle's pixels: a display of 3840x2160 in one piece. Encoders cut far smaller. */
const PLAIN_BYTES_MAX = 32 * 1024 * 1024;

export class TightRestart {
  /** What each stream's data may refer to; null before its first. */
  readonly #windows: (Buffer | null)[] = [null, null, null, null];

  /** Returns the rectangle, header and content, so that it stands on its own. @throws MalformedRFB */
  apply(bytes: Buffer, area: Rectangle, format: PixelFormat): Buffer {
    const control = bytes.readUInt8(RECTANGLE_HEADER_BYTES);
    for (let stream = 0; stream < 4; stream += 1) {
      if ((control & (1 << stream)) !== 0) this.#windows[stream] = null;
    }
    if (!isTightBasic(control)) return bytes;
    const view = { length: bytes.length, u8: (at: number) => bytes.readUInt8(at) };
    const basic = tightBasic(view, RECTANGLE_HEADER_BYTES, area.width, area.height, format);
    if (basic === null) throw new MalformedRFB('A Tight rectangle is cut short.');
    const { stream, headBytes, plainBytes } = basic;
    if (plainBytes < TIGHT_UNCOMPRESSED_BELOW_BYTES) return bytes;
    if (plainBytes > PLAIN_BYTES_MAX) throw new MalformedRFB('A Tight rectangle is too large.');
    const data = bytes.subarray(tightDataAt(view, RECTANGLE_HEADER_BYTES + headBytes));
    const plain = this.#inflate(stream, data, plainBytes);
    const packed = deflateSync(plain, { level: 1, finishFlush: constants.Z_SYNC_FLUSH });
    if (packed.length > TIGHT_DATA_BYTES_MAX) {
      throw new MalformedRFB('A Tight rectangle is too large.');
    }
    const head = Buffer.from(bytes.subarray(0, RECTANGLE_HEADER_BYTES + headBytes));
    head.writeUInt8((control & 0xf0) | (1 << stream), RECTANGLE_HEADER_BYTES);
    return Buffer.concat([head, writeCompactLength(packed.length), packed]);
  }

  #inflate(stream: number, data: Buffer, plainBytes: number): Buffer {
    const window = this.#windows[stream] ?? null;
    const before = window ?? Buffer.alloc(0);
    const part = window === null ? withoutZlibHeader(data) : data;
    const plain = inflateWhole(part, before, plainBytes);
    this.#windows[stream] = windowBehind(before, plain);
    return plain;
  }
}

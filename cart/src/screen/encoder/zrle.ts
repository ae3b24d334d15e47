/**
 * Encodes rectangles as ZRLE, each as far as it can refer to the ones before it.
 *
 * A connection has one zlib stream that is never reset, and its viewer remembers the last 32 KiB of what came out of it. Here
 * each rectangle is deflated on its own, with what the viewer remembers as the dictionary, and ends at a byte; so what
 * follows one another is that stream. What was encoded and is not sent after all is forgotten by taking the state back.
 *
 * @see RFC 6143 section 7.7.6; RFC 1950 section 2.2; RFC 1951 section 2
 */
import { promisify } from 'node:util';
import { constants, deflateRaw, type ZlibOptions } from 'node:zlib';
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import type { PixelFormat } from '@chaperone/protocol/rfb/pixel-format.ts';
import { writeRectangleHeader } from '@chaperone/protocol/rfb/server-message.ts';
import type { Pixels } from './pack-pixels.ts';
import { packZRLETiles } from './zrle-tiles.ts';

/** Deflate with a window of 32 KiB, no dictionary. */
const ZLIB_HEADER = Buffer.from([0x78, 0x01]);
/** How far back deflate may refer. */
const WINDOW_BYTES = 32 * 1024;
/** Menus and text pack well and are few bytes; photographs gain little from more work. */
const SMALL_LEVEL = 9;
const LARGE_LEVEL = 3;
const SMALL_BYTES = 64 * 1024;

const deflateRawAsync = promisify<Uint8Array, ZlibOptions, Buffer>(deflateRaw);

/** What the viewer's end of the stream remembers; null before its first rectangle. */
export type ZRLEState = Buffer | null;

export class ZRLEEncoder {
  #state: ZRLEState = null;

  get state(): ZRLEState {
    return this.#state;
  }

  /** Goes back to a state from before: what was encoded since then is not sent. */
  goBack(state: ZRLEState): void {
    this.#state = state;
  }

  /**
   * Encodes one rectangle, header and content. Its pixels are read before the first await. One at a time: each refers to
   * those before it, and they are sent in the order of the calls.
   */
  async encode(pixels: Pixels, area: Rectangle, format: PixelFormat): Promise<Buffer> {
    const before = this.#state;
    const plain = packZRLETiles(pixels, area, format);
    const deflated = await deflateRawAsync(plain, {
      level: plain.length <= SMALL_BYTES ? SMALL_LEVEL : LARGE_LEVEL,
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(before === null || before.length === 0 ? {} : { dictionary: before }),
    });
    const seen = before === null ? plain : Buffer.concat([before, plain]);
    this.#state = Buffer.from(seen.subarray(-WINDOW_BYTES));
    const data = before === null ? Buffer.concat([ZLIB_HEADER, deflated]) : deflated;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([writeRectangleHeader(area, ENCODING.zrle), length, data]);
  }
}

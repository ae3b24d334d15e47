/**
 * Lets a viewer's ZRLE go on after a pause, with rectangles of another connection.
 *
 * A viewer has one zlib stream that it never begins anew. What a new connection's encoder writes refers to nothing before
 * it, and what the old one wrote ended at a byte: without the two bytes by which a zlib stream begins it continues.
 *
 * @see RFC 6143 section 7.7.6; RFC 1950 section 2.2
 */
import { MalformedRFB } from '@chaperone/protocol/rfb/malformed-rfb.ts';

const LENGTH_AT = 12;
const DATA_AT = 16;
const ZLIB_HEADER_BYTES = 2;
const ZLIB_DEFLATE_METHOD = 8;

export class ZRLERestart {
  /** Whether the viewer has seen the beginning of its stream. */
  #isBegun = false;
  #isRestarted = false;

  /** Notes that the next rectangle is of another connection. */
  restart(): void {
    this.#isRestarted = true;
  }

  /** Returns the rectangle, header and content, as the viewer's stream goes on with it. @throws MalformedRFB */
  apply(bytes: Buffer): Buffer {
    const continues = this.#isBegun && this.#isRestarted;
    this.#isBegun = true;
    this.#isRestarted = false;
    if (!continues) return bytes;
    if (bytes.length < DATA_AT + ZLIB_HEADER_BYTES || !beginsStream(bytes)) {
      throw new MalformedRFB("A ZRLE rectangle's zlib stream does not begin as one.");
    }
    const cut = Buffer.concat([
      bytes.subarray(0, DATA_AT),
      bytes.subarray(DATA_AT + ZLIB_HEADER_BYTES),
    ]);
    cut.writeUInt32BE(cut.length - DATA_AT, LENGTH_AT);
    return cut;
  }
}

function beginsStream(bytes: Buffer): boolean {
  const isDeflate = (bytes.readUInt8(DATA_AT) & 15) === ZLIB_DEFLATE_METHOD;
  return isDeflate && bytes.readUInt16BE(DATA_AT) % 31 === 0;
}

/**
 * Lets a viewer's ZRLE go on after a pause, with rectangles of another connection.
 *
 * A viewer has one zlib stream that it never begins anew. What a new connection's encoder writes refers to nothing before
 * it, and what the old one wrote ended at a byte: without the two bytes by which a zlib stream begins it continues.
 *
 * @see RFC 6143 section 7.7.6; RFC 1950 section 2.2
 */
import { withoutZlibHeader } from '@chaperone/protocol/rfb/zlib-part.ts';

const LENGTH_AT = 12;
const DATA_AT = 16;

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
    const data = withoutZlibHeader(bytes.subarray(DATA_AT));
    const cut = Buffer.concat([bytes.subarray(0, DATA_AT), data]);
    cut.writeUInt32BE(cut.length - DATA_AT, LENGTH_AT);
    return cut;
  }
}

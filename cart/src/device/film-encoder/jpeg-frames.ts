/**
 * Takes JPEG images out of a stream of nothing but images, each as soon as it is whole.
 *
 * An image is a chain of marked segments that say how long they are; only what follows a start of scan does not, and there
 * a byte 0xFF is followed by 0x00 or a restart unless it marks the next segment.
 *
 * @see ITU-T T.81, annex B
 */
import { MalformedVideo, VIDEO_FRAME_BYTES_MAX } from './flv.ts';

const START_OF_IMAGE = 0xd8;
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const RESTART_FIRST = 0xd0;
const RESTART_LAST = 0xd7;

export class JPEGFrames {
  #waiting: Buffer = Buffer.alloc(0);
  /** Where the next marker of the image under way stands, or is looked for. */
  #at = 0;
  #isInScan = false;

  /** Takes in bytes and gives the images that they complete, also those in front of what is none. @throws MalformedVideo */
  *push(bytes: Buffer): Generator<Buffer, void, undefined> {
    this.#waiting = this.#waiting.length === 0 ? bytes : Buffer.concat([this.#waiting, bytes]);
    for (let image = this.#next(); image !== null; image = this.#next()) yield image;
    if (this.#waiting.length > VIDEO_FRAME_BYTES_MAX) throw malformed();
  }

  #next(): Buffer | null {
    for (;;) {
      if (this.#isInScan && !this.#skipScan()) return null;
      if (this.#waiting.length < this.#at + 2) return null;
      if (this.#waiting[this.#at] !== 0xff) throw malformed();
      const marker = this.#waiting[this.#at + 1] ?? 0;
      if ((marker === START_OF_IMAGE) !== (this.#at === 0)) throw malformed();
      if (marker === END_OF_IMAGE) return this.#cut(this.#at + 2);
      if (marker === START_OF_IMAGE) {
        this.#at += 2;
        continue;
      }
      if (this.#waiting.length < this.#at + 4) return null;
      const length = this.#waiting.readUInt16BE(this.#at + 2);
      if (length < 2) throw malformed();
      this.#at += 2 + length;
      this.#isInScan = marker === START_OF_SCAN;
    }
  }

  /** Goes to the marker behind a scan; false if that has not come yet. */
  #skipScan(): boolean {
    for (;;) {
      const at = this.#waiting.indexOf(0xff, this.#at);
      this.#at = at === -1 ? Math.max(this.#at, this.#waiting.length) : at;
      if (at === -1 || at + 1 >= this.#waiting.length) return false;
      const next = this.#waiting[at + 1] ?? 0;
      const isData = next === 0 || (next >= RESTART_FIRST && next <= RESTART_LAST);
      if (!isData) {
        this.#isInScan = false;
        return true;
      }
      this.#at = at + 2;
    }
  }

  #cut(end: number): Buffer {
    const image = this.#waiting.subarray(0, end);
    this.#waiting = this.#waiting.subarray(end);
    this.#at = 0;
    return image;
  }
}

function malformed(): MalformedVideo {
  return new MalformedVideo('The video encoder wrote something else than images.');
}

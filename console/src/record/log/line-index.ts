/**
 * Where the lines of a text begin, for a text of any size: the place of every 256th line, found while the text goes by once.
 *
 * A line is what ends with a line feed, or 16 KiB of bytes that have none: a file without line ends is still a list
 * of rows, and no row is larger than that.
 */

/** Longer lines are cut into rows of this size; bytes, even so that no UTF-16 unit is cut. */
export const LINE_BYTES_MAX = 16 * 1024;
const EVERY = 256;
const GROWTH = 2;

export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** Cuts bytes into lines, the same way however they arrive. */
export class LineCutter {
  readonly #unit: 1 | 2;
  readonly #high: number;
  readonly #low: number;
  /** Bytes of the line that is under way. */
  #under = 0;
  #position = 0;

  constructor(encoding: TextEncoding, position = 0) {
    this.#unit = encoding === 'utf-8' ? 1 : 2;
    this.#high = encoding === 'utf-16le' ? 0x0a : 0x00;
    this.#low = encoding === 'utf-16le' ? 0x00 : 0x0a;
    this.#position = position;
  }

  /** Where the next byte stands in the text. */
  get position(): number {
    return this.#position;
  }

  /** Bytes of a last line that no line feed has ended. */
  get under(): number {
    return this.#under;
  }

  /**
   * Calls `onLine` with the place behind each line that ends in these bytes.
   * @param bytes of UTF-16: an even number of them
   */
  take(bytes: Uint8Array, onLine: (endsAt: number) => void): void {
    let from = 0;
    while (from < bytes.length) {
      const room = LINE_BYTES_MAX - this.#under;
      const ends = this.#lineEnd(bytes, from, Math.min(bytes.length, from + room));
      const to = ends ?? Math.min(bytes.length, from + room);
      this.#under += to - from;
      this.#position += to - from;
      from = to;
      if (ends === null && this.#under < LINE_BYTES_MAX) continue;
      this.#under = 0;
      onLine(this.#position);
    }
  }

  /** The place behind the first line feed between two places, or null. */
  #lineEnd(bytes: Uint8Array, from: number, to: number): number | null {
    if (this.#unit === 1) {
      const at = bytes.indexOf(0x0a, from);
      return at === -1 || at >= to ? null : at + 1;
    }
    for (let at = from; at + 1 < to; at += 2)
      if (bytes[at] === this.#high && bytes[at + 1] === this.#low) return at + 2;
    return null;
  }
}

export class LineIndex {
  readonly #cutter: LineCutter;
  #marks = new Float64Array(1024);
  #lines = 0;

  constructor(encoding: TextEncoding) {
    this.#cutter = new LineCutter(encoding);
  }

  take(bytes: Uint8Array): void {
    this.#cutter.take(bytes, (endsAt) => {
      this.#lines += 1;
      if (this.#lines % EVERY === 0) this.#mark(this.#lines / EVERY, endsAt);
    });
  }

  /** Lines so far, with one that has not ended. */
  get lines(): number {
    return this.#lines + (this.#cutter.under > 0 ? 1 : 0);
  }

  get bytes(): number {
    return this.#cutter.position;
  }

  /** The last known line at or before one, and where it begins. */
  before(line: number): { readonly line: number; readonly offset: number } {
    const mark = Math.floor(Math.min(line, this.#lines) / EVERY);
    return { line: mark * EVERY, offset: this.#marks[mark] ?? 0 };
  }

  #mark(index: number, offset: number): void {
    if (index >= this.#marks.length) {
      const larger = new Float64Array(this.#marks.length * GROWTH);
      larger.set(this.#marks);
      this.#marks = larger;
    }
    this.#marks[index] = offset;
  }
}

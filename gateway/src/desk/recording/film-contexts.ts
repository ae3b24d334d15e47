/**
 * Which key of a recording each film (Open H.264) began behind. A frame refers to those before it, so that whoever begins at
 * a key in the middle of a film could not show its frames.
 *
 * @see rfbproto, Open H.264 Encoding
 */
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';

const FLAGS_AT = 16;
const RESET_CONTEXT = 1;
const RESET_ALL = 2;
/** Films at once; noVNC forgets the oldest beyond it, too. */
const FILMS_MAX = 64;

export class FilmContexts {
  /** The key behind which the film of each place began. */
  readonly #begun = new Map<string, number>();
  #oldestKey = Infinity;

  /** The oldest key that a frame needed since this was asked last; Infinity when none needed an older one. */
  takeOldestKey(): number {
    const oldest = this.#oldestKey;
    this.#oldestKey = Infinity;
    return oldest;
  }

  /**
   * Takes a frame.
   * @param bytes of its rectangle, header and content
   * @param key the latest key's number
   * @returns whether the film began behind that key
   */
  take({ x, y, width, height }: Rectangle, bytes: Buffer, key: number): boolean {
    const place = `${x},${y},${width},${height}`;
    const flags = bytes.readUInt32BE(FLAGS_AT);
    if ((flags & RESET_ALL) !== 0) this.#begun.clear();
    else if ((flags & RESET_CONTEXT) !== 0) this.#begun.delete(place);
    const begun = this.#begun.get(place) ?? key;
    // What was used last is forgotten last.
    this.#begun.delete(place);
    this.#begun.set(place, begun);
    const [oldest] = this.#begun.size > FILMS_MAX ? this.#begun.keys() : [];
    if (oldest !== undefined) this.#begun.delete(oldest);
    if (begun < key) this.#oldestKey = Math.min(this.#oldestKey, begun);
    return begun === key;
  }
}

/**
 * Which pixels of a picture its source has not drawn yet: what stands there is nobody's picture, and is not called exact.
 *
 * Counted by the pixel and not by the tile, for servers cut their first whole picture where they like. When all have been
 * drawn nothing is kept any more.
 */
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import type { FramebufferSize } from '@chaperone/protocol/rfb/server-message.ts';

export class Unseen {
  readonly #width: number;
  /** 1 for what has been drawn; null when that is everything. */
  #seen: Uint8Array | null;
  #left: number;

  constructor({ width, height }: FramebufferSize) {
    this.#width = width;
    this.#left = width * height;
    this.#seen = new Uint8Array(this.#left);
  }

  /** Whether every pixel has been drawn. */
  get isEmpty(): boolean {
    return this.#left === 0;
  }

  /** Notes that an area was drawn. It lies inside. */
  draw({ x, y, width, height }: Rectangle): void {
    const seen = this.#seen;
    if (seen === null) return;
    for (let row = y; row < y + height; row += 1) {
      const start = row * this.#width + x;
      for (let at = start; at < start + width; at += 1) this.#left -= 1 - (seen[at] ?? 1);
      seen.fill(1, start, start + width);
    }
    if (this.isEmpty) this.#seen = null;
  }
}

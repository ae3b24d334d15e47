/**
 * Which pixels of a frame buffer were drawn since a moment, without any that was there before: only once all are can
 * somebody begin there.
 *
 * A rectangle of a few bytes can cover the largest frame buffer, and come thousands of times in one read. So what is counted
 * has an end: after it, as for a frame buffer larger than any display, nothing is counted and the picture is never whole.
 */
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import type { FramebufferSize } from '@chaperone/protocol/rfb/server-message.ts';

/** Pixels of a frame buffer in which it is counted: 4096x4096. */
const PIXELS_MAX = 4096 * 4096;
/** Pixels that are gone through for one key: a display of 3840x2160 some sixty times over. */
const WORK_PIXELS_MAX = 512 * 1024 * 1024;
/** What a row costs beside its pixels. */
const ROW_WORK_PIXELS = 64;

export class DrawnArea {
  readonly #width: number;
  readonly #drawn: Uint8Array;
  #left: number;
  #work: number;

  /** @param work pixels that may be gone through */
  constructor({ width, height }: FramebufferSize, work = WORK_PIXELS_MAX) {
    const pixels = width * height;
    this.#width = width;
    this.#work = pixels > PIXELS_MAX ? -1 : work - pixels;
    this.#drawn = new Uint8Array(this.#work < 0 ? 0 : pixels);
    this.#left = pixels;
  }

  get isWhole(): boolean {
    return this.#left === 0;
  }

  /** The same for a frame buffer of another size, of which nothing is drawn; what it cost up to here stays spent. */
  resized(size: FramebufferSize): DrawnArea {
    return new DrawnArea(size, this.#work);
  }

  /** Notes pixels that came anew. The rectangle is inside the frame buffer. */
  draw(area: Rectangle): void {
    if (this.#left === 0 || !this.#spend(area)) return;
    for (const line of this.#rows(area)) {
      if (!line.includes(0)) continue;
      this.#left -= line.length - drawnIn(line);
      line.fill(1);
    }
  }

  /** Notes pixels that were moved: what they show is as new, or as old, as where they come from. */
  copy(to: Rectangle, fromX: number, fromY: number): void {
    const source = { x: fromX, y: fromY, width: to.width, height: to.height };
    if (!this.#spend(source)) return;
    if (this.#isDrawn(source)) this.draw(to);
    else this.forget(to);
  }

  /** Notes pixels that are not what whoever begins there would have. */
  forget(area: Rectangle): void {
    if (!this.#spend(area)) return;
    for (const line of this.#rows(area)) {
      this.#left += drawnIn(line);
      line.fill(0);
    }
  }

  #isDrawn(area: Rectangle): boolean {
    for (const line of this.#rows(area)) if (line.includes(0)) return false;
    return true;
  }

  *#rows({ x, y, width, height }: Rectangle): Generator<Uint8Array, void, undefined> {
    for (let row = y; row < y + height; row += 1) {
      const from = row * this.#width + x;
      yield this.#drawn.subarray(from, from + width);
    }
  }

  /** Tells whether a rectangle is counted; once one is not, the picture is never whole. */
  #spend({ width, height }: Rectangle): boolean {
    if (this.#work < 0) return false;
    this.#work -= (width + ROW_WORK_PIXELS) * height;
    if (this.#work >= 0) return true;
    this.#left = Infinity;
    return false;
  }
}

function drawnIn(line: Uint8Array): number {
  if (!line.includes(1)) return 0;
  let drawn = 0;
  for (let at = 0; at < line.length; at += 1) drawn += line[at] ?? 0;
  return drawn;
}

/**
 * The demo's ultrasound machine: a real cine inside a drawn control surface, in a frame buffer.
 *
 * It knows nothing of RFB. Time comes in by `tick`; input by `pointer` and `key`.
 */
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import { Canvas } from '../../platform/drawing/canvas.ts';
import { CineView } from './cine-view.ts';
import type { Cine, Palette } from './cine.ts';
import {
  drawCalipers,
  drawClock,
  drawKeys,
  drawLeft,
  drawProbeMark,
  drawRight,
  drawTop,
} from './draw-controls.ts';
import { Exam } from './exam.ts';
import { keyAt, type Key } from './key.ts';
import { AREA, contains, SCREEN, THUMBNAIL } from './theme.ts';

export class Ultrasound {
  readonly canvas: Canvas;
  readonly exam = new Exam();
  readonly #cine: Cine;
  readonly #view: CineView;
  #palette: Palette;
  #brightness = 1;
  readonly #stored: Uint32Array[] = [];
  #storedCount = 0;
  #frame = -1;
  #startedMs: number | null = null;
  #second = -1;
  #hovered: Key | null = null;
  #isPressed = false;

  /** @param onDamage told where the picture has changed, each time it has */
  constructor(cine: Cine, now: Date, onDamage: (area: Rectangle) => void) {
    this.#cine = cine;
    this.#view = new CineView(cine, AREA.image);
    this.#palette = cine.palette;
    this.canvas = new Canvas(SCREEN.width, SCREEN.height, onDamage);
    drawTop(this.canvas, now);
    // An exam that has begun: one image is stored already.
    this.#drawFrame(4);
    this.exam.storedImages = 1;
    this.#storeThumbnails();
    this.#drawControls();
    this.#drawFrame(0);
  }

  /** Which frame of the cine is on view. */
  get frame(): number {
    return this.#frame;
  }

  /** Names what the image area shows: alike names, alike pixels. Null while calipers lie over it. */
  get imageName(): string | null {
    const { depthCm, gainDb, isColour, points } = this.exam;
    return points.length > 0 ? null : [this.#frame, depthCm, gainDb, isColour].join(' ');
  }

  /**
   * Moves the picture on to this moment.
   *
   * @param now wall clock, for the clock that is drawn
   * @param nowMs monotonic clock, for the cine
   */
  tick(now: Date, nowMs: number): void {
    if (now.getSeconds() !== this.#second) {
      this.#second = now.getSeconds();
      drawClock(this.canvas, now);
      this.canvas.damage(AREA.clock);
    }
    if (this.exam.isFrozen) return;
    this.#startedMs ??= nowMs;
    const elapsed = Math.floor((nowMs - this.#startedMs) / this.#cine.frameTimeMs);
    const frame = elapsed % this.#cine.frames.length;
    if (frame !== this.#frame) this.#drawFrame(frame);
  }

  /** Takes a pointer's place and buttons; a key reacts when the first button goes down on it. */
  pointer(x: number, y: number, buttons: number): void {
    const hovered = keyAt(x, y);
    const isDown = (buttons & 1) !== 0;
    const isPress = isDown && !this.#isPressed;
    this.#isPressed = isDown;
    const hasMoved = hovered !== this.#hovered;
    this.#hovered = hovered;
    if (isPress && hovered !== null) {
      hovered.press(this.exam);
      this.#afterChange();
    } else if (isPress && contains(AREA.image, x, y) && this.exam.isMeasuring) {
      this.exam.addPoint({ x: x - AREA.image.x, y: y - AREA.image.y });
      this.#afterChange();
    } else if (hasMoved) {
      this.#drawControls();
    }
  }

  /** Takes a typed key, an X keysym; only presses count. */
  key(keysym: number, isDown: boolean): void {
    if (!isDown) return;
    this.exam.type(keysym);
    drawKeys(this.canvas, this.exam, this.#hovered);
    this.canvas.damage(AREA.note);
  }

  #afterChange(): void {
    this.#view.set(this.exam.depthCm, this.exam.isColour);
    this.#storeThumbnails();
    this.#drawControls();
    this.#drawFrame(this.#frame);
  }

  #drawControls(): void {
    drawLeft(this.canvas, this.exam, this.#hovered);
    drawRight(this.canvas, this.exam, this.#stored);
    drawKeys(this.canvas, this.exam, this.#hovered);
    this.canvas.damage(AREA.left);
    this.canvas.damage(AREA.right);
    this.canvas.damage(AREA.keys);
  }

  #drawFrame(frame: number): void {
    this.#frame = frame;
    const { image } = AREA;
    const indices = this.#view.frame(frame);
    const palette = this.#currentPalette();
    const { pixels, width } = this.canvas;
    for (let y = 0; y < image.height; y += 1) {
      const to = (image.y + y) * width + image.x;
      const from = y * image.width;
      for (let x = 0; x < image.width; x += 1) {
        pixels[to + x] = palette[indices[from + x] ?? 0] ?? 0;
      }
    }
    drawProbeMark(this.canvas);
    drawCalipers(this.canvas, this.exam);
    this.canvas.damage(image);
  }

  /** Gain brightens the tissue, which is the grey part of the palette. */
  #currentPalette(): Palette {
    const { brightness } = this.exam;
    if (brightness === this.#brightness) return this.#palette;
    this.#brightness = brightness;
    this.#palette = this.#cine.palette.map((colour) => brighten(colour, brightness));
    return this.#palette;
  }

  /** Keeps small pictures of the last images that were stored, as many as are shown. */
  #storeThumbnails(): void {
    if (this.#storedCount === this.exam.storedImages) return;
    this.#storedCount = this.exam.storedImages;
    this.#stored.push(this.#thumbnail());
    if (this.#stored.length > THUMBNAIL.count) this.#stored.shift();
  }

  /** Takes a small picture of the image area as it is now. */
  #thumbnail(): Uint32Array {
    const { image } = AREA;
    const small = new Uint32Array(THUMBNAIL.width * THUMBNAIL.height);
    for (let at = 0; at < small.length; at += 1) {
      const x = image.x + (at % THUMBNAIL.width) * THUMBNAIL.step;
      const y = image.y + Math.floor(at / THUMBNAIL.width) * THUMBNAIL.step;
      small[at] = this.#meanColour(x, y);
    }
    return small;
  }

  #meanColour(left: number, top: number): number {
    const { pixels, width } = this.canvas;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let y = top; y < top + THUMBNAIL.step; y += 1) {
      for (let x = left; x < left + THUMBNAIL.step; x += 1) {
        const pixel = pixels[y * width + x] ?? 0;
        red += pixel >> 16;
        green += (pixel >> 8) & 255;
        blue += pixel & 255;
      }
    }
    const count = THUMBNAIL.step ** 2;
    const mean = (sum: number): number => Math.round(sum / count);
    return (mean(red) << 16) | (mean(green) << 8) | mean(blue);
  }
}

function brighten(colour: number, brightness: number): number {
  const level = colour & 255;
  if (colour >> 16 !== level || ((colour >> 8) & 255) !== level) return colour;
  const brighter = Math.min(255, Math.round(level * brightness));
  return (brighter << 16) | (brighter << 8) | brighter;
}

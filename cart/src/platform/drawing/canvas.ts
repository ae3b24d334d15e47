/** A frame buffer to draw in, that remembers where it was drawn. */
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import { cover, type Outline } from './raster.ts';
import { typefaceOf, type Weight } from './typeface.ts';

/** A colour as 0xRRGGBB. */
export type RGB = number;

export interface TextStyle {
  readonly size: number;
  readonly colour: RGB;
  readonly weight?: Weight;
  readonly align?: 'left' | 'centre' | 'right';
}

export class Canvas {
  readonly width: number;
  readonly height: number;
  /** One 0xRRGGBB a pixel, row by row. */
  readonly pixels: Uint32Array;
  readonly #onDamage: (area: Rectangle) => void;

  constructor(width: number, height: number, onDamage: (area: Rectangle) => void) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint32Array(width * height);
    this.#onDamage = onDamage;
  }

  /** Says that pixels within this area may have changed. Drawing itself does not say so. */
  damage(area: Rectangle): void {
    const x = Math.max(0, Math.floor(area.x));
    const y = Math.max(0, Math.floor(area.y));
    const width = Math.min(this.width, Math.ceil(area.x + area.width)) - x;
    const height = Math.min(this.height, Math.ceil(area.y + area.height)) - y;
    if (width > 0 && height > 0) this.#onDamage({ x, y, width, height });
  }

  /** Fills a rectangle. */
  fill(x: number, y: number, width: number, height: number, colour: RGB): void {
    for (let row = y; row < y + height; row += 1) {
      this.pixels.fill(colour, row * this.width + x, row * this.width + x + width);
    }
  }

  /** Fills a rectangle with colours that run from top to bottom. */
  gradient(x: number, y: number, width: number, height: number, from: RGB, to: RGB): void {
    for (let row = 0; row < height; row += 1) {
      this.fill(x, y + row, width, 1, mix(from, to, row / Math.max(1, height - 1)));
    }
  }

  /** Fills an outline smoothly. */
  shape(outline: Outline, colour: RGB, opacity = 1): void {
    const mask = cover(outline);
    for (let row = 0; row < mask.height; row += 1) {
      const y = mask.y + row;
      if (y < 0 || y >= this.height) continue;
      for (let column = 0; column < mask.width; column += 1) {
        const alpha = mask.alpha[row * mask.width + column] ?? 0;
        const x = mask.x + column;
        if (alpha === 0 || x < 0 || x >= this.width) continue;
        const at = y * this.width + x;
        this.pixels[at] = mix(this.pixels[at] ?? 0, colour, (alpha / 255) * opacity);
      }
    }
  }

  /** Draws one line of text on a baseline and returns its width in pixels. */
  text(x: number, y: number, text: string, style: TextStyle): number {
    const typeface = typefaceOf(style.weight ?? 500);
    const width = typeface.width(text, style.size);
    const shift = style.align === 'right' ? width : style.align === 'centre' ? width / 2 : 0;
    this.shape(typeface.outline(text, style.size, x - shift, y), style.colour);
    return width;
  }

  /** Measures a text without drawing it. */
  textWidth(text: string, size: number, weight: Weight = 500): number {
    return typefaceOf(weight).width(text, size);
  }
}

/** Mixes two colours; 0 is the first, 1 the second. */
export function mix(from: RGB, to: RGB, share: number): RGB {
  const channel = (shift: number): number => {
    const a = (from >> shift) & 255;
    const b = (to >> shift) & 255;
    return Math.round(a + (b - a) * share) << shift;
  };
  return channel(16) | channel(8) | channel(0);
}

/**
 * Text as outlines, in one weight of the Inter typeface (SIL Open Font License 1.1).
 *
 * The typeface comes in a file for each part of Unicode; those that no text needed are not read. A character that none
 * of them has is drawn as the typeface's own box: it is not left out.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
// oxlint-disable-next-line import/default -- the package is CommonJS
import opentype from 'opentype.js';
import type { Outline } from './raster.ts';

const WEIGHTS = [400, 500, 600, 700] as const;
export type Weight = (typeof WEIGHTS)[number];

interface GlyphOutline {
  /** Contours at one pixel an em, y downwards. */
  readonly contours: Outline;
  readonly advance: number;
}

type Font = ReturnType<typeof opentype.parse>;

/** The first is read at once, the others when a text needs them. */
const PARTS = ['latin', 'latin-ext', 'cyrillic', 'cyrillic-ext', 'greek', 'vietnamese'] as const;

/** Points on a curve; letters here are at most some 30 pixels high. */
const CURVE_STEPS = 5;

const READ = new Map<Weight, Typeface>();

/** Gives a weight; the first time it is read from its file, which takes a while. */
export function typefaceOf(weight: Weight): Typeface {
  const kept = READ.get(weight);
  if (kept !== undefined) return kept;
  const made = new Typeface(weight);
  READ.set(weight, made);
  return made;
}

class Typeface {
  readonly #weight: Weight;
  readonly #fonts: Font[] = [];
  readonly #glyphs = new Map<string, GlyphOutline>();
  readonly #digitAdvance: number;

  constructor(weight: Weight) {
    this.#weight = weight;
    const widths = [...'0123456789'].map((digit) => this.#advanceOf(digit));
    this.#digitAdvance = Math.max(...widths);
  }

  /** Width in pixels of a text. */
  width(text: string, size: number): number {
    let width = 0;
    for (const character of text) width += this.#glyph(character).advance * size;
    return width;
  }

  /** Outlines of a text whose baseline begins at x, y. */
  outline(text: string, size: number, x: number, y: number): Outline {
    const contours: number[][] = [];
    let at = x;
    for (const character of text) {
      const glyph = this.#glyph(character);
      for (const contour of glyph.contours) {
        contours.push(contour.map((value, index) => value * size + (index % 2 === 0 ? at : y)));
      }
      at += glyph.advance * size;
    }
    return contours;
  }

  /** Digits all take the same width, so that a running clock stands still. */
  #glyph(character: string): GlyphOutline {
    const kept = this.#glyphs.get(character);
    if (kept !== undefined) return kept;
    const isDigit = character >= '0' && character <= '9';
    const own = this.#advanceOf(character);
    const advance = isDigit ? this.#digitAdvance : own;
    const shift = (advance - own) / 2;
    const made = {
      advance,
      contours: flatten(this.#fontOf(character).charToGlyph(character), shift),
    };
    this.#glyphs.set(character, made);
    return made;
  }

  #advanceOf(character: string): number {
    const font = this.#fontOf(character);
    return (font.charToGlyph(character).advanceWidth ?? 0) / font.unitsPerEm;
  }

  /** The first part that has the character; the first of all if none has. */
  #fontOf(character: string): Font {
    for (const at of PARTS.keys()) {
      const font = this.#part(at);
      if (font.charToGlyph(character).index !== 0) return font;
    }
    return this.#part(0);
  }

  #part(at: number): Font {
    return (this.#fonts[at] ??= readFont(PARTS[at] ?? PARTS[0], this.#weight));
  }
}

function readFont(part: (typeof PARTS)[number], weight: Weight): Font {
  const path = createRequire(import.meta.url).resolve(
    `@fontsource/inter/files/inter-${part}-${weight}-normal.woff`,
  );
  return opentype.parse(Uint8Array.from(readFileSync(path)).buffer);
}

function flatten(glyph: GlyphSource, shift: number): Outline {
  const contours: number[][] = [];
  let points: number[] = [];
  let x = shift;
  let y = 0;
  for (const command of glyph.getPath(shift, 0, 1).commands) {
    const toX = command.x ?? x;
    const toY = command.y ?? y;
    if (command.type === 'M') {
      points = [toX, toY];
      contours.push(points);
    } else if (command.type === 'L') {
      points.push(toX, toY);
    } else if (command.type === 'Q' || command.type === 'C') {
      const { x1 = x, y1 = y } = command;
      // A quadratic curve is a cubic one whose controls lie two thirds of the way to its own.
      const [c1x, c1y, c2x, c2y] =
        command.type === 'C'
          ? [x1, y1, command.x2 ?? x1, command.y2 ?? y1]
          : [
              x + (2 / 3) * (x1 - x),
              y + (2 / 3) * (y1 - y),
              toX + (2 / 3) * (x1 - toX),
              toY + (2 / 3) * (y1 - toY),
            ];
      for (let step = 1; step <= CURVE_STEPS; step += 1) {
        const t = step / CURVE_STEPS;
        points.push(cubic(x, c1x, c2x, toX, t), cubic(y, c1y, c2y, toY, t));
      }
    }
    x = toX;
    y = toY;
  }
  return contours;
}

type GlyphSource = Pick<ReturnType<ReturnType<typeof opentype.parse>['charToGlyph']>, 'getPath'>;

function cubic(a: number, b: number, c: number, d: number, t: number): number {
  const s = 1 - t;
  return s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d;
}

/**
 * Turns a cine's frames into what the demo's image area shows: cropped, enlarged, still as palette indices.
 *
 * The burned-in text of the old machine is left out, because the demo draws its own. Enlarging mixes
 * neighbouring colours and then takes the nearest one of the palette, so that a frame stays one byte a
 * pixel and gain is a matter of the palette alone. The trace at the bottom does not zoom with the depth.
 */
import type { Rectangle } from '@chaperone/protocol/rfb/client-message.ts';
import type { Cine, Palette } from './cine.ts';

/** Texts of the machine on which the sample was taken, in pixels of the cine. */
const BURNED_IN: readonly Rectangle[] = [
  { x: 0, y: 0, width: 150, height: 72 },
  { x: 0, y: 108, width: 60, height: 22 },
  { x: 0, y: 164, width: 100, height: 104 },
  { x: 536, y: 0, width: 64, height: 430 },
  { x: 60, y: 266, width: 24, height: 16 },
  { x: 518, y: 266, width: 24, height: 16 },
];
/** Where the sector's tip lies in the cine. */
const APEX_X = 301;
/** Rows of the cine from here on hold the trace. */
const TRACE_TOP = 358;
/** The depth at which the sample was taken. */
export const NATIVE_DEPTH_CM = 16;
/** Pixels of the view for one pixel of the cine at that depth. */
const NATIVE_SCALE = 2;
/** Pixels of the cine for a centimetre. */
const CINE_PIXELS_PER_CM = 21.6;

export interface ViewSize {
  readonly width: number;
  readonly height: number;
}

/** Pixels of the view for a centimetre of tissue. */
export function viewPixelsPerCm(depthCm: number): number {
  return (CINE_PIXELS_PER_CM * NATIVE_SCALE * NATIVE_DEPTH_CM) / depthCm;
}

/** Enlarges frames on demand and keeps them until the depth changes. */
export class CineView {
  readonly #cine: Cine;
  readonly #size: ViewSize;
  readonly #nearest: NearestColour;
  readonly #clean: readonly Uint8Array[];
  readonly #black: number;
  #depthCm = NATIVE_DEPTH_CM;
  #isColour = true;
  #frames = new Map<number, Uint8Array>();

  constructor(cine: Cine, size: ViewSize) {
    this.#cine = cine;
    this.#size = size;
    this.#nearest = new NearestColour(cine.palette);
    this.#black = this.#nearest.index(0, 0, 0);
    this.#clean = cine.frames.map((frame) => withoutText(frame, cine.width, this.#black));
  }

  /** Chooses the depth that fills the view's height, and whether flow is shown. */
  set(depthCm: number, isColour: boolean): void {
    if (depthCm === this.#depthCm && isColour === this.#isColour) return;
    this.#depthCm = depthCm;
    this.#isColour = isColour;
    this.#frames.clear();
  }

  /** Returns the palette indices of one frame, row by row. */
  frame(index: number): Uint8Array {
    const kept = this.#frames.get(index);
    if (kept !== undefined) return kept;
    const source = this.#clean[index % this.#clean.length];
    if (source === undefined) return new Uint8Array(0);
    const made = this.#enlarge(this.#isColour ? source : this.#withoutFlow(source));
    this.#frames.set(index, made);
    return made;
  }

  /** Tissue is grey; everything else above the trace is flow or a line of the machine. Blood is black. */
  #withoutFlow(source: Uint8Array): Uint8Array {
    const isGrey = [...this.#cine.palette].map(
      (value) => value >> 16 === (value & 255) && ((value >> 8) & 255) === (value & 255),
    );
    const traceAt = TRACE_TOP * this.#cine.width;
    return source.map((index, at) =>
      at >= traceAt || isGrey[index] === true ? index : this.#black,
    );
  }

  #enlarge(source: Uint8Array): Uint8Array {
    const { width, height } = this.#size;
    const out = new Uint8Array(width * height);
    const zoomed = (NATIVE_SCALE * NATIVE_DEPTH_CM) / this.#depthCm;
    for (let y = 0; y < height; y += 1) {
      const isTrace = y >= TRACE_TOP * NATIVE_SCALE;
      const scale = isTrace ? NATIVE_SCALE : zoomed;
      const sourceY = (y + 0.5) / scale - 0.5;
      // Zoomed-out rows must not run into the trace.
      if (!isTrace && sourceY > TRACE_TOP - 1) continue;
      this.#enlargeRow(source, out, y * width, sourceY, scale);
    }
    return out;
  }

  #enlargeRow(
    source: Uint8Array,
    out: Uint8Array,
    outAt: number,
    sourceY: number,
    scale: number,
  ): void {
    const { width: cineWidth, height: cineHeight, palette } = this.#cine;
    const { width } = this.#size;
    const y0 = clamp(Math.floor(sourceY), 0, cineHeight - 1);
    const y1 = Math.min(y0 + 1, cineHeight - 1);
    const fy = clamp(sourceY - y0, 0, 1);
    for (let x = 0; x < width; x += 1) {
      const sourceX = APEX_X + (x + 0.5 - width / 2) / scale - 0.5;
      if (sourceX < 0 || sourceX > cineWidth - 1) continue;
      const x0 = Math.floor(sourceX);
      const x1 = Math.min(x0 + 1, cineWidth - 1);
      const a = source[y0 * cineWidth + x0] ?? 0;
      const b = source[y0 * cineWidth + x1] ?? 0;
      const c = source[y1 * cineWidth + x0] ?? 0;
      const d = source[y1 * cineWidth + x1] ?? 0;
      if (a === b && a === c && a === d) {
        out[outAt + x] = a;
        continue;
      }
      const fx = sourceX - x0;
      const wa = (1 - fx) * (1 - fy);
      const wb = fx * (1 - fy);
      const wc = (1 - fx) * fy;
      const wd = fx * fy;
      const pa = palette[a] ?? 0;
      const pb = palette[b] ?? 0;
      const pc = palette[c] ?? 0;
      const pd = palette[d] ?? 0;
      out[outAt + x] = this.#nearest.index(
        (pa >> 16) * wa + (pb >> 16) * wb + (pc >> 16) * wc + (pd >> 16) * wd,
        ((pa >> 8) & 255) * wa +
          ((pb >> 8) & 255) * wb +
          ((pc >> 8) & 255) * wc +
          ((pd >> 8) & 255) * wd,
        (pa & 255) * wa + (pb & 255) * wb + (pc & 255) * wc + (pd & 255) * wd,
      );
    }
  }
}

/**
 * Finds the palette's nearest colour: by a table of greys, and by one of 32 steps a channel for the rest. Both are filled as
 * they are asked for: all of it at once holds up the agent when a screen is opened.
 */
class NearestColour {
  readonly #palette: Palette;
  readonly #greys = new Int16Array(256).fill(NOT_SOUGHT);
  readonly #colours = new Int16Array(32 * 32 * 32).fill(NOT_SOUGHT);

  constructor(palette: Palette) {
    this.#palette = palette;
  }

  index(red: number, green: number, blue: number): number {
    const high = Math.max(red, green, blue);
    const low = Math.min(red, green, blue);
    if (high - low < 6) {
      const level = Math.round((red + green + blue) / 3);
      const known = this.#greys[level] ?? NOT_SOUGHT;
      if (known !== NOT_SOUGHT) return known;
      return (this.#greys[level] = this.#nearest(level, level, level));
    }
    const at = ((red >> 3) << 10) | ((green >> 3) << 5) | (blue >> 3);
    const known = this.#colours[at] ?? NOT_SOUGHT;
    if (known !== NOT_SOUGHT) return known;
    const channel = (shift: number): number => ((at >> shift) & 31) * 8 + 4;
    return (this.#colours[at] = this.#nearest(channel(10), channel(5), channel(0)));
  }

  #nearest(red: number, green: number, blue: number): number {
    const palette = this.#palette;
    let best = 0;
    let bestDistance = Infinity;
    for (let index = 0; index < palette.length; index += 1) {
      const colour = palette[index] ?? 0;
      const r = (colour >> 16) - red;
      const g = ((colour >> 8) & 255) - green;
      const b = (colour & 255) - blue;
      const distance = 2 * r * r + 4 * g * g + 3 * b * b;
      if (distance >= bestDistance) continue;
      best = index;
      bestDistance = distance;
    }
    return best;
  }
}

/** In a table: nobody has asked for this colour yet. */
const NOT_SOUGHT = -1;

function withoutText(frame: Uint8Array, width: number, black: number): Uint8Array {
  const clean = Uint8Array.from(frame);
  for (const area of BURNED_IN) {
    for (let y = area.y; y < area.y + area.height; y += 1) {
      clean.fill(black, y * width + area.x, y * width + area.x + area.width);
    }
  }
  return clean;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

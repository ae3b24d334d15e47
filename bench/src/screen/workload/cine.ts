/**
 * The film: the demo's real echo, enlarged to 800x600, with speckle of its own at that size.
 *
 * Ten real frames alone would be too kind: enlarged they are smooth, and repeated they are known. So each of twenty-five frames
 * has grain as ultrasound has it, wider than high, that lives on from one to the next by three quarters. It comes from a
 * fixed seed: each process that asks has the same film.
 */
import { CineView } from '@chaperone/cart/screen/demo/cine-view.ts';
import type { Cine } from '@chaperone/cart/screen/demo/cine.ts';
import { readSample } from '@chaperone/cart/screen/demo/sample.ts';
import { drawCode } from './frame-code.ts';
import { CINE } from './layout.ts';
import type { Scene } from './plan.ts';

/** Different frames; then they come again. */
const FRAMES = 25;
/** How much of the grain lives on in the next frame. */
const KEPT = 0.75;
/** Frames before the first, in which the grain becomes as strong as it stays. */
const RUN_UP = 12;
/** How strong grain is on tissue, and on flow. */
const GRAIN = { grey: 0.28, colour: 0.12 } as const;
/** Pixels over which grain is smeared to each side. */
const SMEAR = { x: 2, y: 1 } as const;
/** The depth at which the whole sector is in the view. */
export const WHOLE_DEPTH_CM = 20;
const SEED = 0x2f6e_2b1d;

export type Kind = 'grey' | 'colour';

export class CineFilm {
  readonly #cine: Cine = readSample();
  readonly #view = new CineView(this.#cine, CINE);
  readonly #grain = grains();
  readonly #made = new Map<string, Uint32Array>();

  /** Returns the frame of a step with its number in it: 0xRRGGBB each pixel; another each time. */
  frame(kind: Kind, step: number): Uint32Array {
    const frame = this.image(kind, step, WHOLE_DEPTH_CM).slice();
    drawCode(frame, step + 1);
    return frame;
  }

  /** Returns the picture of a step at a depth, without a number; it is kept and must not be drawn into. */
  image(kind: Kind, step: number, depthCm: number): Uint32Array {
    const at = step % FRAMES;
    const name = `${kind} ${at} ${depthCm}`;
    const made = this.#made.get(name) ?? this.#make(kind, at, depthCm);
    this.#made.set(name, made);
    return made;
  }

  /** Makes the frames of a plan's films before they are asked for. */
  prepare(plan: readonly Scene[]): void {
    for (const { name, first, steps } of plan) {
      if (name !== 'grey' && name !== 'colour') continue;
      for (let at = 0; at < Math.min(FRAMES, steps); at += 1) {
        this.image(name, first + at, WHOLE_DEPTH_CM);
      }
    }
  }

  #make(kind: Kind, at: number, depthCm: number): Uint32Array {
    this.#view.set(depthCm, kind === 'colour');
    const indices = this.#view.frame(at % this.#cine.frames.length);
    const grain = this.#grain[at] ?? new Float32Array(indices.length);
    const { palette } = this.#cine;
    const frame = new Uint32Array(indices.length);
    for (let pixel = 0; pixel < frame.length; pixel += 1) {
      const colour = palette[indices[pixel] ?? 0] ?? 0;
      frame[pixel] = colour === 0 ? 0 : grained(colour, grain[pixel] ?? 0);
    }
    return frame;
  }
}

function grained(colour: number, grain: number): number {
  const [red, green, blue] = [colour >> 16, (colour >> 8) & 255, colour & 255];
  const isGrey = red === green && green === blue;
  const factor = Math.max(0.1, 1 + grain * (isGrey ? GRAIN.grey : GRAIN.colour));
  const level = (channel: number): number => Math.min(255, Math.round(channel * factor));
  return (level(red) << 16) | (level(green) << 8) | level(blue);
}

/** Grain of each frame: about normal, of variance one. */
function grains(): readonly Float32Array[] {
  const random = randomOf(SEED);
  let kept = new Float32Array(CINE.width * CINE.height);
  const all: Float32Array[] = [];
  const fresh = Math.sqrt(1 - KEPT ** 2);
  for (let at = -RUN_UP; at < FRAMES; at += 1) {
    const noise = smeared(random);
    const next = new Float32Array(kept.length);
    for (let pixel = 0; pixel < next.length; pixel += 1) {
      next[pixel] = KEPT * (kept[pixel] ?? 0) + fresh * (noise[pixel] ?? 0);
    }
    kept = next;
    if (at >= 0) all.push(next);
  }
  return all;
}

/** White noise, averaged over a box and brought back to a variance of one. */
function smeared(random: () => number): Float32Array {
  const { width, height } = CINE;
  const white = new Float32Array(width * height);
  for (let at = 0; at < white.length; at += 1) white[at] = random();
  const box = summed(summed(white, SMEAR.x, 1), SMEAR.y, width);
  // A uniform number from -1 to 1 has a variance of a third; a sum of n of them, n times that.
  const scale = Math.sqrt(3 / ((2 * SMEAR.x + 1) * (2 * SMEAR.y + 1)));
  for (let at = 0; at < box.length; at += 1) box[at] = (box[at] ?? 0) * scale;
  return box;
}

/** Sums over so many neighbours on each side, so far apart; none at the two ends of the field. */
function summed(field: Float32Array, reach: number, apart: number): Float32Array {
  const sums = new Float32Array(field.length);
  const rim = reach * apart;
  for (let at = rim; at < field.length - rim; at += 1) {
    let sum = 0;
    for (let from = at - rim; from <= at + rim; from += apart) sum += field[from] ?? 0;
    sums[at] = sum;
  }
  return sums;
}

/** Xorshift: numbers from -1 to 1. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 0x8000_0000;
  };
}

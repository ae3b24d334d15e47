/**
 * Judges what a viewer got against what was drawn: which frames it saw and when, how near they were to the truth, and how many
 * pixels were wrong a second after everything stood still.
 */
import type { Recording } from '../meter/recording.ts';
import { readCode } from '../workload/frame-code.ts';
import { CINE, SCREEN } from '../workload/layout.ts';
import type { Scene, SceneName } from '../workload/plan.ts';
import type { CineFilm, Kind } from '../workload/cine.ts';
import { Workload } from '../workload/workload.ts';
import { ViewerPicture } from './viewer-picture.ts';

/** Steps between frames that are compared: no divisor of the film's length, so that different ones are. */
const COMPARED_STEPS = 17;
/** Steps at the beginning of a scene that are not compared or counted: encoders find their pace in them. */
export const SETTLE_STEPS = 50;
/** After this long everything must be right. */
const STILL_MS = 1000;

export interface Seen {
  readonly step: number;
  /** From when it was drawn to when it had come whole, milliseconds. */
  readonly latencyMs: number;
  readonly atMs: number;
}
export interface Judgement {
  /** Frames in the order in which they were first seen. */
  readonly seen: readonly Seen[];
  /** Squared error of the frames that were compared, a mean over all channels of the film. */
  readonly errors: Readonly<Record<Kind, readonly number[]>>;
  /** Pixels that were wrong a second after a scene stood still. */
  readonly wrong: readonly { readonly scene: SceneName; readonly pixels: number }[];
}

/** @param drawnMs when each step was drawn */
export async function judge(
  recording: Recording,
  path: string,
  plan: readonly Scene[],
  drawnMs: readonly number[],
  film: CineFilm,
): Promise<Judgement> {
  const picture = new ViewerPicture(recording, path);
  const truth = new Truth(plan, film);
  const seen = new Map<number, Seen>();
  const errors = { grey: [] as number[], colour: [] as number[] };
  const wrong: { scene: SceneName; pixels: number }[] = [];
  const checks = plan
    .flatMap(({ name, stillFrom }) => (stillFrom === null ? [] : [{ name, step: stillFrom }]))
    .map((check) => ({ ...check, atMs: (drawnMs[check.step] ?? Infinity) + STILL_MS }));
  // Before each piece: what came later than a check is not what the viewer had at that time.
  const check = (untilMs: number): void => {
    for (let next = checks[0]; next !== undefined && next.atMs < untilMs; next = checks[0]) {
      checks.shift();
      wrong.push({ scene: next.name, pixels: differing(picture.pixels, truth.at(next.step)) });
    }
  };
  const dueAt = { grey: 0, colour: 0 };
  await picture.draw(check, (atMs) => {
    const step = (readCode(picture.pixels) ?? 0) - 1;
    if (step < 0 || seen.has(step)) return;
    seen.set(step, { step, atMs, latencyMs: atMs - (drawnMs[step] ?? Infinity) });
    const scene = plan.find(({ first, steps }) => step >= first && step < first + steps);
    if (scene?.name !== 'grey' && scene?.name !== 'colour') return;
    if (step < Math.max(dueAt[scene.name], scene.first + SETTLE_STEPS)) return;
    dueAt[scene.name] = step + COMPARED_STEPS;
    errors[scene.name].push(meanSquare(picture.pixels, film.frame(scene.name, step)));
  });
  check(Infinity);
  return { seen: [...seen.values()], errors, wrong };
}

/** Signal to noise of frames of which these are the mean squared errors; Infinity when all are exact. */
export function decibelsOf(errors: readonly number[]): number {
  const mean = errors.reduce((sum, each) => sum + each, 0) / errors.length;
  return 10 * Math.log10(255 ** 2 / mean);
}

/** The whole screen as it was drawn. */
class Truth {
  readonly #workload: Workload;
  #next = 0;

  constructor(plan: readonly Scene[], film: CineFilm) {
    this.#workload = new Workload(plan, film);
  }

  /** Steps are asked for in their order. */
  at(step: number): Uint32Array {
    for (; this.#next <= step; this.#next += 1) this.#workload.step(this.#next);
    return this.#workload.canvas.pixels;
  }
}

function differing(pixels: Uint32Array, truth: Uint32Array): number {
  let count = 0;
  for (let at = 0; at < truth.length; at += 1) if (pixels[at] !== truth[at]) count += 1;
  return count;
}

/** Mean of the squared differences of red, green and blue over the film's place. */
function meanSquare(picture: Uint32Array, frame: Uint32Array): number {
  let sum = 0;
  for (let y = 0; y < CINE.height; y += 1) {
    const row = (CINE.y + y) * SCREEN.width + CINE.x;
    for (let x = 0; x < CINE.width; x += 1) {
      const [one, other] = [picture[row + x] ?? 0, frame[y * CINE.width + x] ?? 0];
      if (one === other) continue;
      sum += ((one >> 16) - (other >> 16)) ** 2;
      sum += (((one >> 8) & 255) - ((other >> 8) & 255)) ** 2;
      sum += ((one & 255) - (other & 255)) ** 2;
    }
  }
  return sum / (3 * frame.length);
}

/**
 * When what is on the screen: scenes one after the other, counted in steps of the film (25 a second).
 *
 * Only the two cine scenes move all the time. In each of the others something happens first, and nothing at all in its last
 * second and a half, so that it can be seen when every pixel is right.
 */
import { FRAMES_PER_SECOND } from './layout.ts';

export const SCENES = ['grey', 'freeze', 'menus', 'typing', 'zoom', 'colour', 'still'] as const;
export type SceneName = (typeof SCENES)[number];

/** Seconds of each in a workload of sixty. */
const SECONDS: Readonly<Record<SceneName, number>> = {
  grey: 18,
  freeze: 6,
  menus: 6,
  typing: 6,
  zoom: 4,
  colour: 15,
  still: 5,
};
const WHOLE_SECONDS = 60;
/** Steps at the end of a scene in which nothing happens. */
const TAIL_STEPS = Math.ceil(1.5 * FRAMES_PER_SECOND);
/** The shortest scene: something must happen before its tail. */
const STEPS_MIN = TAIL_STEPS + FRAMES_PER_SECOND;

export interface Scene {
  readonly name: SceneName;
  readonly first: number;
  readonly steps: number;
  /** The step from which on nothing changes; null in a scene that moves to its end. */
  readonly stillFrom: number | null;
}

/** Lays scenes out, in their order. @param seconds how long all seven would take */
export function planOf(seconds: number, names: readonly SceneName[] = SCENES): readonly Scene[] {
  let first = 0;
  return SCENES.filter((name) => names.includes(name)).map((name) => {
    const share = (SECONDS[name] * seconds) / WHOLE_SECONDS;
    const steps = Math.max(STEPS_MIN, Math.round(share * FRAMES_PER_SECOND));
    const scene = { name, first, steps, stillFrom: stillFrom(name, first, steps) };
    first += steps;
    return scene;
  });
}

/** How many steps a plan has. */
export function stepsOf(plan: readonly Scene[]): number {
  return plan.reduce((sum, { steps }) => sum + steps, 0);
}

function stillFrom(name: SceneName, first: number, steps: number): number | null {
  if (name === 'grey' || name === 'colour') return null;
  return name === 'freeze' || name === 'still' ? first : first + steps - TAIL_STEPS;
}

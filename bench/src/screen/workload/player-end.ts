/** The player, in a process of its own: draws a plan onto a display and says when each step was to be seen. */
import { serve } from '../../ends/serve.ts';
import { machineMs, untilMs } from '../clock.ts';
import { CineFilm } from './cine.ts';
import { FRAME_MS, SCREEN } from './layout.ts';
import { stepsOf } from './plan.ts';
import type { Scene } from './plan.ts';
import { showOn } from './show.ts';
import type { Shown } from './show.ts';
import { Workload } from './workload.ts';

const film = new CineFilm();
let shown: Shown | null = null;
let workload: Workload | null = null;

/** Draws the machine as it is before the first step. */
async function prepare({ display, plan }: Preparation): Promise<null> {
  shown = await showOn(display);
  workload = new Workload(plan, film);
  // Frames are made when they are first asked for: not while they are to be shown.
  workload.film.prepare(plan);
  await shown.show(workload.canvas.pixels, [{ x: 0, y: 0, ...SCREEN }]);
  return null;
}

/** Plays the plan from a moment on. A step that is late is shown at once, and none is left out. */
async function play({ plan, fromMs }: Playing): Promise<readonly number[]> {
  if (shown === null || workload === null) throw new Error('nothing has been prepared');
  const drawnMs: number[] = [];
  const steps = stepsOf(plan);
  for (let step = 0; step < steps; step += 1) {
    const areas = workload.step(step);
    await untilMs(fromMs + step * FRAME_MS);
    if (areas.length > 0) await shown.show(workload.canvas.pixels, areas);
    drawnMs.push(machineMs());
  }
  return drawnMs;
}

/** Lets go of the display, which ends soon. */
function leave(): null {
  shown?.close();
  shown = null;
  return null;
}

export interface Preparation {
  readonly display: string;
  readonly plan: readonly Scene[];
}
export interface Playing {
  readonly plan: readonly Scene[];
  readonly fromMs: number;
}

serve({ prepare, play, leave });

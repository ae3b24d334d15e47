/** Runs one schedule to its end: equal schedules and rules give equal traces. */
import { DEFAULT_SESSION_LIMITS } from '@chaperone/domain/session/limits.ts';
import { REQUEST_SHOWN_MS } from '../cart/request-check.ts';
import { Ghost } from '../ghost/ghost.ts';
import type { Rules } from '../rules/rules.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { Trace } from '../world/trace.ts';
import type { TraceLine } from '../world/trace.ts';
import { World } from '../world/world.ts';
import type { Broken } from '../world/world.ts';
import { Stage } from './stage.ts';

export interface Outcome {
  readonly seed: number;
  readonly broken: Broken | null;
  /** Of the whole trace. */
  readonly digest: string;
  readonly steps: number;
  readonly lines: readonly TraceLine[];
  /** What this schedule has reached. */
  readonly reached: ReadonlySet<string>;
}

/** Longer than all limits of a session together. */
const ALL_LIMITS_MS = Object.values(DEFAULT_SESSION_LIMITS).reduce((sum, each) => sum + each, 0);
/** Destructions are asked for again so often at the end: each may have stopped at a full disk. */
const ASKED_AGAIN = 3;

/**
 * Runs a schedule.
 * @param keepsLines whether the trace is kept as text
 */
export async function runSchedule(
  schedule: Schedule,
  rules: Rules,
  keepsLines = false,
): Promise<Outcome> {
  const trace = new Trace(keepsLines);
  const reached = new Set<string>();
  const ghost = new Ghost(schedule.limits, REQUEST_SHOWN_MS);
  const world = new World({ rules, faults: schedule.faults, trace, ghost, reached });
  const stage = new Stage(world, schedule.wantsSecond);
  for (const command of schedule.commands) {
    await world.advance(stage.dueMs(command.pace));
    if (world.broken !== null) break;
    stage.perform(command);
    await world.settle();
    // A liar has said for itself what it did.
    if (command.kind !== 'lie') world.note(actorOf(command.kind), command.kind);
    world.observe({ is: 'looked', state: stage.cart.state });
    if (world.broken !== null) break;
  }
  if (world.broken === null) await comeToTheEnd(stage);
  const { broken } = world;
  const { digest, steps, lines } = trace;
  return { seed: schedule.seed, broken, digest, steps, lines, reached };
}

/** Repairs everything, lets every limit pass, and looks what is left. */
async function comeToTheEnd(stage: Stage): Promise<void> {
  const { world, gateway, cart } = stage;
  await world.advance(world.nowMs + 30_000);
  stage.heal();
  world.note('world', 'everything is repaired');
  for (let times = 0; times < ASKED_AGAIN; times += 1) {
    gateway.cases.resume();
    await world.advance(world.nowMs + 5000);
  }
  await world.advance(world.nowMs + 2 * ALL_LIMITS_MS);
  const unfinished = [...world.ghost.decided].filter((id) => !world.ghost.certified.has(id));
  const readable = [...gateway.disk.cases.keys()].filter((id) => gateway.disk.isReadable(id));
  world.observe({ is: 'healed', state: cart.state, unfinished, readable });
}

function actorOf(kind: string): string {
  const [who = ''] = kind.split('-', 1);
  return who === 'operator' || who === 'technician' || who === 'desk' ? who : 'fault';
}

/**
 * How soon the gateway is there, how small it is when idle, and how soon a technician sees the screen: the programs as a
 * person starts them, on the embedded default. There is no peer; the figures are a person's patience.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { startDay } from '@chaperone/test/scenario/day.ts';
import type { Day } from '@chaperone/test/scenario/day.ts';
import type { Bench, Result, Say } from '../bench.ts';
import { median, spread } from '../statistics/statistics.ts';

const STARTS = 5;
const SESSIONS = 5;
/** Long enough for what was needed at the start to be given back. */
const IDLE_MS = 10_000;
const MOST = { startMs: 3000, idleMB: 150, firstFrameMs: 1000 } as const;

export const startBench: Bench = {
  name: 'start',
  does: 'gateway: start to listening, memory when idle; press to first frame',
  async run(say) {
    await using day = await startDay();
    const frames = await firstFrames(day, say);
    const starts = await startTimes(day, say);
    return [starts, await idleMemory(day, say), frames];
  },
};

/** From the start of the program to its saying that it listens. */
async function startTimes(day: Day, say: Say): Promise<Result> {
  const took: number[] = [];
  for (let turn = 0; turn < STARTS; turn += 1) {
    await day.system.gateway.stop();
    const began = performance.now();
    await day.system.restartGateway();
    took.push(performance.now() - began);
  }
  say(`start to listening: ${spread(took)} ms`);
  return resultOf('start to listening', 'ms', median(took), MOST.startMs);
}

/** The resident set of a gateway that was started and let alone. */
async function idleMemory(day: Day, say: Say): Promise<Result> {
  say(`the gateway is left alone for ${IDLE_MS / 1000} s …`);
  await pause(IDLE_MS);
  const status = await readFile(`/proc/${day.system.gateway.pid}/status`, 'utf8');
  const kibibytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN);
  return resultOf('gateway idle, resident', 'MB', (kibibytes * 1024) / 1e6, MOST.idleMB);
}

/** From the press to the first whole picture at the technician's viewer, nobody hesitating. */
async function firstFrames(day: Day, say: Say): Promise<Result> {
  const took: number[] = [];
  for (let turn = 0; turn < SESSIONS; turn += 1) {
    const began = performance.now();
    await day.openSession(['view']);
    const viewer = await day.technician.openScreen(day.opened.id);
    await viewer.nextFrames(1);
    took.push(performance.now() - began);
    viewer.close();
    await day.operator.end();
    await day.operator.viewWhen('the end', (view) => view.phase === 'ended');
    await day.technician.sessionWhen(day.opened.id, (session) => session.grant === null);
  }
  say(`press to first frame: ${spread(took)} ms`);
  return resultOf('press to first frame', 'ms', median(took), MOST.firstFrameMs);
}

function resultOf(name: string, unit: string, value: number, most: number): Result {
  return { name, value, unit, target: `≤ ${most} ${unit}`, peer: null, ok: value <= most };
}

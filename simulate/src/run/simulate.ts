/**
 * Runs many seeds on several cores, and shows a failing one.
 *
 * Seeds go out in chunks to whichever worker is free; a chunk's tally does not depend on who ran it.
 */
import { Worker } from 'node:worker_threads';
import { PLANTED, withFault } from '../planted/planted.ts';
import { PRODUCTION } from '../rules/rules.ts';
import type { Rules } from '../rules/rules.ts';
import { scheduleOf } from '../schedule/schedule.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { shrink } from '../schedule/shrink.ts';
import { NOTHING, add } from './batch.ts';
import type { Tally } from './batch.ts';
import { runSchedule } from './run-schedule.ts';
import type { Outcome } from './run-schedule.ts';

/** Seeds that a worker gets at once: a second's work, so that progress is seen and nobody waits long at the end. */
const CHUNK = 2000;

export interface Chunk {
  readonly from: number;
  readonly to: number;
}

export interface SimulateOptions {
  readonly from: number;
  readonly seeds: number;
  readonly workers: number;
  /** The name of a planted fault, or null for the production rules. */
  readonly fault: string | null;
  readonly progress: (tally: Tally) => void;
}

/** The production rules, or those with a planted fault in them. */
export function rulesWith(fault: string | null): Rules {
  const planted = PLANTED.find(({ name }) => name === fault);
  return planted === undefined ? PRODUCTION : withFault(PRODUCTION, planted);
}

/** Runs the seeds on worker threads; stops handing out seeds after the first chunk with a failure. */
export async function simulate(options: SimulateOptions): Promise<Tally> {
  const chunks = chunksOf(options);
  let tally = NOTHING;
  const runOne = async (): Promise<void> => {
    const worker = new Worker(new URL('worker.ts', import.meta.url), {
      workerData: { fault: options.fault },
      // What a schedule makes dies with it: a wide nursery finds it dead.
      resourceLimits: { maxYoungGenerationSizeMb: 64 },
    });
    try {
      for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
        const more = await ask(worker, chunk);
        tally = add(tally, more);
        options.progress(tally);
        if (tally.failed > 0) chunks.length = 0;
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: options.workers }, runOne));
  return tally;
}

/** Runs one seed with its whole trace. */
export async function replay(seed: number, rules: Rules): Promise<[Outcome, Schedule]> {
  const schedule = scheduleOf(seed);
  return [await runSchedule(schedule, rules, true), schedule];
}

/** Makes a failing schedule as short as it gets, with its trace. */
export async function shortest(
  schedule: Schedule,
  invariant: string,
  rules: Rules,
): Promise<[Outcome, Schedule]> {
  const short = await shrink(schedule, async (candidate) => {
    const { broken } = await runSchedule(candidate, rules);
    return broken?.invariant === invariant;
  });
  return [await runSchedule(short, rules, true), short];
}

function chunksOf({ from, seeds }: SimulateOptions): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 0; at < seeds; at += CHUNK) {
    chunks.push({ from: from + at, to: from + Math.min(seeds, at + CHUNK) });
  }
  return chunks;
}

function ask(worker: Worker, chunk: Chunk): Promise<Tally> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      worker.off('message', heard);
      worker.off('error', failed);
    };
    const heard = (tally: Tally): void => {
      settle();
      resolve(tally);
    };
    const failed = (fault: unknown): void => {
      settle();
      reject(fault instanceof Error ? fault : new Error(String(fault)));
    };
    worker.on('message', heard);
    worker.on('error', failed);
    worker.postMessage(chunk);
  });
}

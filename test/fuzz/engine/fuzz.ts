/**
 * Feeds a target with changed inputs until the runs or the time are over, or a finding comes.
 *
 * A finding is an error that the target does not list, a promise that does not hold, or a feed that takes longer than
 * a watchdog's seconds. It is made smaller first, then told so that it can be kept: target, seed, run, input.
 */
import type { Target } from '../target.ts';
import { changeBytes } from './change-bytes.ts';
import { changeJSON } from './change-json.ts';
import { Chance } from './chance.ts';

/** A feed of an input of at most 128 KiB takes milliseconds. This only tells a hang from a slow machine. */
const FEED_MS_MAX = 20_000;
/** Attempts at making a finding smaller. */
const SHRINKS_MAX = 600;
const SHOWN_CHARACTERS_MAX = 16_384;

export interface Tally {
  readonly runs: number;
  readonly accepted: number;
  readonly refused: number;
}

export interface Course {
  readonly seed: number;
  readonly runs: number;
  /** Ends the course earlier, by `performance.now()`. */
  readonly untilMs?: number;
}

/** One input that a target must not be troubled by again. */
export interface Vector {
  /** Why it is kept. */
  readonly why: string;
  readonly base64: string;
  readonly outcome: 'accepted' | 'refused';
}

export class Finding extends Error {
  override readonly name = 'Finding';
}

export interface Outcome {
  readonly is: 'accepted' | 'refused' | 'finding';
  readonly cause?: unknown;
}

/** Runs one course on one target. @throws Finding */
export async function fuzz(target: Target, { seed, runs, untilMs }: Course): Promise<Tally> {
  const seeds = (await target.seeds()).map((each) => Buffer.from(each));
  let accepted = 0;
  let run = 0;
  for (; run < runs; run += 1) {
    if (untilMs !== undefined && performance.now() >= untilMs) break;
    // The first runs show that what the product writes is read.
    const own = run < seeds.length ? seeds[run] : undefined;
    const input = own ?? (await nextInput(target, seeds, Chance.of(seed, run)));
    const outcome = await outcomeOf(target, Buffer.from(input));
    if (own !== undefined && outcome.is === 'refused') {
      throw new Finding(`${target.name} refuses its own seed ${run}.`, { cause: outcome.cause });
    }
    if (outcome.is === 'finding') throw await describe(target, seed, run, input, outcome.cause);
    if (outcome.is === 'accepted') accepted += 1;
  }
  return { runs: run, accepted, refused: run - accepted };
}

/** Feeds each truncation of each seed, at most so many bytes of it. @throws Finding */
export async function truncate(target: Target, bytesMax: number): Promise<number> {
  let fed = 0;
  for (const seed of (await target.seeds()).map((each) => Buffer.from(each))) {
    // Every place of a short seed; of a long one so many, spread over it.
    const step = Math.max(1, Math.floor(seed.length / bytesMax));
    for (let length = 0; length < seed.length; length += step) {
      const input = seed.subarray(0, length);
      const outcome = await outcomeOf(target, Buffer.from(input));
      fed += 1;
      if (outcome.is === 'finding') throw await describe(target, 0, length, input, outcome.cause);
    }
  }
  return fed;
}

/** Feeds one input and says what came of it. @throws Finding when that is not what the vector says */
export async function replay(target: Target, vector: Vector): Promise<void> {
  const input = Buffer.from(vector.base64, 'base64');
  const { is, cause } = await outcomeOf(target, Buffer.from(input));
  if (is === vector.outcome) return;
  throw new Finding(`${target.name}: "${vector.why}" should be ${vector.outcome}, but is: ${is}.`, {
    cause,
  });
}

/** Makes the input of one run: a seed that was changed, or what the target itself makes. */
export async function nextInput(
  target: Target,
  seeds: readonly Buffer[],
  chance: Chance,
): Promise<Uint8Array> {
  if (target.vary !== undefined && chance.oneIn(2)) return await target.vary(chance);
  const seed = seeds.length === 0 ? Buffer.alloc(0) : chance.pick(seeds);
  if (chance.oneIn(200)) return chance.bytes(chance.below(64));
  const change = target.form === 'json' ? changeJSON : changeBytes;
  const changed = change(seed, chance, seeds);
  if (target.words === undefined || !chance.oneIn(3)) return changed;
  const at = chance.below(changed.length + 1);
  const word = Buffer.from(chance.pick(target.words));
  return Buffer.concat([changed.subarray(0, at), word, changed.subarray(at + chance.below(4))]);
}

/** Feeds one input and says what came of it. */
export async function outcomeOf(target: Target, input: Buffer): Promise<Outcome> {
  const beginMs = performance.now();
  const outcome = await feed(target, input);
  if (performance.now() - beginMs > FEED_MS_MAX) {
    return { is: 'finding', cause: new Error(`It took more than ${FEED_MS_MAX} ms.`) };
  }
  return outcome;
}

async function feed(target: Target, input: Buffer): Promise<Outcome> {
  const { promise: uncaught, reject } = Promise.withResolvers<never>();
  uncaught.catch(() => undefined);
  // What is thrown in a listener of a stream does not come back through the call.
  // A test runner listens to uncaught exceptions as well; this comes before its listeners.
  process.setUncaughtExceptionCaptureCallback(reject);
  try {
    await Promise.race([target.feed(input), uncaught]);
    return { is: 'accepted' };
  } catch (cause) {
    const isListed = target.refusals.some((refusal) => (cause as object)?.constructor === refusal);
    return { is: isListed ? 'refused' : 'finding', cause };
  } finally {
    process.setUncaughtExceptionCaptureCallback(null);
  }
}

/** Makes a finding smaller for as long as it stays of the same kind, and tells it. */
async function describe(
  target: Target,
  seed: number,
  run: number,
  input: Uint8Array,
  cause: unknown,
): Promise<Finding> {
  const kind = kindOf(cause);
  let smallest: Buffer = Buffer.from(input);
  let left = SHRINKS_MAX;
  for (let piece = Math.ceil(smallest.length / 2); piece >= 1 && left > 0;) {
    let isSmaller = false;
    for (let at = 0; at < smallest.length && left > 0; at += piece) {
      left -= 1;
      const without = Buffer.concat([smallest.subarray(0, at), smallest.subarray(at + piece)]);
      const outcome = await outcomeOf(target, Buffer.from(without));
      if (outcome.is !== 'finding' || kindOf(outcome.cause) !== kind) continue;
      smallest = without;
      isSmaller = true;
      at -= piece;
    }
    if (!isSmaller) piece = piece === 1 ? 0 : Math.ceil(piece / 2);
  }
  const vector = { why: kind, base64: smallest.toString('base64'), outcome: 'refused' };
  const lines = [
    `${target.name} (${target.entry}) met what it must not: ${kind}`,
    `seed ${seed}, run ${run}, ${input.length} bytes, made smaller to ${smallest.length}.`,
    `For test/fuzz/vectors/${target.name}.json, once it is mended:`,
    JSON.stringify(vector).slice(0, SHOWN_CHARACTERS_MAX),
  ];
  return new Finding(lines.join('\n'), { cause });
}

function kindOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  // Numbers differ from input to input where the fault is the same.
  return `${cause.name}: ${cause.message.slice(0, 120)}`.replaceAll(/-?\d+/g, '#');
}

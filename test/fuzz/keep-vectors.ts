/**
 * `node test/fuzz/keep-vectors.ts [part of a name]`: looks for inputs that are accepted or refused each in another way,
 * and keeps the shortest of each. Those that are kept already stay.
 *
 * `--check` forgets those whose outcome is another one in this process than in the one that found them: they hang on
 * keys that are made anew.
 */
import { nextInput, outcomeOf, replay } from './engine/fuzz.ts';
import type { Vector } from './engine/fuzz.ts';
import { Chance } from './engine/chance.ts';
import { readVectors, writeVectors } from './engine/vectors.ts';
import { TARGETS } from './targets.ts';
import type { Target } from './target.ts';

const RUNS = 4000;
const KEPT_MAX = 10;
const KEPT_BYTES_MAX = 1500;
const SEED = 20_261_124;

const isCheck = process.argv.includes('--check');
const part = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? '';
for (const target of TARGETS.filter(({ name }) => name.includes(part))) {
  const vectors = isCheck ? await steady(target) : await found(target);
  writeVectors(target, vectors);
  process.stdout.write(`${target.name}: ${vectors.length}\n`);
}

async function found(target: Target): Promise<readonly Vector[]> {
  const kept = readVectors(target);
  const ways = new Map<string, Vector>(kept.map((vector) => [vector.why, vector]));
  const own = (await target.seeds()).map((each) => Buffer.from(each));
  const runs = Math.ceil(RUNS * (target.weight ?? 1));
  for (let run = 0; run < runs; run += 1) {
    const input = Buffer.from(own[run] ?? (await nextInput(target, own, Chance.of(SEED, run))));
    if (input.length > KEPT_BYTES_MAX) continue;
    const { is, cause } = await outcomeOf(target, Buffer.from(input));
    if (is === 'finding') continue;
    const why = is === 'accepted' ? 'it is accepted' : wayOf(cause);
    const known = ways.get(why);
    const base64 = input.toString('base64');
    if (known !== undefined && known.base64.length <= base64.length) continue;
    if (known === undefined && ways.size >= KEPT_MAX) continue;
    if (known === undefined || !kept.includes(known)) ways.set(why, { why, outcome: is, base64 });
  }
  return [...ways.values()];
}

async function steady(target: Target): Promise<readonly Vector[]> {
  const vectors: Vector[] = [];
  for (const vector of readVectors(target)) {
    const holds = await replay(target, vector).then(
      () => true,
      () => false,
    );
    if (holds) vectors.push(vector);
  }
  return vectors;
}

/** What was said, with the cause's own words where all refusals say the same. */
function wayOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const inner = cause.cause instanceof Error ? ` (${cause.cause.message.slice(0, 60)})` : '';
  return `${cause.name}: ${cause.message.slice(0, 100)}${inner}`.replaceAll(/\d+|\/tmp\S*/g, '#');
}

/** Reads what a person asks of the simulator. */
import { parseArgs } from 'node:util';
import { PLANTED } from '../planted/planted.ts';

export type Wish =
  | { readonly kind: 'mistake'; readonly sentence: string }
  | { readonly kind: 'explain'; readonly text: string }
  | {
      readonly kind: 'one';
      readonly seed: number;
      readonly fault: string | null;
      readonly whole: boolean;
    }
  | {
      readonly kind: 'many';
      readonly from: number;
      readonly seeds: number;
      readonly workers: number;
      readonly fault: string | null;
    };

const SEEDS_DEFAULT = 20_000;
const SEEDS_MAX = 1_000_000_000;
const WORKERS_MAX = 64;
const OPTIONS = {
  seeds: { type: 'string' },
  from: { type: 'string' },
  seed: { type: 'string' },
  workers: { type: 'string' },
  bug: { type: 'string' },
  whole: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/**
 * Reads the command line.
 * @param cores how many workers there are when nobody says otherwise
 */
export function readArguments(args: readonly string[], cores: number): Wish {
  try {
    return wishOf(args, cores);
  } catch (mistake) {
    const sentence = mistake instanceof Error ? mistake.message : String(mistake);
    return { kind: 'mistake', sentence };
  }
}

function wishOf(args: readonly string[], cores: number): Wish {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help === true) return { kind: 'explain', text: explanation() };
  const fault = values.bug ?? null;
  if (fault !== null && !PLANTED.some(({ name }) => name === fault)) {
    throw new RangeError(`There is no planted fault "${fault}"; --help lists them.`);
  }
  if (values.seed !== undefined) {
    if (values.seeds !== undefined || values.from !== undefined) {
      throw new RangeError(
        '--seed replays one seed; --seeds and --from are for many. Use one of them.',
      );
    }
    const seed = whole('seed', values.seed, 0, Number.MAX_SAFE_INTEGER);
    return { kind: 'one', seed, fault, whole: values.whole === true };
  }
  const { seeds: many = String(SEEDS_DEFAULT), from: first = '0', workers: at = null } = values;
  const seeds = whole('seeds', many, 1, SEEDS_MAX);
  const from = whole('from', first, 0, Number.MAX_SAFE_INTEGER - SEEDS_MAX);
  const workers = at === null ? Math.min(cores, WORKERS_MAX) : whole('workers', at, 1, WORKERS_MAX);
  return { kind: 'many', from, seeds, workers, fault };
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new RangeError(`--${name} takes a whole number from ${least} to ${most}, not "${text}".`);
}

function explanation(): string {
  const faults = PLANTED.map(({ name, says }) => `  ${name.padEnd(28)}${says}`);
  return [
    'npm run simulate -- [--seeds N] [--from S] [--workers N]   many schedules, from seed S on',
    'npm run simulate -- --seed S [--whole]                     one schedule with its trace',
    '',
    '--bug NAME plants a fault, to see that it is found:',
    ...faults,
  ].join('\n');
}

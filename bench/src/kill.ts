/**
 * Two hundred kills: rounds of real work on real programs, with a kill -9 of the gateway, the cart or both in each, at moments
 * drawn from a seed. What is counted is what was lost: nothing may be.
 *
 * KILL_SEED gives a seed to replay (the one of a run is printed), KILL_ROUNDS another number of rounds. The rounds are those of
 * `test/fault/kill`; after a broken one the next begins on a new system.
 */
import { randomInt } from 'node:crypto';
import { playRounds } from '@chaperone/test/fault/kill/kill-rounds.ts';
import { PROMISES, brokenBy } from '@chaperone/test/fault/kill/promise.ts';
import type { SystemPromise } from '@chaperone/test/fault/kill/promise.ts';
import type { Bench, Result, Say } from './bench.ts';

const ROUNDS = 200;
const SEED_MAX = 2 ** 31;

const NAMES: Readonly<Record<SystemPromise, string>> = {
  acknowledged: 'acknowledged and lost',
  whole: 'not whole under a final name',
  destroyed: 'destructions incomplete',
  verified: 'verifications failed',
  alive: 'hung or did not start',
};

export const killBench: Bench = {
  name: 'kill',
  does: 'kill -9 of gateway and cart in 200 rounds of work: nothing acknowledged is lost',
  run: async (say) => await run(say),
};

async function run(say: Say): Promise<readonly Result[]> {
  const seed = Number(process.env['KILL_SEED'] ?? randomInt(SEED_MAX));
  const wanted = Number(process.env['KILL_ROUNDS'] ?? ROUNDS);
  say(`KILL_SEED=${seed}`);
  const outcome = { rounds: 0, acknowledged: 0, verifications: 0 };
  const broken = new Map<SystemPromise, number>();
  let played = 0;
  while (played < wanted) {
    const rounds = Array.from({ length: wanted - played }, (_, at) => played + at);
    const before = outcome.rounds;
    try {
      await playRounds({ seed, rounds, say }, outcome);
      played = wanted;
    } catch (fault) {
      const promise = brokenBy(fault)?.promise ?? 'alive';
      broken.set(promise, (broken.get(promise) ?? 0) + 1);
      say(fault instanceof Error ? fault.message : String(fault));
      played += outcome.rounds - before + 1;
    }
  }
  return resultsOf(wanted, outcome, broken);
}

function resultsOf(
  wanted: number,
  outcome: {
    readonly rounds: number;
    readonly acknowledged: number;
    readonly verifications: number;
  },
  broken: ReadonlyMap<SystemPromise, number>,
): readonly Result[] {
  const { rounds, acknowledged, verifications } = outcome;
  const report = { unit: '', peer: null, target: null, ok: true } as const;
  return [
    { ...report, name: 'rounds', value: rounds, target: `${wanted}`, ok: rounds === wanted },
    { ...report, name: 'acknowledged when the blow fell', value: acknowledged },
    { ...report, name: 'verifications', value: verifications },
    ...PROMISES.map((promise) => {
      const value = broken.get(promise) ?? 0;
      return { ...report, name: NAMES[promise], value, target: '0', ok: value === 0 };
    }),
  ];
}

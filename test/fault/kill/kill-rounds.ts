/** Many rounds on one system; what the test asserts and the bench counts. */
import assert from 'node:assert/strict';
import { call } from '../../../tools/demo/program.ts';
import { keepEvidence, verifyCartJournal, verifyCase } from './evidence.ts';
import { startKillDay } from './kill-day.ts';
import type { KillDay } from './kill-day.ts';
import { playRound } from './kill-round.ts';
import type { RoundOutcome } from './kill-round.ts';
import { describePlan, planRound } from './round-plan.ts';

export interface RoundsPlan {
  readonly seed: number;
  /** Numbers of the rounds to play; a round's plan depends on its number and the seed alone. */
  readonly rounds: readonly number[];
  /** The gateway's database setting; SQLite unless given. */
  readonly database?: object;
  readonly say: (line: string) => void;
}

export interface RoundsOutcome {
  readonly rounds: number;
  /** Acknowledged things that were there again after their restart. */
  readonly acknowledged: number;
  readonly destructions: number;
  readonly verifications: number;
}

/** Plays the rounds. @throws Error that names seed and round, with the cause, at the first thing that does not hold */
export async function playRounds(plan: RoundsPlan): Promise<RoundsOutcome> {
  await using day = await startKillDay(plan.database);
  let acknowledged = 0;
  let verifications = 0;
  let before: RoundOutcome | null = null;
  for (const number of plan.rounds) {
    const round = planRound(plan.seed, number);
    const startedMs = performance.now();
    try {
      const outcome = await playRound(day, round);
      acknowledged += outcome.acknowledged;
      await verifyCartJournal(day);
      // The desk has read the cart's journal to the end of the round before by now.
      if (before !== null) await verifyCase(day, before.caseId);
      verifications += before === null ? 1 : 2;
      before = outcome;
    } catch (fault) {
      throw new Error(`${describePlan(round)}: what was to hold does not`, { cause: fault });
    }
    plan.say(`${describePlan(round)}: ${Math.round(performance.now() - startedMs)} ms`);
  }
  if (before !== null) {
    await connectOnce(day);
    const bundle = await verifyCase(day, before.caseId);
    for (const path of await keepEvidence(day, bundle)) {
      const { output } = await call('verify', [path]);
      assert.notEqual(output, '');
      verifications += 1;
    }
  }
  const { length } = plan.rounds;
  return { rounds: length, acknowledged, destructions: length, verifications };
}

/** Lets the cart connect and end in peace, so that the desk reads its journal to the end. */
async function connectOnce(day: KillDay): Promise<void> {
  const operator = day.operator();
  if ((await operator.view()).phase === 'ended') await operator.dismiss();
  await operator.press();
  await operator.accept();
  await operator.viewWhen('the connection', (view) => view.phase === 'waiting');
  await operator.end();
  await operator.viewWhen('the end', (view) => view.phase === 'ended');
}

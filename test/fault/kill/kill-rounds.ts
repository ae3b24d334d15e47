/** Many rounds on one system; what the test asserts and the bench counts. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { call } from '../../../tools/demo/program.ts';
import { keepEvidence, verifyCartJournal, verifyCase } from './evidence.ts';
import { startKillDay } from './kill-day.ts';
import type { Beside, KillDay } from './kill-day.ts';
import { playRound } from './kill-round.ts';
import { keeping } from './promise.ts';
import { describePlan, planRound } from './round-plan.ts';
import type { Aim } from './round-plan.ts';

const LAST_LINES = 8;

export interface RoundsPlan {
  readonly seed: number;
  /** Numbers of the rounds to play; a round's plan depends on its number and the seed alone. */
  readonly rounds: readonly number[];
  readonly beside?: Beside;
  /** Whom or what each blow falls on; drawn unless given. */
  readonly aim?: Aim;
  readonly say: (line: string) => void;
}

export interface RoundsOutcome {
  /** Rounds that were played to their end. */
  rounds: number;
  /** Acknowledged things that were there again after their restart. */
  acknowledged: number;
  verifications: number;
}

/**
 * Plays the rounds.
 *
 * @param outcome counts on, also when it throws
 * @throws Error that names seed and round at the first thing that does not hold, with PromiseBroken as its cause
 */
export async function playRounds(
  plan: RoundsPlan,
  outcome: RoundsOutcome = { rounds: 0, acknowledged: 0, verifications: 0 },
): Promise<RoundsOutcome> {
  await using day = await startKillDay(plan.beside);
  let before: string | null = null;
  for (const number of plan.rounds) {
    const round = planRound(plan.seed, number, plan.aim);
    const startedMs = performance.now();
    const took: string[] = [];
    try {
      const played = await keeping('alive', async () => await playRound(day, round));
      outcome.acknowledged += played.acknowledged;
      outcome.verifications += await keeping('verified', async () => await verify(day, before));
      before = played.caseId;
      took.push(...played.took);
    } catch (fault) {
      const said = [...causesOf(fault), await lastWords(day)].join('\n');
      throw new Error(`${describePlan(round)}: what was to hold does not\n${said}`, {
        cause: fault,
      });
    }
    outcome.rounds += 1;
    const ms = Math.round(performance.now() - startedMs);
    plan.say(`${describePlan(round)}: ${ms} ms (${took.join(', ')})`);
  }
  const last = before;
  outcome.verifications += await keeping('verified', async () => await verifyLast(day, last));
  return outcome;
}

/** A report of many tests shows the message of what was thrown, and no cause of it. */
function causesOf(fault: unknown): readonly string[] {
  const words: string[] = [];
  for (let each = fault; each instanceof Error; each = each.cause)
    words.push(`because: ${each.stack ?? each.message}`);
  return words;
}

/** The programs' logs go with their folder; what they said last tells why one did not start. */
async function lastWords({ folder }: KillDay): Promise<string> {
  const said = await Promise.all(
    ['gateway.log', 'cart.log'].map(async (name) => {
      const lines = (await readFile(path.join(folder, name), 'utf8')).trimEnd().split('\n');
      return [name, ...lines.slice(-LAST_LINES)];
    }),
  );
  return said.flat().join('\n');
}

/** Verifies the journal, and the case before: the desk has read the journal to the end of that by now. */
async function verify(day: KillDay, before: string | null): Promise<number> {
  await verifyCartJournal(day);
  if (before === null) return 1;
  await verifyCase(day, before);
  return 2;
}

/** Verifies the last case as a facility does: with the program. */
async function verifyLast(day: KillDay, last: string | null): Promise<number> {
  if (last === null) return 0;
  await connectOnce(day);
  const paths = await keepEvidence(day, await verifyCase(day, last));
  for (const file of paths) {
    const { output } = await call('verify', [file]);
    assert.notEqual(output, '');
  }
  return paths.length + 1;
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

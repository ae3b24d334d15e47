/**
 * Goal: whatever is killed and when, nothing acknowledged is lost, nothing half carries a final name, a destruction that has
 * begun completes, and ledger and journal verify. Method: rounds of real work on real programs, kill -9 of the gateway, the
 * cart or both at moments drawn from a seed (KILL_SEED gives another); the long test and the bench play more of them.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { playRounds } from './kill-rounds.ts';
import { PHASES, planRound } from './round-plan.ts';

const ROUNDS = Array.from({ length: 20 }, (_, at) => at);
const seed = Number(process.env['KILL_SEED'] ?? 5);

test('twenty rounds with a kill -9 in each lose nothing that was acknowledged', async (t) => {
  const outcome = await playRounds({ seed, rounds: ROUNDS, say: (line) => t.diagnostic(line) });
  assert.equal(outcome.rounds, ROUNDS.length);
  assert.ok(
    outcome.acknowledged > ROUNDS.length,
    'something had been acknowledged before the blows',
  );
  assert.ok(outcome.verifications > ROUNDS.length);
});

test('a plan depends on its seed and number alone, and every phase and victim comes up', () => {
  const plans = ROUNDS.map((round) => planRound(5, round));
  assert.deepEqual(
    plans,
    ROUNDS.map((round) => planRound(5, round)),
  );
  assert.deepEqual(new Set(plans.map(({ phase }) => phase)), new Set(PHASES));
  assert.deepEqual(
    new Set(plans.map(({ victim }) => victim)),
    new Set(['gateway', 'cart', 'both']),
  );
  assert.ok(plans.some(({ againAtChange }) => againAtChange !== null));
  assert.notDeepEqual(planRound(6, 0), { ...planRound(5, 0), seed: 6 });
});

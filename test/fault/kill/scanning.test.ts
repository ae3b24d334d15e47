/**
 * Goal: a gateway that is killed while records are in quarantine loses none of them, lets nothing infected out at any moment, and
 * releases what is clean once it runs again. Method: the rounds of `kill.test.ts` with a real clamd behind the gateway and an
 * infected file on the cart, each blow on the gateway in the work.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { container, startClamd } from '@chaperone/host/linux-debian/clamav/testing/dated-clamd.ts';
import type { DatedClamd } from '@chaperone/host/linux-debian/clamav/testing/dated-clamd.ts';
import { playRounds } from './kill-rounds.ts';

const ROUNDS = [0, 1, 2, 3];
const seed = Number(process.env['KILL_SEED'] ?? 5);

let clamd: DatedClamd;
before(async () => {
  clamd = await startClamd({ 'daily.cud': container(Date.now() - 3_600_000) });
});
after(async () => await clamd.close());

test('a gateway killed while it scans releases nothing infected and loses no record', async (t) => {
  const outcome = await playRounds({
    seed,
    rounds: ROUNDS,
    beside: { clamd: clamd.socket },
    aim: { victim: 'gateway', phase: 'work' },
    say: (line) => t.diagnostic(line),
  });
  assert.equal(outcome.rounds, ROUNDS.length);
});

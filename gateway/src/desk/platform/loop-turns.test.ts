/** Goal: a crowd does not hold up the loop. Method: work that blocks, asked for at once, beside a timer that is due. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { LoopTurns } from './loop-turns.ts';

const PIECES = 50;

/** Keeps the loop busy for some milliseconds, as work on the database does. */
function work(): void {
  const until = performance.now() + 2;
  while (performance.now() < until);
}

test('all of a crowd is served in its order, and the loop turns in between', async () => {
  const turns = new LoopTurns();
  const served: number[] = [];
  let between = 0;
  let isDone = false;
  const looping = (async () => {
    while (!isDone) {
      await turn();
      between += 1;
    }
  })();
  const crowd = Array.from({ length: PIECES }, async (_, at) => {
    await turns.take();
    work();
    served.push(at);
  });
  await Promise.all(crowd);
  isDone = true;
  await looping;
  deepEqual(
    served,
    Array.from({ length: PIECES }, (_, at) => at),
  );
  ok(between >= PIECES - 1, String(between));
});

test('one alone does not wait for others, and after a crowd the next has its turn', async () => {
  const turns = new LoopTurns();
  await turns.take();
  await Promise.all([turns.take(), turns.take()]);
  await turns.take();
  let isTaken = false;
  const last = turns.take().then(() => (isTaken = true));
  equal(isTaken, false);
  await last;
});

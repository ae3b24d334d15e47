// Goal: however long something took, it ends on a beat. Method: the machine's own clock, without an upper bound: what is
// asserted is that nothing comes before its beat.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginBeat, onTheBeat } from './beat.ts';

const BEAT_MS = 300;
/** Timers of Node count whole milliseconds. */
const ROUNDING_MS = 2;

test('nothing comes before its beat, and what missed one waits for the next', async () => {
  for (const [tookMs, beats] of [
    [0, 1],
    [250, 1],
    [310, 2],
  ] as const) {
    const begunMs = beginBeat() - tookMs;
    await onTheBeat(begunMs);
    assert.ok(beginBeat() - begunMs >= beats * BEAT_MS - ROUNDING_MS, `${tookMs} ms`);
  }
});

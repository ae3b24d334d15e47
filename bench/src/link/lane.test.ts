/** Goal: a lane is as slow, as long and as full as its plan says. Method: it is asked at times of the test's choice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lane, bandwidthDelayBytes } from './lane.ts';

/** A thousand bytes a millisecond. */
const PLAN = { bitsPerSecond: 8_000_000, delayMs: 50, queueBytes: 10_000 } as const;

test('a byte alone arrives after its own time and the delay', () => {
  const lane = new Lane(PLAN);
  assert.equal(lane.take(1000, 500), 1050.5);
});

test('bytes depart one after another at the rate, however they come', () => {
  const lane = new Lane(PLAN);
  assert.equal(lane.take(0, 4000), 54);
  assert.equal(lane.take(1, 4000), 58);
  assert.equal(lane.queuedBytes(1), 7000);
  // An idle time is not saved up.
  assert.equal(lane.take(100, 1000), 151);
});

test('no more than the queue holds may wait', () => {
  const lane = new Lane(PLAN);
  lane.take(0, 8000);
  assert.equal(lane.untilRoomMs(0, 2000), 0);
  assert.equal(lane.untilRoomMs(0, 3000), 1);
  assert.equal(lane.untilRoomMs(1, 3000), 0);
});

test('a piece larger than the queue waits until the queue is empty, and not for ever', () => {
  const lane = new Lane(PLAN);
  lane.take(0, 8000);
  assert.equal(lane.untilRoomMs(0, 50_000), 8);
  assert.equal(lane.untilRoomMs(8, 50_000), 0);
});

test('what fills a road counts both directions', () => {
  assert.equal(bandwidthDelayBytes({ bitsPerSecond: 50_000_000, delayMs: 50 }), 625_000);
});

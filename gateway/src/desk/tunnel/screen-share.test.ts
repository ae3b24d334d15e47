/** Goal: a file leaves the road's queue short, and does not starve. Method: round trips of the test's choice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScreenShare } from './screen-share.ts';

test('it grows while round trips are short, up to the window of files', () => {
  const share = new ScreenShare();
  let last = share.windowBytes;
  for (let turn = 0; turn < 40; turn += 1) {
    const next = share.seen([40, 55, 41]);
    assert.ok(next >= last);
    last = next;
  }
  assert.equal(last, 4 * 1024 * 1024);
});

test('it shrinks while every round trip is long, and stops before nothing moves', () => {
  const share = new ScreenShare();
  share.seen([40]);
  const before = share.windowBytes;
  assert.ok(share.seen([80, 75, 90]) < before);
  for (let turn = 0; turn < 40; turn += 1) share.seen([80]);
  assert.equal(share.windowBytes, 64 * 1024);
});

test('one PING behind a picture is no queue, and no PING says nothing', () => {
  const share = new ScreenShare();
  share.seen([40]);
  const before = share.windowBytes;
  assert.equal(share.seen([]), before);
  assert.ok(share.seen([42, 90, 85]) > before);
});

test('on a long road a longer queue is allowed', () => {
  const share = new ScreenShare();
  share.seen([300]);
  const before = share.windowBytes;
  assert.ok(share.seen([350]) > before);
  assert.ok(share.seen([370]) < before * 1.25);
});

/**
 * Goal: what a hostile cart packs holds up nobody else: while it is unpacked the event loop turns, another screen is taken, and whatever
 * is wrong or takes too long ends its own screen, and gives nothing.
 * Method: real threads; rectangles that unpack to a thousand times their size, a byte at a time, cut short, and none at all; turns of
 * the loop are counted, not timed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { constants, deflateSync } from 'node:zlib';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { writeRectangleHeader, writeUpdateHeader } from '@chaperone/protocol/rfb/server-message.ts';
import { writeCompactLength } from '@chaperone/protocol/rfb/tight-length.ts';
import { writeServerInit } from '@chaperone/protocol/rfb/viewer-handshake.ts';
import type { ScreenNotRecordable } from './recording-error.ts';
import { TAP_LIMITS, ThreadedTap } from './threaded-tap.ts';
import type { TapLimits } from './threaded-tap.ts';

const SMALL = { width: 4, height: 3 };
/** The largest that a rectangle may be unpacked to, nearly. */
const LARGE = { width: 4000, height: 2900 };

function beginning(size: typeof SMALL): Buffer {
  const handshake = Buffer.from('RFB 003.008\n\x01\x01\0\0\0\0', 'latin1');
  return Buffer.concat([handshake, writeServerInit(size, 'Cart')]);
}

const RAW = Buffer.concat([
  writeUpdateHeader(1),
  writeRectangleHeader({ x: 0, y: 0, ...SMALL }, ENCODING.raw),
  Buffer.alloc(SMALL.width * SMALL.height * 4, 7),
]);

/** Tight rectangles of one stream that each unpack to a thousand times their size. */
function bombs(count: number): Buffer {
  const plain = Buffer.alloc(LARGE.width * LARGE.height * 3);
  const options = { level: 9, finishFlush: constants.Z_SYNC_FLUSH };
  const first = deflateSync(plain, options);
  // What goes on with a stream is the same without the two bytes by which it begins.
  const parts = Array.from({ length: count }, (_, at) => {
    const data = at === 0 ? first : first.subarray(2);
    const header = writeRectangleHeader({ x: 0, y: 0, ...LARGE }, ENCODING.tight);
    return Buffer.concat([header, Buffer.from([0]), writeCompactLength(data.length), data]);
  });
  return Buffer.concat([writeUpdateHeader(count), ...parts]);
}

function opened(t: TestContext, limits: Partial<TapLimits> = {}): ThreadedTap {
  const tap = new ThreadedTap({ ...TAP_LIMITS, ...limits });
  t.after(() => tap.close());
  return tap;
}

test('while bombs are unpacked the loop turns, and the screen of another cart is taken', async (t) => {
  const hostile = opened(t);
  const honest = opened(t);
  await hostile.fromCart(beginning(LARGE));
  await honest.fromCart(beginning(SMALL));
  let isUnpacked = false;
  const unpacked = hostile.fromCart(bombs(6)).then((taken) => {
    isUnpacked = true;
    return taken;
  });
  let turns = 0;
  let served = 0;
  while (!isUnpacked) {
    const { shown } = await honest.fromCart(RAW);
    assert.ok(shown !== null);
    served += 1;
    await new Promise((resolve) => setImmediate(resolve));
    turns += 1;
  }
  const { shown, workMs } = await unpacked;
  assert.ok(shown !== null && workMs > 0);
  // On the event loop itself there would have been none.
  assert.ok(turns > 20 && served > 20, `${turns} turns, ${served} pieces of another screen`);
});

test('a rectangle that comes a byte at a time gives nothing before it is whole', async (t) => {
  const tap = opened(t);
  await tap.fromCart(beginning(SMALL));
  for (const byte of RAW.subarray(0, -1))
    assert.equal((await tap.fromCart(Buffer.from([byte]))).shown, null);
  assert.ok((await tap.fromCart(RAW.subarray(-1))).shown !== null);
});

test('what cannot be unpacked, or to more than it says, ends the screen, and nothing is taken afterwards', async (t) => {
  const bomb = bombs(2);
  const spoilt = Buffer.from(bomb);
  spoilt.fill(0x5a, spoilt.length - 5_000, spoilt.length - 4_000);
  const tap = opened(t);
  await tap.fromCart(beginning(LARGE));
  await assert.rejects(tap.fromCart(spoilt), { code: 'SCREEN_NOT_RECORDABLE' });
  await assert.rejects(tap.fromCart(RAW), { code: 'SCREEN_NOT_RECORDABLE' });
  assert.throws(() => tap.fromViewer(Buffer.from('x')), { code: 'SCREEN_NOT_RECORDABLE' });
});

test('what takes too long ends the screen', async (t) => {
  const tap = opened(t, { answerMs: 1 });
  await assert.rejects(tap.fromCart(beginning(SMALL)), { code: 'SCREEN_NOT_RECORDABLE' });
  await assert.rejects(tap.beginKey(), { code: 'SCREEN_NOT_RECORDABLE' });
});

test('a thread that has no memory left ends its own screen, and no program', async (t) => {
  const tap = opened(t, { heapMiB: 24 });
  await tap.fromCart(beginning({ width: 640, height: 480 }));
  // Each rectangle of one pixel is held until all that came at once is taken apart.
  const one = writeRectangleHeader({ x: 0, y: 0, width: 1, height: 1 }, ENCODING.copyRect);
  const many = Array.from({ length: 60_000 }, () => Buffer.concat([one, Buffer.alloc(4)]));
  const update = Buffer.concat([writeUpdateHeader(many.length), ...many]);
  const flood = Buffer.concat(Array.from({ length: 12 }, () => update));
  await assert.rejects(tap.fromCart(flood), (fault: ScreenNotRecordable) => {
    assert.equal((fault.cause as { code?: string } | undefined)?.code, 'ERR_WORKER_OUT_OF_MEMORY');
    return fault.code === 'SCREEN_NOT_RECORDABLE';
  });
});

test('more than may wait ends the screen, as does its end what waits', async (t) => {
  const tap = opened(t, { waitingMax: 2 });
  const first = tap.fromCart(beginning(SMALL));
  const second = tap.fromCart(RAW);
  const third = tap.fromCart(RAW);
  for (const each of await Promise.allSettled([first, second, third]))
    assert.equal(each.status, 'rejected');
  const other = opened(t);
  const waiting = other.fromCart(beginning(SMALL));
  other.close();
  await assert.rejects(waiting, { code: 'SCREEN_NOT_RECORDABLE' });
});

test('a viewer that changes its form of pixels under way is refused with what comes next', async (t) => {
  const tap = opened(t);
  tap.fromViewer(Buffer.from('RFB 003.008\n\x01\x01', 'latin1'));
  await tap.fromCart(beginning(SMALL));
  assert.ok(tap.mayAsk);
  await tap.fromCart(RAW);
  // noVNC's form, after pixels of the cart's own were shown.
  tap.fromViewer(
    Buffer.from([0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16, 0, 0, 0]),
  );
  await assert.rejects(tap.fromCart(RAW), { code: 'SCREEN_NOT_RECORDABLE' });
});

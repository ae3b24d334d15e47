/**
 * Goal: what is sent follows the road: nothing old is shown, whatever the road; on a road that stays as it is the level does,
 * too; after a step from 100 Mbit/s to 256 kbit/s or back it is right within seconds; a viewer that is slow by itself keeps its
 * quality.
 * Method: roads, viewers and films in simulated time, by example and as properties.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { changes, longestGapMs, simulate, type Plan } from '../testing/simulated-road.ts';
import { LEVEL_BYTES } from './film-level.ts';
import { RateControl } from './rate-control.ts';
import { Road } from './road.ts';

/** Bytes a millisecond. */
const FAST = 12_500;
const SLOW = 32;
const WORST = LEVEL_BYTES.length - 1;

const films = fc.record({
  delayMs: fc.integer({ min: 1, max: 150 }),
  paintMs: fc.integer({ min: 0, max: 15 }),
  frameBytes: fc.integer({ min: 4_000, max: 40_000 }),
  noise: fc.array(fc.double({ min: -0.3, max: 0.3, noNaN: true }), { minLength: 1, maxLength: 50 }),
});

/** No frame is older, when it is shown, than a moment's worth of the road and what was already on it. */
function ageMax({ delayMs, paintMs, frameBytes }: Plan, bytesPerMs: number, level: number): number {
  const frameMs = (frameBytes * (LEVEL_BYTES[level] ?? 1) * 1.3) / bytesPerMs;
  return 40 + 3 * delayMs + 80 + 9 * paintMs + 3 * frameMs + 1_000 / 8;
}

test('on a road that stays as it is the level settles, and every frame is fresh', () => {
  fc.assert(
    fc.property(
      films,
      fc.double({ min: Math.log(SLOW), max: Math.log(FAST), noNaN: true }),
      (film, log) => {
        const rate = Math.exp(log);
        const plan = { ...film, bytesPerMs: () => rate };
        const shown = simulate(plan, 60_000);
        assert.ok(changes(shown, 20_000, 60_000) <= 1, 'the level swings');
        for (const { capturedMs, shownMs, level, sentMs } of shown) {
          if (sentMs < 20_000) continue;
          const most = ageMax(plan, rate, level);
          assert.ok(shownMs - capturedMs <= most, `${shownMs - capturedMs} ms old, not ${most}`);
        }
        assert.ok(longestGapMs(shown, 20_000, 59_000) < 1_200 + ageMax(plan, rate, WORST));
      },
    ),
    { numRuns: 25 },
  );
});

test('after a step to 256 kbit/s the film goes on within seconds, and after one to 100 Mbit/s it is at its best', () => {
  fc.assert(
    fc.property(films, (film) => {
      const rate = (atMs: number): number => (atMs >= 20_000 && atMs < 50_000 ? SLOW : FAST);
      const shown = simulate({ ...film, bytesPerMs: rate }, 80_000);
      const between = (fromMs: number, toMs: number) =>
        shown.filter(({ sentMs }) => sentMs >= fromMs && sentMs < toMs);
      // Down: what was under way has to leave, then the film begins anew once or twice.
      assert.ok(changes(shown, 35_000, 50_000) <= 1, 'the level swings');
      const slow = between(35_000, 50_000);
      assert.ok(slow.length >= 15, `${slow.length} frames in 15 s`);
      for (const { capturedMs, shownMs, level } of slow) {
        assert.ok(shownMs - capturedMs <= ageMax({ ...film, bytesPerMs: rate }, SLOW, level));
      }
      // Up: a road that has become wider is believed after two seconds and used after two more, in one step or some.
      const fast = between(66_000, 80_000);
      assert.ok(fast.every(({ level }) => level === 0));
      assert.ok(
        fast.length >= 14 * (film.delayMs > 100 ? 10 : 20),
        `${fast.length} frames in 14 s`,
      );
    }),
    { numRuns: 20 },
  );
});

test('a road at the edge between two levels does not swing between them', () => {
  for (let rate = 40; rate < 600; rate += 20) {
    const film = { delayMs: 25, paintMs: 5, frameBytes: 12_000, noise: [0.2, -0.1, 0.05, -0.25] };
    const shown = simulate({ ...film, bytesPerMs: () => rate }, 120_000);
    assert.ok(changes(shown, 20_000, 120_000) === 0, `${rate} bytes a millisecond`);
  }
});

test('a viewer that is slow by itself is not sent worse frames for long', () => {
  const film = { delayMs: 5, paintMs: 200, frameBytes: 12_000, noise: [0.1, -0.1] };
  const shown = simulate({ ...film, bytesPerMs: () => FAST }, 120_000);
  const worse = shown.filter(({ level }) => level > 1).length;
  assert.ok(worse < shown.length / 4, `${worse} of ${shown.length} frames`);
});

test('a road is clear until its oldest update is late, and no more than a bounded amount is under way', () => {
  const road = new Road();
  assert.ok(road.isClear(0));
  const first = road.sent(1_000, 0);
  assert.ok(!road.isClear(1), 'nothing is known of it before the first answer');
  assert.equal(road.answered(first, 50)?.bytes, 1_000);
  road.sent(1_000, 100);
  assert.ok(road.isClear(229));
  assert.ok(!road.isClear(230));
  assert.equal(road.answered(99, 231), null, 'what was not asked is no answer');
  road.sent(300_000, 101);
  assert.ok(!road.isClear(102));
  road.answeredAll(300);
  for (let each = 0; each < 8; each += 1) road.sent(1, 400);
  assert.ok(!road.isClear(400));
});

test('whatever is answered in whatever order, the limits hold', () => {
  const step = fc.oneof(
    fc.record({ is: fc.constant('sent' as const), bytes: fc.nat(300_000), film: fc.boolean() }),
    fc.record({ is: fc.constant('answered' as const), number: fc.nat(60) }),
    fc.record({ is: fc.constant('all' as const) }),
    fc.record({ is: fc.constant('wait' as const), ms: fc.nat(5_000) }),
    fc.record({ is: fc.constant('still' as const), tiles: fc.nat(4096), bytes: fc.nat(4_000_000) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const control = new RateControl();
      let nowMs = 0;
      for (const each of steps) {
        if (each.is === 'wait') nowMs += each.ms;
        else if (each.is === 'all') control.answeredAll(nowMs);
        else if (each.is === 'answered') control.answered(each.number, nowMs);
        else if (each.is === 'still') control.seenStill(each.tiles, each.bytes);
        else {
          control.ping(nowMs);
          const filmBytes = each.film ? each.bytes : 0;
          control.sent({ bytes: each.bytes, filmBytes, isKey: false }, nowMs);
        }
        const pace = control.framePaceMs(nowMs);
        assert.ok(pace >= 33 && pace <= 1_000, `${pace} ms`);
        const tiles = control.stillTiles(nowMs);
        assert.ok(tiles >= 64 && tiles <= 4096, `${tiles} tiles`);
        assert.ok(control.level >= 0 && control.level <= WORST);
        assert.ok(control.stillBytes(nowMs) <= 200 * 1024);
      }
    }),
    { numRuns: 200 },
  );
});

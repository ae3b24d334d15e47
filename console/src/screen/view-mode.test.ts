/**
 * Goal: zoom goes by steps from whatever is shown and never beyond them; what is remembered is one of them, whatever the
 * browser's storage holds or refuses.
 * Method: the rules on their edges; then random percentages, and storages that hold anything or throw.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  ZOOM_STEPS,
  fittedPercent,
  recalledView,
  rememberView,
  sizeOf,
  stepped,
} from './view-mode.ts';

const PICTURE = { width: 1280, height: 1024 };

test('one to one is one pixel of the cart on one of this display', () => {
  assert.deepEqual(sizeOf(100, PICTURE, 1), PICTURE);
  assert.deepEqual(sizeOf(100, PICTURE, 2), { width: 640, height: 512 });
  assert.deepEqual(sizeOf(200, PICTURE, 1), { width: 2560, height: 2048 });
  assert.equal(sizeOf('fit', PICTURE, 1), null);
  assert.equal(sizeOf(100, null, 1), null);
});

test('from a fitted picture zoom goes to the next step', () => {
  const percent = fittedPercent({ width: 960, height: 2000 }, PICTURE, 1);
  assert.equal(percent, 75);
  assert.equal(stepped(75, 'in'), 100);
  assert.equal(stepped(75, 'out'), 50);
  assert.equal(stepped(74.9, 'in'), 100);
  assert.equal(fittedPercent({ width: 1, height: 1 }, null, 1), null);
  assert.equal(fittedPercent({ width: 1, height: 1 }, { width: 0, height: 0 }, 1), null);
});

test('a step goes in its direction, and stays among the steps', () => {
  fc.assert(
    fc.property(fc.double({ min: 1, max: 2000, noNaN: true }), (percent) => {
      const larger = stepped(percent, 'in');
      const smaller = stepped(percent, 'out');
      assert.ok(ZOOM_STEPS.includes(larger as never) && ZOOM_STEPS.includes(smaller as never));
      assert.ok(larger === 400 || Number(larger) > percent);
      assert.ok(smaller === 25 || Number(smaller) < percent);
    }),
  );
});

test('what is remembered is each person’s own; foreign values and refusing storage count as nothing', () => {
  const stored = new Map<string, string>();
  const kept = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  };
  rememberView('tech-1', 200, kept);
  assert.equal(recalledView('tech-1', kept), 200);
  assert.equal(recalledView('tech-2', kept), 'fit');
  rememberView('tech-1', 'fit', kept);
  assert.equal(recalledView('tech-1', kept), 'fit');
  assert.deepEqual([...stored.keys()], ['chaperone.view.tech-1']);
  const throwing = {
    getItem: () => assert.fail('storage is switched off'),
    setItem: () => assert.fail('storage is switched off'),
  };
  rememberView('tech-1', 200, throwing);
  assert.equal(recalledView('tech-1', throwing), 'fit');
  assert.equal(recalledView('tech-1', null), 'fit');
  fc.assert(
    fc.property(fc.string(), (text) => {
      const view = recalledView('x', { getItem: () => text, setItem: () => undefined });
      assert.ok(view === 'fit' || ZOOM_STEPS.includes(view));
    }),
  );
});

/**
 * Goal: input passes only when granted and allowed, never into an excluded region, and nothing stays
 * pressed behind it.
 * Method: cases by example, then fast-check drives the filter with arbitrary input and checks what the
 * screen would hold pressed after each step.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InputFilter, type InputMessage, type InputMoment } from './input-filter.ts';

const MOMENT: InputMoment = {
  isAllowed: true,
  excluded: [{ x: 100, y: 100, width: 50, height: 50 }],
  size: { width: 400, height: 300 },
};
const FORBIDDEN: InputMoment = { ...MOMENT, isAllowed: false };

const pointer = (buttons: number, x: number, y: number): InputMessage => ({
  type: 'pointer',
  buttons,
  x,
  y,
});
const key = (down: boolean, keysym: number): InputMessage => ({ type: 'key', down, keysym });

test('without control nothing passes', () => {
  const filter = new InputFilter(false);
  const all: InputMessage[] = [
    pointer(1, 5, 5),
    key(true, 65),
    { type: 'cut-text', extended: false, text: Buffer.from('x') },
    { type: 'extended-key', down: true, keysym: 65, keycode: 30 },
  ];
  for (const message of all) {
    assert.deepEqual(filter.admit(message, MOMENT), { forward: [], refusal: 'not-granted' });
  }
});

test('power commands and a new display size never pass', () => {
  const filter = new InputFilter(true);
  for (const message of [
    { type: 'xvp', operation: 2 },
    { type: 'set-desktop-size', width: 10, height: 10 },
  ] as const) {
    assert.equal(filter.admit(message, MOMENT).refusal, 'never');
  }
});

test('a button is released at the edge of an excluded region and not pressed again beyond it', () => {
  const filter = new InputFilter(true);
  assert.deepEqual(filter.admit(pointer(1, 90, 120), MOMENT).forward, [pointer(1, 90, 120)]);
  assert.deepEqual(filter.admit(pointer(1, 120, 120), MOMENT), {
    forward: [pointer(0, 90, 120)],
    refusal: 'excluded',
  });
  assert.deepEqual(filter.admit(pointer(1, 200, 120), MOMENT).forward, [pointer(0, 200, 120)]);
  assert.deepEqual(filter.admit(pointer(0, 200, 120), MOMENT).forward, [pointer(0, 200, 120)]);
  assert.deepEqual(filter.admit(pointer(1, 200, 120), MOMENT).forward, [pointer(1, 200, 120)]);
});

test('keys that are down are released when input stops being allowed', () => {
  const filter = new InputFilter(true);
  filter.admit(key(true, 0xffe3), MOMENT);
  filter.admit(pointer(4, 10, 10), MOMENT);
  assert.deepEqual(filter.admit(key(true, 65), FORBIDDEN), {
    forward: [key(false, 0xffe3), pointer(0, 10, 10)],
    refusal: 'not-allowed',
  });
  assert.deepEqual(filter.releaseAll(), []);
});

const inputMessage: fc.Arbitrary<InputMessage> = fc.oneof(
  fc
    .tuple(fc.integer({ min: 0, max: 7 }), fc.nat({ max: 450 }), fc.nat({ max: 350 }))
    .map(([buttons, x, y]) => pointer(buttons, x, y)),
  fc.tuple(fc.boolean(), fc.integer({ min: 65, max: 68 })).map(([down, sym]) => key(down, sym)),
);

test('whatever is sent: no button in an excluded region, nothing held once input is refused', () => {
  const steps = fc.array(fc.tuple(inputMessage, fc.boolean()), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (sequence) => {
      const filter = new InputFilter(true);
      const keys = new Set<number>();
      let buttons = 0;
      for (const [message, isAllowed] of sequence) {
        const verdict = filter.admit(message, { ...MOMENT, isAllowed });
        for (const passed of verdict.forward) {
          if (passed.type === 'key' && passed.down) keys.add(passed.keysym);
          if (passed.type === 'key' && !passed.down) keys.delete(passed.keysym);
          if (passed.type !== 'pointer') continue;
          buttons = passed.buttons;
          const isInside = passed.x >= 100 && passed.x < 150 && passed.y >= 100 && passed.y < 150;
          assert.ok(!isInside, 'the pointer entered an excluded region');
          assert.ok(passed.x < 400 && passed.y < 300);
        }
        if (verdict.refusal === 'excluded') assert.equal(buttons, 0);
        if (verdict.refusal === 'not-allowed' && !isAllowed) {
          assert.equal(buttons, 0);
          assert.equal(keys.size, 0);
        }
      }
    }),
    { numRuns: 500 },
  );
});

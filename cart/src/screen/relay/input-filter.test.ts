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
  nowMs: 0,
};
const LATER: InputMoment = { ...MOMENT, nowMs: 1000 };
const FORBIDDEN: InputMoment = { ...MOMENT, isAllowed: false };

const pointer = (buttons: number, x: number, y: number): InputMessage => ({
  type: 'pointer',
  buttons,
  x,
  y,
});
const key = (down: boolean, keysym: number): InputMessage => ({ type: 'key', down, keysym });

test('without control nothing passes', () => {
  const filter = new InputFilter(false, false);
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

test('a blocked combination is not completed, and the key that would have is not held', () => {
  const filter = new InputFilter(true, false, ['Ctrl+Alt+Delete']);
  for (const keysym of [0xffe3, 0xffe9])
    assert.equal(filter.admit(key(true, keysym), MOMENT).refusal, null);
  assert.deepEqual(filter.admit(key(true, 0xffff), MOMENT), { forward: [], refusal: 'blocked' });
  assert.equal(filter.admit(key(false, 0xffff), MOMENT).refusal, 'not-allowed');
  assert.equal(filter.admit(key(false, 0xffe3), MOMENT).refusal, null);
  assert.equal(filter.admit(key(true, 0xffff), MOMENT).refusal, null);
});

test('one code with several keysyms completes no blocked combination, and leaves nothing pressed', () => {
  const code = (down: boolean, keysym: number): InputMessage => ({
    ...{ type: 'extended-key', down, keysym, keycode: 0x77 },
  });
  const filter = new InputFilter(true, false, ['Ctrl+Alt+Delete']);
  // A screen that goes by keysyms: most do, whatever the code is.
  const pressed = new Set<number>();
  const pass = (messages: readonly InputMessage[]): void => {
    for (const passed of messages) {
      assert.ok(passed.type === 'extended-key');
      if (passed.down) pressed.add(passed.keysym);
      else pressed.delete(passed.keysym);
    }
    assert.ok(pressed.size <= 1, 'one key is one thing at a time');
  };
  for (const message of [
    ...[code(true, 0xffe3), code(true, 0xffe9), code(true, 0xffff), code(false, 0x61)],
    ...[code(true, 0xffe3), code(false, 0x61), code(true, 0xffe9), code(true, 0xffe3)],
  ])
    pass(filter.admit(message, MOMENT).forward);
  assert.equal(pressed.size, 1);
  pass(filter.releaseAll());
  assert.equal(pressed.size, 0);
});

test('power commands and a new display size never pass', () => {
  const filter = new InputFilter(true, false);
  for (const message of [
    { type: 'xvp', operation: 2 },
    { type: 'set-desktop-size', width: 10, height: 10 },
  ] as const) {
    assert.equal(filter.admit(message, MOMENT).refusal, 'never');
  }
});

test('a button is released at the edge of an excluded region and not pressed again beyond it', () => {
  const filter = new InputFilter(true, false);
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
  const filter = new InputFilter(true, false);
  filter.admit(key(true, 0xffe3), MOMENT);
  filter.admit(pointer(4, 10, 10), MOMENT);
  assert.deepEqual(filter.admit(key(true, 65), FORBIDDEN), {
    forward: [key(false, 0xffe3), pointer(0, 10, 10)],
    refusal: 'not-allowed',
  });
  assert.deepEqual(filter.releaseAll(), []);
});

test('where the panel is on the display, no key passes that could give it the keyboard', () => {
  const away = [
    ...[0xffe7, 0xffe8, 0xffe9, 0xffea, 0xffeb, 0xffec, 0xffed, 0xffee, 0xff67], // Meta, Alt, Super, Hyper, Menu
    ...[0xff7f, 0xfef9, 0xfee9, 0xfee0, 0xfe70, 0xfed5], // mouse keys, sticky keys, the server's end
    ...[0x1008_fe01, 0x1008_ff2d, 0xff61, 0xff13, 0xff15], // virtual terminals, media, Print, Pause, SysRq
  ];
  const filter = new InputFilter(true, true);
  for (const keysym of away) {
    assert.equal(filter.admit(key(true, keysym), MOMENT).refusal, 'excluded', keysym.toString(16));
    assert.equal(filter.admit(key(false, keysym), MOMENT).refusal, 'not-allowed');
    assert.equal(new InputFilter(true, false).admit(key(true, keysym), MOMENT).refusal, null);
  }
  for (const keysym of [0x61, 0x20, 0xe4, 0x0100_20ac, 0xff0d, 0xff1b, 0xffbe, 0xffe1, 0xffe3]) {
    assert.equal(filter.admit(key(true, keysym), MOMENT).refusal, null, keysym.toString(16));
  }
  // Control is down now.
  for (const keysym of [0xff09, 0xff1b, 0xffbe]) {
    assert.equal(filter.admit(key(true, keysym), MOMENT).refusal, 'excluded');
  }
  const code = { type: 'extended-key', down: true, keysym: 0x61, keycode: 0x38 } as const;
  assert.equal(filter.admit(code, MOMENT).refusal, 'excluded');
});

test('where the panel is on the display, no key goes down just after a button', () => {
  const filter = new InputFilter(true, true);
  assert.equal(filter.admit(pointer(1, 5, 5), MOMENT).refusal, null);
  assert.equal(filter.admit(key(true, 0x61), MOMENT).refusal, 'excluded');
  assert.equal(filter.admit(pointer(0, 5, 5), LATER).refusal, null);
  assert.equal(filter.admit(key(true, 0x61), { ...LATER, nowMs: 1249 }).refusal, 'excluded');
  assert.equal(filter.admit(key(true, 0x61), { ...LATER, nowMs: 1250 }).refusal, null);
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
      const filter = new InputFilter(true, false);
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

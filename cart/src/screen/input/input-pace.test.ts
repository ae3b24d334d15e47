// Goal: no viewer sends more than the pace, nothing stays pressed because of it, and the pointer ends where it was moved to.
// Method: random streams of messages and times against what may pass in their time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { InputMessage } from '../relay/input-filter.ts';
import { INPUT_PACES, InputPace } from './input-pace.ts';

const key = fc.record({
  type: fc.constant('key' as const),
  down: fc.boolean(),
  keysym: fc.integer({ min: 0x61, max: 0x64 }),
});
const pointer = fc.record({
  type: fc.constant('pointer' as const),
  buttons: fc.constantFrom(0, 0, 1, 1, 5),
  x: fc.nat(100),
  y: fc.nat(100),
});
const text = fc.record({
  type: fc.constant('cut-text' as const),
  extended: fc.constant(false),
  text: fc.constant(null),
});
const stream = fc.array(
  fc.record({
    message: fc.oneof(key, pointer, pointer, text),
    waitMs: fc.constantFrom(0, 0, 1, 30),
  }),
  { maxLength: 400 },
);

test('in no stretch of time more goes down than its pace allows, and what goes up always passes', () => {
  fc.assert(
    fc.property(stream, (messages) => {
      const pace = new InputPace();
      let nowMs = 0;
      let [keys, texts, presses, moves, buttons] = [0, 0, 0, 0, 0];
      for (const { message, waitMs } of messages) {
        nowMs += waitMs;
        const passed = [...pace.due(nowMs), ...pace.take(message as InputMessage, nowMs).messages];
        for (const each of passed) {
          if (each.type === 'key' && each.down) keys += 1;
          if (each.type === 'cut-text') texts += 1;
          if (each.type !== 'pointer') continue;
          if ((each.buttons & ~buttons) !== 0) presses += 1;
          else if (each.buttons === buttons) moves += 1;
          ({ buttons } = each);
        }
        if (message.type === 'key' && !message.down) assert.ok(passed.includes(message));
        if (message.type === 'pointer' && message.buttons === 0 && !pace.isWaiting)
          assert.equal(buttons, 0, 'nothing stays pressed');
      }
      const allowed = ({ burst, perSecond }: { burst: number; perSecond: number }): number =>
        burst + (nowMs * perSecond) / 1000;
      assert.ok(keys <= allowed(INPUT_PACES.keys));
      assert.ok(texts <= allowed(INPUT_PACES.texts));
      assert.ok(presses <= allowed(INPUT_PACES.buttons));
      // A movement that is carried along before a key is one more with that key.
      assert.ok(moves <= allowed(INPUT_PACES.movements) + keys + texts);
    }),
    { numRuns: 500 },
  );
});

test('of a flood of movements the newest arrives, once, and before what is typed after it', () => {
  const pace = new InputPace();
  let passed = 0;
  for (let x = 0; x < 1000; x += 1)
    passed += pace.take({ type: 'pointer', buttons: 0, x, y: 0 }, 0).messages.length;
  assert.equal(passed, INPUT_PACES.movements.burst);
  assert.ok(pace.isWaiting);
  assert.deepEqual(pace.due(0), []);
  assert.deepEqual(pace.due(10), [{ type: 'pointer', buttons: 0, x: 999, y: 0 }]);
  assert.deepEqual(pace.due(1000), []);
  const late = { type: 'pointer', buttons: 0, x: 1, y: 1 } as const;
  const typed = { type: 'key', down: true, keysym: 0x61 } as const;
  for (let at = 0; at < 200; at += 1) pace.take(late, 1000);
  assert.deepEqual(pace.take(typed, 1000).messages, [late, typed]);
});

test('a button that comes too fast is not pressed, and no button is until all are up', () => {
  const pace = new InputPace();
  const at = (buttons: number) => pace.take({ type: 'pointer', buttons, x: 1, y: 1 }, 0);
  for (let times = 0; times < INPUT_PACES.buttons.burst; times += 1) {
    assert.equal(at(1).isDropped, false);
    at(0);
  }
  assert.deepEqual(at(1), {
    messages: [{ type: 'pointer', buttons: 0, x: 1, y: 1 }],
    isDropped: true,
  });
  assert.deepEqual(at(5).messages, [{ type: 'pointer', buttons: 0, x: 1, y: 1 }]);
  assert.deepEqual(at(0).messages, [{ type: 'pointer', buttons: 0, x: 1, y: 1 }]);
  const later = pace.take({ type: 'pointer', buttons: 1, x: 2, y: 2 }, 1000);
  assert.deepEqual(later.messages, [{ type: 'pointer', buttons: 1, x: 2, y: 2 }]);
});

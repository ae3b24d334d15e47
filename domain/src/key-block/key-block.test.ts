// Goal: no order of presses, no left or right key and no lie about a key's code completes a blocked combination. Method: random
// sequences of keys against a model that only remembers what passed; the combinations of the defaults by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_BLOCKED_KEYS, KeyBlock } from './key-block.ts';
import type { SaidKey } from './key-block.ts';
import { KEY_NAMES, namesOf, readCombination } from './key-name.ts';

const key = (keysym: number, keycode: number | null = null): SaidKey => ({ keysym, keycode });
const CTRL = [key(0xffe3), key(0xffe4), key(0, 0x1d), key(0, 0x9d)];
const ALT = [key(0xffe9), key(0xffea), key(0xffe7), key(0, 0x38)];
const DELETE = [key(0xffff), key(0xff9f), key(0x61, 0xd3)];

/** Presses one after another; those that do not pass are not held. */
function press(block: KeyBlock, keys: readonly SaidKey[]): readonly SaidKey[] {
  const held: SaidKey[] = [];
  for (const each of keys) if (block.admits(each, held)) held.push(each);
  return held;
}

test('a combination is not completed, by whichever key it would be, left or right', () => {
  const block = new KeyBlock(DEFAULT_BLOCKED_KEYS);
  for (const ctrl of CTRL) {
    for (const alt of ALT) {
      for (const del of DELETE) {
        for (const [first, second, last] of [
          [ctrl, alt, del],
          [alt, ctrl, del],
          [del, ctrl, alt],
          [del, alt, ctrl],
          [ctrl, del, alt],
          [alt, del, ctrl],
        ] as const) {
          assert.deepEqual(press(block, [first, second, last]), [first, second]);
        }
      }
    }
  }
});

test('what is not blocked passes: typing, copying, and each key of a combination by itself', () => {
  const block = new KeyBlock(DEFAULT_BLOCKED_KEYS);
  const usual = [...CTRL.slice(0, 1), key(0x63)];
  assert.deepEqual(press(block, usual), usual);
  for (const each of [...ALT, ...CTRL, ...DELETE, key(0xffc1)]) assert.ok(block.admits(each, []));
  for (const each of [key(0xffeb), key(0xffec), key(0x20, 0xdb)])
    assert.ok(!block.admits(each, []));
  assert.deepEqual(press(block, [key(0xffe9), key(0xffc1)]).length, 1, 'Alt+F4');
});

test('a combination that is said as one key, and a key that is said as Unicode, are what they mean', () => {
  const block = new KeyBlock([...DEFAULT_BLOCKED_KEYS, 'Ctrl+C', 'Alt+Tab']);
  for (let terminal = 0; terminal < 12; terminal += 1)
    assert.ok(!block.admits(key(0x1008_fe01 + terminal), []), `virtual terminal ${terminal + 1}`);
  assert.ok(!block.admits(key(0xfed5), []), 'the end of the X server');
  assert.deepEqual(press(block, [key(0xffe3), key(0x0100_0063)]).length, 1, 'Ctrl+C');
  assert.deepEqual(press(block, [key(0xffe9), key(0x0100_0009)]).length, 1, 'Alt+Tab');
  const usual = [key(0xffe3), key(0xffe9), key(0x0100_20ac), key(0x0100_0078)];
  assert.deepEqual(press(block, [...usual, key(0x0100_007f)]), usual, 'Ctrl+Alt+Delete');
});

test('keys of the machine, of the X server and of the keyboard itself do not go down by themselves', () => {
  const block = new KeyBlock(DEFAULT_BLOCKED_KEYS);
  const named: Readonly<Record<string, readonly number[]>> = {
    power: [0x1008_ff21, 0x1008_ff2a, 0x1008_1074, 0x1008_1164, 0x1008_1198],
    sleep: [0x1008_ff10, 0x1008_ff2b, 0x1008_ff2f, 0x1008_ffa7, 0x1008_ffa8],
    lock: [0x1008_ff2d, 0x1008_ff61],
    server: [0x1008_fe20, 0x1008_fe21, 0x1008_fe22, 0x1008_fe23, 0x1008_fe24, 0x1008_fe25],
    accessX: Array.from({ length: 11 }, (_, index) => 0xfe70 + index),
    pointer: [0xfee0, 0xfee8, 0xfee9, 0xfef9, 0xfefb],
    sysRq: [0xff15],
  };
  for (const [what, keysyms] of Object.entries(named))
    for (const keysym of keysyms)
      assert.ok(!block.admits(key(keysym), []), `${what} ${keysym.toString(16)}`);
  for (const keycode of [0xde, 0xdf, 0xe3, 0xa5, 0x92, 0x54])
    assert.ok(!block.admits(key(0x61, keycode), []), `scan code ${keycode.toString(16)}`);
  assert.equal(press(block, [key(0xffe1), key(0xff7f)]).length, 1, 'Shift+NumLock');
  // Their neighbours are accents, AltGr, and keys of an application.
  for (const keysym of [0xfe6f, 0xfe80, 0xfe03, 0xff7f, 0x1008_ff1b, 0x1008_ff57, 0x1008_ff14])
    assert.ok(block.admits(key(keysym), []), keysym.toString(16));
});

test('a list that says Alt+PrintScreen means what Alt makes of that key, too', () => {
  const block = new KeyBlock(['Alt+PrintScreen']);
  assert.ok(!block.admits(key(0xff15), []));
  assert.ok(!block.admits(key(0, 0x54), []));
  assert.ok(block.admits(key(0xff61), []));
});

test('no sequence completes one', () => {
  const known = ['Ctrl', 'Alt', 'Super', 'Delete', 'F4', 'Tab'];
  assert.ok(known.every((name) => KEY_NAMES.includes(name)));
  const keysyms = [0xffe3, 0xffe4, 0xffe9, 0xffeb, 0xffff, 0xff9f, 0xffc1, 0xff09, 0x61];
  const combination = fc.uniqueArray(fc.constantFrom(...known), { minLength: 1, maxLength: 3 });
  const code = fc.constantFrom(0x1d, 0x9d, 0x38, 0xdb, 0xd3, 0x3e, 0x0f, 0x1e);
  const said = fc.record({
    keysym: fc.constantFrom(...keysyms),
    keycode: fc.option(code),
  });
  let refused = 0;
  fc.assert(
    fc.property(
      fc.array(combination, { minLength: 1, maxLength: 5 }),
      fc.array(fc.record({ said, isDown: fc.boolean() }), { maxLength: 60 }),
      (combinations, sequence) => {
        const block = new KeyBlock(combinations.map((keys) => keys.join('+')));
        const held = new Map<string, SaidKey>();
        for (const { said: each, isDown } of sequence) {
          const name = JSON.stringify(each);
          if (!isDown) held.delete(name);
          else if (block.admits(each, held.values())) held.set(name, each);
          else refused += 1;
          const down = new Set(
            [...held.values()].flatMap(({ keysym, keycode }) => namesOf(keysym, keycode)),
          );
          for (const keys of combinations) assert.ok(!keys.every((one) => down.has(one)));
        }
      },
    ),
    { numRuns: 1000 },
  );
  assert.ok(refused > 100);
});

test('a combination is read whole or not at all', () => {
  assert.deepEqual([...(readCombination('Ctrl+Alt+F4') ?? [])], ['Ctrl', 'Alt', 'F4']);
  for (const wrong of ['', 'Ctrl+', 'Ctrl+Ctrl', 'ctrl+alt', 'Ctrl Alt', 'F13', '+'])
    assert.equal(readCombination(wrong), null, wrong);
});
